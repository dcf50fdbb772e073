"""A rule, and the window as it may look at it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from http_monitor.records import Bools, Int64s


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

    @property
    def malformed(self) -> int:
        """Lines that fit no format, each in the bucket of the line accepted before it in its file.

        They are counted where `Settings.alert_malformed` is given.
        """
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

    @property
    def unit(self) -> str:
        """Unit of its values and its threshold: ``/s`` or ``%``."""
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


class FutureWindows(Protocol):
    """The sliding window at the last close and at each of the closes to come, as far as lines have come."""

    @property
    def seconds(self) -> int:
        """Its length."""
        ...

    @property
    def hits(self) -> Int64s:
        """Hits in each; the first is the window at the last close."""
        ...

    @property
    def errors(self) -> Int64s:
        """Hits with status 500–599 in each."""
        ...

    @property
    def malformed(self) -> Int64s:
        """Lines that fit no format in each, as `WindowView.malformed` counts them."""
        ...

    def hosts_above(self, hits: float) -> tuple[list[bytes], Int64s] | None:
        """Return all hosts that have more hits than that in any of the windows, and maybe others, with their hits.

        Returns:
            (hosts, hits of each host in each window, shape (hosts, windows)), or None where it takes too long to
            find out.
        """
        ...


@runtime_checkable
class VectorizedAlert(Protocol):
    """An alert that tells at which closes nothing can change; then it need not be asked at every close."""

    def may_change(self, windows: FutureWindows) -> Bools:
        """Return False for each close to come that neither raises it nor lets it recover, for any subject.

        At the last close every subject above the threshold is raised and none below it.
        """
        ...
