"""The protocols that parts meet at; each has two implementations or more."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from http_monitor.records import Batch, Bools, Int64s
from http_monitor.report import BucketStats, Message, Notice


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


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """Counters of one source since its start, and its state now."""

    lag_bytes: int = 0
    """Bytes known to exist beyond what was read."""
    lost_bytes: int = 0
    rotations: int = 0
    truncations: int = 0
    observer_restarts: int = 0
    waiting_for: str = ""
    """Why nothing can be read now, in words; empty when readable."""


class Source(Protocol):
    """An input of log lines. One thread owns it; `read` never waits (in a replay it may)."""

    @property
    def name(self) -> str:
        """What the user calls it (a path, ``-``)."""
        ...

    def read(self) -> Chunk:
        """Return what is there, at most about 1 to 4 MiB."""
        ...

    def health(self) -> SourceHealth:
        """Return the counters."""
        ...

    def wants_poll_s(self) -> float:
        """Return after how many seconds it wants to be looked at again, whatever wakes the monitor before."""
        ...

    def close(self) -> None:
        """Let go of descriptors and threads."""
        ...


class LogFormat(Protocol):
    """Reads the lines of one kind of log."""

    @property
    def name(self) -> str:
        """What the user calls it: ``auto``, ``combined``, or the LogFormat string."""
        ...

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; never raises for what the bytes are."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of a rule for one subject."""

    subject: bytes | None
    value: float
    hits: int
    """The window's hits, or the subject's."""


class WindowView(Protocol):
    """The sliding window as a rule may look at it, at the close of a bucket."""

    @property
    def seconds(self) -> int:
        """Its length."""
        ...

    @property
    def hits(self) -> int:
        """Hits in it."""
        ...

    @property
    def size_bytes(self) -> int:
        """Bytes in it, ``-`` as 0."""
        ...

    @property
    def errors(self) -> int:
        """Hits with status 500–599."""
        ...

    def hosts_above(self, hits: float) -> Iterator[tuple[bytes, int]]:
        """Yield (host, hits) for each host with more hits than that."""
        ...

    def host_hits(self, host: bytes) -> int:
        """Return the hits of one host; 0 where it has none."""
        ...

    def hits_by(self, dimension: str) -> dict[bytes, int]:
        """Return the hits by key of ``status``, ``hosts``, ``sections`` or ``endpoints``; made when asked for."""
        ...


class Alert(Protocol):
    """A pure measure of the window, with its threshold and its words."""

    @property
    def name(self) -> str:
        """Its name in NDJSON."""
        ...

    @property
    def threshold(self) -> float:
        """Raised above, recovered below, unchanged at it."""
        ...

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        """Return the value for every subject above the threshold and for every subject in `active`."""
        ...

    def title(self, subject: bytes | None) -> str:
        """Return how the message begins: ``High traffic``."""
        ...

    def reading(self, value: float) -> str:
        """Return the value in the message's words, two decimals: ``hits = 12.00``."""
        ...


@runtime_checkable
class ForeseeingAlert(Protocol):
    """An alert that tells from totals alone where it cannot be raised; then it need not be asked at every close."""

    def may_rise(self, hits: Int64s, errors: Int64s, seconds: int) -> Bools:
        """Return False for each window of that length that cannot raise it, by the hits and errors in it."""
        ...


class ReportSink(Protocol):
    """Takes what the monitor says, in order; may ignore kinds of messages it has no use for."""

    def publish(self, message: Message) -> None:
        """Take one message. Raises BrokenPipeError when its reader is gone."""
        ...


class BucketSink(Protocol):
    """Takes closed buckets, in order."""

    def bucket(self, stats: BucketStats) -> None:
        """Take one closed bucket."""
        ...
