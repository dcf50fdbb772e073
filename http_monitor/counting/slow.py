"""The slow endpoints of an interval: by total time, and by the 95th percentile."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np

from http_monitor.codec import MAX_HITS, check_list, integer, key_of, text_of
from http_monitor.counting.frame import Column
from http_monitor.counting.histogram import BUCKETS, bucket_of, middle_of
from http_monitor.counting.keys import Codes, Keys
from http_monitor.counting.long_keys import room_of
from http_monitor.records import Int64s
from http_monitor.report_tables import SlowRequests, SlowRow

MIN_US = 1_000
"""Shorter durations are not slow."""
Timed = dict[int, int]
"""Bucket of the histogram: hits."""
Times = dict[bytes, tuple[list[int], Timed]]
"""Endpoint: ([sum of microseconds], hits by bucket)."""
_MAX_WAITING = 1 << 16
PERCENT = 95
"""The percentile that decides whether an endpoint is slow."""
_DENSE = 8
"""Up to this many possible codes per row, a table of them beats sorting."""
_EXACT_FLOAT = float(1 << 52)


class SlowRows:
    """Durations by endpoint, counted when the counts are needed.

    Of more than `cap` endpoints, the first are kept; a long one takes the room of several.

    Args:
        cap: The number of endpoints.
    """

    __slots__ = ("_cap", "_count", "_room", "_times", "_waiting")

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._room = 0
        self._times: Times = {}
        self._waiting: list[tuple[Keys, Codes, Int64s]] = []
        self._count = 0

    def add(self, endpoints: Column, durations_us: Int64s) -> None:
        """Add rows; a negative code means no endpoint, a negative duration none."""
        if not len(endpoints.keys):
            return
        rows = np.flatnonzero((durations_us >= 0) & (endpoints.codes >= 0))
        self._waiting.append((endpoints.keys, endpoints.codes[rows], durations_us[rows]))
        self._count += len(rows)
        if self._count > _MAX_WAITING:
            self.times()

    def merge(self, others: Mapping[bytes, tuple[list[int], Timed]]) -> None:
        """Add the counts of another engine."""
        times = self.times()
        for key, (total, timed) in others.items():
            self._note(times, key, total[0], timed)

    def times(self) -> Times:
        """Return the counts, in the order of the first row of each endpoint."""
        for keys, codes, durations_us in self._waiting:
            self._count_rows(keys, codes, durations_us)
        self._waiting, self._count = [], 0
        return self._times

    def _count_rows(self, keys: Keys, codes: Codes, durations_us: Int64s) -> None:
        if not len(codes):
            return
        present, local = renumber(codes, len(keys))
        first = np.empty(len(present), np.int64)
        # Of several values written to one place, the last stays.
        first[local[::-1]] = np.arange(len(local))[::-1]
        totals = sum_durations(local, durations_us, len(present))
        cells, hits = np.unique(local * BUCKETS + bucket_of(durations_us), return_counts=True)
        edges = np.searchsorted(cells, np.arange(len(present) + 1) * BUCKETS).tolist()
        buckets, counts, names = (cells % BUCKETS).tolist(), hits.tolist(), keys.at(present)
        for place in np.argsort(first).tolist():
            part = slice(edges[place], edges[place + 1])
            self._note(self._times, names[place], totals[place], dict(zip(buckets[part], counts[part], strict=True)))

    def _note(self, times: Times, key: bytes, total_us: int, timed: Timed) -> None:
        found = times.get(key)
        if found is None:
            if self._room + room_of(key) > self._cap:
                return
            self._room += room_of(key)
            found = times[key] = ([0], {})
        found[0][0] += total_us
        for bucket, hits in timed.items():
            found[1][bucket] = found[1].get(bucket, 0) + hits

    def slow(self) -> SlowRequests:
        """Return the endpoints whose 95th percentile is at least a millisecond."""
        rows = self.times().items()
        return rank_slow(SlowRow(key, sum(timed.values()), total[0], _quantile(timed)) for key, (total, timed) in rows)

    def save(self) -> list[Any]:
        """Return the counts as JSON."""
        return [
            [text_of(key), total[0], [[*entry] for entry in timed.items()]]
            for key, (total, timed) in self.times().items()
        ]

    @classmethod
    def load(cls, given: Any, cap: int) -> Self:
        """Return saved counts. Raises TypeError or ValueError for anything else."""
        rows = cls(cap)
        for key, total_us, timed in map(check_list, check_list(given)):
            entries = [check_list(entry) for entry in check_list(timed)]
            counted = {integer(bucket, 0, BUCKETS - 1): integer(hits, 1, MAX_HITS) for bucket, hits in entries}
            rows._note(rows._times, key_of(key), integer(total_us, 0, 1 << 90), counted)
        return rows


def rank_slow(endpoints: Iterable[SlowRow]) -> SlowRequests:
    """Return which of some endpoints have a 95th percentile of at least a millisecond."""
    rows = [row for row in endpoints if row.p95_us >= MIN_US]
    by_time = sorted(rows, key=lambda row: (-row.total_us, row.key))
    by_p95 = sorted(rows, key=lambda row: (-row.p95_us, row.key))
    return SlowRequests(tuple(by_time), tuple(by_p95))


def renumber(codes: Codes, width: int) -> tuple[Int64s, Int64s]:
    """Return the codes that occur, ascending, and the place of each code among them.

    Args:
        codes: From 0 on.
        width: More than the greatest code.
    """
    if width > _DENSE * len(codes):
        present, local = np.unique(codes, return_inverse=True)
        return present, local
    seen = np.zeros(width, np.bool_)
    seen[codes] = True
    present = np.flatnonzero(seen)
    place_of = np.empty(width, np.int64)
    place_of[present] = np.arange(len(present))
    return present, place_of[codes]


def sum_durations(local: Int64s, durations_us: Int64s, count: int) -> list[int]:
    """Return the exact sum of the durations of each of `count` keys."""
    weights = durations_us.astype(np.float64)
    if float(weights.sum()) < _EXACT_FLOAT:
        floats: list[float] = np.bincount(local, weights=weights, minlength=count).tolist()
        return list(map(int, floats))
    totals = np.zeros(count, np.object_)
    np.add.at(totals, local, durations_us.astype(np.object_))
    return list(map(int, totals))


def _quantile(timed: Timed) -> int:
    """Return the duration at the nearest rank."""
    rank = -(-sum(timed.values()) * PERCENT // 100)
    for bucket in sorted(timed):
        rank -= timed[bucket]
        if rank <= 0:
            return middle_of(bucket)
    return 0
