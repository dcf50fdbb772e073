"""The protocol for removing the wrapper that another program put around each line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from http_monitor.records import Bools, Int64s, Json


@dataclass(frozen=True, slots=True)
class Stamps:
    """The time in each line's wrapper, as written there."""

    data: bytes
    find: Callable[[], tuple[Int64s, Int64s]]
    """Returns for each line the first byte of its time in `data`, and the one after its last; equal: it has none.

    Only lines that have no time themselves need it.
    """


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The inner lines of a chunk."""

    data: bytes
    """Whole lines, each with its LF: the inner lines, and unchanged those that are not wrapped."""
    wrapped: Bools
    """Whether each line was wrapped."""
    source: Int64s
    """Index in `sources` of the container, pod or host of each line; -1: not known."""
    sources: tuple[bytes, ...]
    origin: Int64s
    """Index in `origins` of the writer of each line; -1 if the line was not wrapped."""
    origins: tuple[bytes, ...]
    """Programs, streams or containers, each digit as 0."""
    stamps: Stamps
    """The time of each line; for a line in parts, that of the first part."""
    begin: Int64s
    """For each inner line, where the line in which it begins starts in all unwrapped data."""
    given_up: tuple[int, ...] = ()
    """The lines that are incomplete because there was no more room for their parts."""

    @property
    def lines(self) -> int:
        """Number of lines, blank ones included."""
        return len(self.wrapped)


@dataclass(frozen=True, slots=True)
class Peeled:
    """An inner line, as far as the wrapped line's own bytes show it."""

    text: bytes | None
    """The inner line; None: a part of an incomplete one."""
    places: Sequence[int]
    """Place in the wrapped line of each byte of the text, and of its end; -1: in an earlier line."""
    source: tuple[bytes, int, int] | None = None
    """The name of the container, pod or host, and its place; empty: the text shows none."""
    time: tuple[bytes, int, int] | None = None
    """The time in the wrapper, as written, and its place; -1: in an earlier line, or there is none."""


class Wrapper(Protocol):
    """Removes the wrapper that a program puts around each line of a log; each file has its own object."""

    @property
    def name(self) -> str:
        """Its name in ``--unwrap``."""
        ...

    @property
    def words(self) -> str:
        """Its description, before ``, removed``: ``syslog in front of each line``."""
        ...

    @property
    def in_utc(self) -> bool:
        """Whether its times without a zone are in UTC instead of the machine's zone."""
        ...

    def front(self, line: bytes) -> bytes | None:
        """Return what precedes the text of a line, given without its LF; None if it is not wrapped.

        Stores nothing. Empty if the text is quoted between other fields.
        """
        ...

    def unwrap(self, data: bytes, at: int = 0) -> Unwrapped:
        """Return the inner lines of whole lines; never raises, whatever the bytes.

        Args:
            data: The lines.
            at: Their offset in all data.
        """
        ...

    def peel(self, line: bytes) -> Sequence[Peeled]:
        """Return the inner lines of one line, given without its LF; empty if it is not wrapped."""
        ...

    def find_begun(self) -> Sequence[int]:
        """Return the offsets of incomplete lines in all data that was unwrapped."""
        ...

    def end(self) -> Unwrapped:
        """Return the lines that were incomplete when the input ended."""
        ...

    def save(self) -> Json:
        """Return the incomplete parts of lines."""
        ...

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        ...
