"""The protocol of a source of log lines, and the optional abilities of sources."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from http_monitor.errors import InputError
from http_monitor.health import Health
from http_monitor.records import Json, LogFile
from http_monitor.report import Notice


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a chunk that follow each other in their file as they do in the chunk."""

    start: int
    """Where the first begins in the chunk's data."""
    file: LogFile
    offset: int
    """Where it begins in the file, in an archive in its content."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The result of one read."""

    data: bytes = b""
    """Whole lines, each with its LF (a source adds one that the last line lacks). A line longer than the
    limit is cut to limit + 1 bytes before its LF."""
    at_end: bool = True
    """No complete line is left unread."""
    finished: bool = False
    """No more lines will come (end of a replay, end of standard input); implies `at_end`."""
    notices: tuple[Notice, ...] = ()
    """Notices about the input since the last read."""
    stretches: tuple[Stretch, ...] = field(default=(), compare=False)
    """The places of its lines, ascending; none: not known."""


UNCHANGED = Chunk()
"""Returned by a source, as this very object, if nothing changed since the last read, not even health or position."""


class Source(Protocol):
    """An input of log lines. One thread owns it; `read` never waits (in a replay it may)."""

    @property
    def name(self) -> str:
        """Its name for the user (a path, ``-``)."""
        ...

    def read(self) -> Chunk:
        """Return available lines, at most about 1 to 4 MiB."""
        ...

    def health(self) -> Health:
        """Return the counters."""
        ...

    def wants_poll_s(self) -> float:
        """Return the seconds after which the source needs another read, even if nothing wakes the monitor."""
        ...

    def close(self) -> None:
        """Release descriptors and threads."""
        ...


@runtime_checkable
class Resumable(Protocol):
    """A source that knows its position; in a live run another process resumes from it."""

    def position(self) -> Json | None:
        """Return the position after the last `read`, with its counters; None: not begun yet."""
        ...


@runtime_checkable
class Piped(Protocol):
    """A source that cannot be read again: it has a position for marks, which no process resumes from."""

    def read_position(self) -> Json:
        """Return the position after the last `read`, counted from the first byte of this run."""
        ...


@runtime_checkable
class Measuring(Protocol):
    """A source that can determine how much is left to read without reading it."""

    def measure(self) -> None:
        """Get the sizes of the input, so that `health` reports the current lag."""
        ...


@runtime_checkable
class Failing(Protocol):
    """A source of a replay that may end before its input does."""

    @property
    def failure(self) -> InputError | None:
        """The error that ended reading early; None: there is none so far."""
        ...


@runtime_checkable
class Diagnosing(Protocol):
    """A source that can determine why it has no lines."""

    def diagnose(self) -> str:
        """Return why no lines come, as the end of a sentence; it may take some milliseconds."""
        ...
