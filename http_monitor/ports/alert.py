"""The protocol of a rule, and its view of the window."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from http_monitor.records import Bools, Int64s

Sums = Int64s | npt.NDArray[np.object_]
"""Integers; Python's own where 64 bits might not be enough."""


@dataclass(frozen=True, slots=True)
class Excess:
    """The excess of the buckets of a window over a threshold, oldest first."""

    sums: Sums
    """The count of each bucket, minus the allowed count."""
    allowed: Sums
    """The count that the threshold allows in each."""
    unit: int
    """The weight of one count in both."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The greatest value of a subject while it stays above the threshold."""

    window: int
    """The last future window of those, as an index; the subject has not recovered until then."""
    subject: bytes | None
    value: float


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a rule finds in future windows."""

    may_change: Bools
    """False for each future close that neither raises the alert nor lets it recover, for any subject."""
    peaks: Sequence[Peak] = ()
    """The peaks that are not seen at the last close or at one that may change something."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of a rule for one subject."""

    subject: bytes | None
    value: float
    hits: int
    """The window's hits, or the subject's."""


class WindowView(Protocol):
    """The sliding window as rules see it, at the close of a bucket."""

    @property
    def seconds(self) -> int:
        """Length of the window."""
        ...

    @property
    def hits(self) -> int:
        """Hits in the window."""
        ...

    @property
    def size_bytes(self) -> int:
        """Bytes in the window, ``-`` as 0."""
        ...

    @property
    def errors(self) -> int:
        """Hits with status 500–599 in the window."""
        ...

    @property
    def malformed(self) -> int:
        """Malformed lines, each in the bucket of the line accepted before it in its file.

        They are counted if `Settings.alert_malformed` is given.
        """
        ...

    def hosts_above(self, hits: float) -> Iterator[tuple[bytes, int]]:
        """Yield (host, hits) for each host with more than `hits`."""
        ...

    def host_hits(self, host: bytes) -> int:
        """Return the hits of one host; 0 if it has none."""
        ...

    def hits_by(self, dimension: str) -> dict[bytes, int]:
        """Return the hits by key of ``status``, ``hosts``, ``sections`` or ``endpoints``; computed on request."""
        ...


class WindowHistory(WindowView, Protocol):
    """The sliding window bucket by bucket."""

    @property
    def end_us(self) -> int:
        """End of the window."""
        ...

    @property
    def bucket_us(self) -> int:
        """Length of a bucket."""
        ...

    @property
    def known_us(self) -> int:
        """The time from which the traffic is known: the run, or its log, may have begun within the window."""
        ...

    def history(self) -> tuple[Int64s, Int64s]:
        """Return the hits and the errors of every bucket, oldest first."""
        ...

    def host_history(self, host: bytes) -> Int64s:
        """Return the hits of one host in every bucket, oldest first."""
        ...

    def malformed_history(self, closes: int) -> Int64s:
        """Return the malformed lines of every bucket, oldest first; `closes` is 0."""
        ...


class Alert(Protocol):
    """A pure measure of the window, with its threshold and its words."""

    @property
    def name(self) -> str:
        """Its name in NDJSON."""
        ...

    @property
    def threshold(self) -> float:
        """The alert is raised above this value, recovers below it, and is unchanged at it."""
        ...

    @property
    def unit(self) -> str:
        """Unit of its values and its threshold: ``/s`` or ``%``."""
        ...

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        """Return the value for every subject above the threshold and for every subject in `active`."""
        ...

    def title(self, subject: bytes | None) -> str:
        """Return the beginning of the message: ``High traffic``."""
        ...

    def reading(self, value: float) -> str:
        """Return the value as the message shows it, two decimals: ``hits = 12.00``."""
        ...


class FutureWindows(Protocol):
    """The sliding window at the last close and at each future one, given the lines so far."""

    @property
    def seconds(self) -> int:
        """Length of the windows."""
        ...

    @property
    def hits(self) -> Int64s:
        """Hits in each window; the first is the window at the last close."""
        ...

    @property
    def errors(self) -> Int64s:
        """Hits with status 500–599 in each window."""
        ...

    @property
    def malformed(self) -> Int64s:
        """Malformed lines in each window, as `WindowView.malformed` counts them."""
        ...

    def hosts_above(self, hits: float) -> tuple[list[bytes], Int64s] | None:
        """Return at least all hosts with more than `hits` in any of the windows; others may be among them.

        Returns:
            (hosts, hits of each host in each window, shape (hosts, windows)); None if finding them takes too long.
        """
        ...


@runtime_checkable
class DatedAlert(Protocol):
    """An alert that can date the beginning of its rise."""

    def excess(self, window: WindowHistory, subject: bytes | None) -> Excess:
        """Return for each bucket of the window, oldest first, by how much it exceeds the threshold."""
        ...


@runtime_checkable
class BoundedAlert(Protocol):
    """An alert that can bound how low its value was since it recovered."""

    def lowest(self, window: WindowHistory, subject: bytes | None, since_us: int, hits: int) -> float:
        """Return a value that it was not below at any close since it recovered, late lines aside; 0.0: not known.

        Args:
            window: The present window.
            subject: The subject.
            since_us: `at` of its recovery.
            hits: The hits of that event.
        """
        ...


@runtime_checkable
class VectorizedAlert(Protocol):
    """An alert that finds the closes at which nothing can change, so that it need not be measured at each close."""

    def foresee(self, windows: FutureWindows) -> Foresight:
        """Return the future closes that may change something, and the peaks of active alerts between them.

        At the last close every subject above the threshold is raised and none below it.
        """
        ...
