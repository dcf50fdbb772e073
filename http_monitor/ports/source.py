"""An input of log lines, and what a source may be able to do besides."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from http_monitor.errors import InputError
from http_monitor.health import Health
from http_monitor.records import Json
from http_monitor.report import Notice


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a source had to give at one look."""

    data: bytes = b""
    """Whole lines, each with its LF (a source adds the one that a last line lacks). A line longer than the
    limit is cut to limit + 1 bytes before its LF."""
    at_end: bool = True
    """No complete line is left unread."""
    finished: bool = False
    """Nothing will ever come again (end of a replay, end of standard input); implies `at_end`."""
    notices: tuple[Notice, ...] = ()
    """What happened to the input since the last look."""


UNCHANGED = Chunk()
"""What a source returns, this very object, if all is as it was at the last look: its health and its position too."""


class Source(Protocol):
    """An input of log lines. One thread owns it; `read` never waits (in a replay it may)."""

    @property
    def name(self) -> str:
        """What the user calls it (a path, ``-``)."""
        ...

    def read(self) -> Chunk:
        """Return what is there, at most about 1 to 4 MiB."""
        ...

    def health(self) -> Health:
        """Return the counters."""
        ...

    def wants_poll_s(self) -> float:
        """Return after how many seconds it wants to be looked at again, whatever wakes the monitor before."""
        ...

    def close(self) -> None:
        """Let go of descriptors and threads."""
        ...


@runtime_checkable
class Resumable(Protocol):
    """A source that can go on in another process where this one stopped."""

    def position(self) -> Json | None:
        """Return where it stands after the last `read`, with what it has lost and counted; None: not begun yet."""
        ...


@runtime_checkable
class Failing(Protocol):
    """A source of a replay that may end before its input does."""

    @property
    def failure(self) -> InputError | None:
        """Why it could not be read to its end; None: nothing went wrong so far."""
        ...


@runtime_checkable
class Diagnosing(Protocol):
    """A source that can find out why it has nothing to give."""

    def diagnose(self) -> str:
        """Return why no lines come, as the end of a sentence; it may take some milliseconds."""
        ...
