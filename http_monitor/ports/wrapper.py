"""What takes off what another program put around each line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from http_monitor.records import Bools, Int64s, Json


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The lines that stand inside the lines of a chunk."""

    data: bytes
    """Whole lines, each with its LF: what was inside, and as it was each line that is none of the wrapper's."""
    wrapped: Bools
    """For each of them whether it was inside."""
    source: Int64s
    """For each of them the index of the name of its container, pod or host among `sources`; -1: none is known."""
    sources: tuple[bytes, ...]
    origin: Int64s
    """For each of them the index of what wrote it among `origins`; -1 where it was not inside."""
    origins: tuple[bytes, ...]
    """Programs, streams or containers, each digit as 0."""

    @property
    def lines(self) -> int:
        """How many lines there are, blank ones too."""
        return len(self.wrapped)


@dataclass(frozen=True, slots=True)
class Peeled:
    """What one line has inside, as far as its own bytes show it."""

    text: bytes | None
    """The line inside; None: a part of one that is not complete."""
    places: Sequence[int]
    """For each byte of the text where it stands in the line, one more for where the text ends; -1: in an earlier."""
    source: tuple[bytes, int, int] | None = None
    """The name of the container, pod or host, and where it stands."""


class Wrapper(Protocol):
    """Takes off what somebody put around each line of a log; each file has one of its own."""

    @property
    def name(self) -> str:
        """What ``--unwrap`` calls it."""
        ...

    @property
    def words(self) -> str:
        """What it is, before ``, taken off``: ``syslog in front of each line``."""
        ...

    def front(self, line: bytes) -> bytes | None:
        """Return what stands before the text of a line, without its LF; None where it is not wrapped.

        Nothing is remembered. Of a text that is quoted in the midst of others it is empty.
        """
        ...

    def unwrap(self, data: bytes) -> Unwrapped:
        """Return what stands inside whole lines; never raises for what the bytes are."""
        ...

    def peel(self, line: bytes) -> Sequence[Peeled]:
        """Return what stands inside one line, without its LF; nothing where it is not wrapped."""
        ...

    def end(self) -> bytes:
        """Return the lines that were not complete when the input ended, each with its LF."""
        ...

    def save(self) -> Json:
        """Return the parts of lines that are not complete."""
        ...

    def load(self, given: Json) -> None:
        """Go on with what was saved. Raises KeyError, TypeError or ValueError for anything else."""
        ...
