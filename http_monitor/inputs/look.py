"""What was found out of the next lines of an input, and the contracts of those who find it out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from http_monitor.errors import InputError
from http_monitor.ports.log_format import LogFormat, Remark
from http_monitor.records import Batch
from http_monitor.report import Notice

Select = Callable[[Batch], Batch]
"""Returns a batch without the rows that are not to be counted, their numbers among `filtered_nos`."""


class LookAtLines(Protocol):
    """Finds out what is to be said of lines."""

    def __call__(self, data: bytes, batch: Batch, fmt: LogFormat, *, last: bool) -> Iterable[tuple[int | None, Remark]]:
        """Return what is to be said of the next lines, with the number of each; None: the end of the input shows it.

        Args:
            data: Whole lines.
            batch: What the format made of them.
            fmt: That format.
            last: Nothing comes after them.
        """
        ...


Explain = Callable[[bytes, LogFormat], str]
"""Says in a phrase why a line does not fit a format."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that lines showed, and which of them."""

    line_no: int | None
    """By its number among the non-blank lines of what was read together, from 1; None: the end of the input."""
    notice: Notice


@dataclass(frozen=True, slots=True)
class Look:
    """The next lines of a replayed input, and what was known of it when they had been read."""

    batch: Batch
    finished: bool
    """Nothing comes after them."""
    nul_bytes: int
    """Left out of the input so far."""
    found: tuple[Found, ...]
    """What the user should know of its lines, in their order."""
    failure: InputError | None
    """Why there are no more of them, though the input has more."""
