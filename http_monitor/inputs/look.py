"""The result of reading the next lines of an input, and the protocols of the functions that examine them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from http_monitor.errors import InputError
from http_monitor.health import Health
from http_monitor.ports.log_format import LogFormat, Remark
from http_monitor.records import Batch, Json
from http_monitor.report import Notice

Select = Callable[[Batch], Batch]
"""Returns a batch without excluded rows, and adds their numbers to `filtered_nos`."""


class LookAtLines(Protocol):
    """Finds remarks on lines."""

    def __call__(self, data: bytes, batch: Batch, fmt: LogFormat, *, last: bool) -> Iterable[tuple[int | None, Remark]]:
        """Return remarks on the next lines, each with a line number; None: the end of the input causes it.

        Args:
            data: Whole lines.
            batch: These lines, parsed.
            fmt: The format that parsed them.
            last: Whether these are the last lines.
        """
        ...


Explain = Callable[[bytes, LogFormat], str]
"""Returns a phrase that explains why a line does not fit a format."""


@dataclass(frozen=True, slots=True)
class Found:
    """A notice about lines, and the line that caused it."""

    line_no: int | None
    """Number among the non-blank lines read together, from 1; None: the end of the input."""
    notice: Notice


@dataclass(frozen=True, slots=True)
class Look:
    """The next lines of a replayed input, and the state of the input after they were read."""

    batch: Batch
    finished: bool
    """These are the last lines."""
    counted: Health
    """The counters of the input so far."""
    found: tuple[Found, ...]
    """Notices about its lines, in their order."""
    failure: InputError | None
    """Error that ended reading before the end of the input."""
    position: Json | None = None
    """Position of the source after these lines; None: it has none, or no listener needs it."""
    lag_bytes: int = 0
    """Bytes of the source that are left to read."""

    def cut(self, line_no: int) -> "Look":
        """Return the look as if the input ended with that line."""
        found = (each for each in self.found if each.line_no is None or each.line_no <= line_no)
        return replace(self, batch=self.batch.head(line_no), finished=True, found=tuple(found))
