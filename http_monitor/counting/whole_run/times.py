"""The durations of a run by endpoint."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from http_monitor.codec import MAX_HITS, checked_list, integer, key_of, text_of
from http_monitor.counting.frame import Column
from http_monitor.counting.histogram import BUCKETS, bucket_of
from http_monitor.counting.keys import Codes, Keys
from http_monitor.counting.long_keys import room_of
from http_monitor.counting.slow import Timed, Times, rank_slow
from http_monitor.counting.whole_run.bounded_rows import BoundedRows
from http_monitor.records import Int64s
from http_monitor.report_tables import SlowRequests

_MAX_WAITING = 1 << 16
"""Maximum number of rows that are kept uncounted until the counts are needed."""
_MAX_FEW = 32
"""A histogram with more buckets is an array, which takes less room then."""
_MAX_NARROW = (1 << 32) - 1


class _Histogram:
    """The durations of an endpoint."""

    __slots__ = ("_counts", "_few", "_hits", "_least", "total_us")

    def __init__(self) -> None:
        self.total_us = 0
        self._hits = 0
        self._few: Timed | None = {}
        self._least = 0
        self._counts: npt.NDArray[np.unsignedinteger[Any]] = np.empty(0, np.uint32)

    def add(self, total_us: int, buckets: Int64s, hits: Int64s) -> None:
        """Count durations: their sum, and hits by bucket, each bucket once, ascending."""
        self.total_us += total_us
        self._hits += int(hits.sum())
        if self._few is None:
            self._add(buckets, hits)
            return
        for bucket, count in zip(buckets.tolist(), hits.tolist(), strict=True):
            self._few[bucket] = self._few.get(bucket, 0) + count
        if len(self._few) > _MAX_FEW:
            few, self._few = sorted(self._few.items()), None
            self._least = few[0][0]
            self._add(np.array([bucket for bucket, _ in few]), np.array([count for _, count in few]))

    def _add(self, buckets: Int64s, hits: Int64s) -> None:
        least, end = int(buckets[0]), int(buckets[-1]) + 1
        before, behind = max(0, self._least - least), max(0, end - self._least - len(self._counts))
        if before or behind:
            self._counts = np.pad(self._counts, (before, behind))
            self._least -= before
        if self._hits > _MAX_NARROW:
            self._counts = self._counts.astype(np.uint64)
        self._counts[buckets - self._least] += hits.astype(self._counts.dtype)

    def timed(self) -> Timed:
        """Return hits by bucket."""
        if self._few is not None:
            return self._few
        places = np.flatnonzero(self._counts)
        return dict(zip((places + self._least).tolist(), self._counts[places].tolist(), strict=True))


class RunTimes(BoundedRows[bytes, _Histogram]):
    """Durations by endpoint; those with most time spent stay."""

    def __init__(self, cap: int) -> None:
        super().__init__(cap)
        self._waiting: list[tuple[Codes, Int64s]] = []
        self._keys: Keys | None = None
        """Those of the waiting rows."""
        self._count = 0

    def room_of(self, key: bytes) -> int:
        """Return the number of keys whose room a key takes."""
        return room_of(key)

    def rank_of(self, key: bytes, row: _Histogram) -> tuple[object, ...]:
        """Return what orders the rows: time spent down, then key."""
        return -row.total_us, key

    def new_row(self) -> _Histogram:
        """Return a row without durations."""
        return _Histogram()

    def add(self, endpoints: Column, durations_us: Int64s) -> None:
        """Count rows; a negative code means no endpoint, a negative duration none."""
        if not len(endpoints.keys):
            return
        present = np.flatnonzero((durations_us >= 0) & (endpoints.codes >= 0))
        keys, codes = endpoints.keys.to_shared(endpoints.codes[present])
        if keys is not self._keys:
            self._count_waiting()
        self._keys = keys
        self._waiting.append((codes, durations_us[present]))
        self._count += len(present)
        # Keys that no other frame shares would stay in memory for a few rows.
        if keys is endpoints.keys or self._count > _MAX_WAITING:
            self._count_waiting()

    def _count_waiting(self) -> None:
        waiting, keys = self._waiting, self._keys
        self._waiting, self._keys, self._count = [], None, 0
        if keys is None:
            return
        codes, durations_us = (np.concatenate(some) for some in zip(*waiting, strict=True))
        present, local = np.unique(codes, return_inverse=True)
        names = keys.at(present)
        for part in self.parts(names, local):
            self._count_rows(names, local[part], durations_us[part])

    def _count_rows(self, names: list[bytes], local: Int64s, durations_us: Int64s) -> None:
        totals = _sums(local, durations_us, len(names))
        cells, hits = np.unique(local * BUCKETS + bucket_of(durations_us), return_counts=True)
        bounds = np.searchsorted(cells, np.arange(len(names) + 1) * BUCKETS).tolist()
        for at, name in enumerate(names):
            cut = slice(bounds[at], bounds[at + 1])
            if cut.start < cut.stop:
                self.row_of(name).add(totals[at], cells[cut] - at * BUCKETS, hits[cut])

    def merge(self, others: Times) -> None:
        """Add the counts of another engine."""
        self._count_waiting()
        for key, (total, timed) in others.items():
            self._note(key, total[0], timed)

    def _note(self, key: bytes, total_us: int, timed: Mapping[int, int]) -> None:
        buckets = sorted(timed)
        self.row_with_room(key).add(total_us, np.array(buckets), np.array([timed[bucket] for bucket in buckets]))

    def slow(self) -> SlowRequests:
        """Return the endpoints whose 95th percentile is at least a millisecond."""
        self._count_waiting()
        return rank_slow((key, row.total_us, row.timed()) for key, row in self.rows.items())

    def save(self) -> list[Any]:
        """Return the counts as JSON."""
        self._count_waiting()
        return [
            [text_of(key), row.total_us, [[*entry] for entry in row.timed().items()]] for key, row in self.rows.items()
        ]

    def load(self, given: Any) -> None:
        """Restore what was saved. Raises TypeError or ValueError for anything else."""
        for key, total_us, timed in map(checked_list, checked_list(given)):
            counted = _read_timed(map(checked_list, checked_list(timed)))
            if not counted:
                raise ValueError("an endpoint without durations")
            self._note(key_of(key), integer(total_us, 0, 1 << 90), counted)


def _read_timed(given: Iterable[list[Any]]) -> Timed:
    return {integer(bucket, 0, BUCKETS - 1): integer(hits, 1, MAX_HITS) for bucket, hits in given}


def _sums(local: Int64s, durations_us: Int64s, count: int) -> list[int]:
    """Return the exact sum of the durations of each key."""
    weights = durations_us.astype(np.float64)
    if float(weights.sum()) < float(1 << 52):
        floats: list[float] = np.bincount(local, weights=weights, minlength=count).tolist()
        return list(map(int, floats))
    totals = np.zeros(count, np.object_)
    np.add.at(totals, local, durations_us.astype(np.object_))
    return list(map(int, totals))
