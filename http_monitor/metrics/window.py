"""The sliding window: the buckets of the last minutes, with running sums."""

import heapq
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from http_monitor.metrics.bucket import MetricsBucket
from http_monitor.metrics.groups import Codes, FrameGroups
from http_monitor.report import WindowTotals
from http_monitor.units import US_PER_S

_SLOTS = 60
_KEPT_IDS = 10_000
_KEPT_BATCHES = 4
# The hosts of a small batch are looked up as quickly as their numbers would be.
_FEW_KEYS = 16


class SlidingWindow:
    """A queue of closed buckets, oldest first, as rules may look at it (`ports.WindowView`).

    Buckets without hits are not in the queue; the window knows its end instead. Owned by the monitor's thread.
    """

    def __init__(self, seconds: int, bucket_size_s: int, end_us: int = 0) -> None:
        self._seconds = seconds
        self._bucket_us = bucket_size_s * US_PER_S
        # A heap, because a late line may bring a bucket older than all others.
        self._starts: list[int] = []
        self._by_start: dict[int, MetricsBucket] = {}
        self._end_us = end_us
        self._hits = 0
        self._size_bytes = 0
        self._errors = 0
        self._hosts = _HostCounts()
        # Hits by bucket, a ring, because a walk over the buckets of a whole day for each report takes too long.
        self._hits_at = np.zeros(seconds // bucket_size_s, np.int64)

    @property
    def seconds(self) -> int:
        """Its length."""
        return self._seconds

    @property
    def hits(self) -> int:
        """Hits in it."""
        return self._hits

    @property
    def size_bytes(self) -> int:
        """Bytes in it."""
        return self._size_bytes

    @property
    def errors(self) -> int:
        """Hits with status 500–599 in it."""
        return self._errors

    @property
    def oldest_us(self) -> int | None:
        """Start of the oldest bucket with hits; None where there is none."""
        return self._starts[0] if self._starts else None

    def move_to(self, end_us: int) -> bool:
        """Let the window end there; return whether a bucket with hits left it."""
        self._end_us = end_us
        start_us = end_us - self._seconds * US_PER_S
        moved = False
        while self._starts and self._starts[0] < start_us:
            self._count(self._by_start.pop(heapq.heappop(self._starts)), -1)
            moved = True
        if moved and self._hosts.mostly_absent():
            self._hosts = _HostCounts()
            for bucket in self._by_start.values():
                self._hosts.count(bucket, 1)
        return moved

    def append(self, bucket: MetricsBucket) -> None:
        """Add a bucket that closed."""
        heapq.heappush(self._starts, bucket.start_us)
        self._by_start[bucket.start_us] = bucket
        self._count(bucket, 1)

    def add_late(self, groups: FrameGroups, index: int, start_us: int, cap: int) -> None:
        """Count late rows in their bucket, which has closed; it was empty if the window does not know it."""
        bucket = self._by_start.get(start_us)
        if bucket is None:
            bucket = MetricsBucket(start_us, cap)
            bucket.add(groups, index)
            self.append(bucket)
        elif bucket.keeps_all_hosts(groups, index):
            bucket.add(groups, index)
            self._count_totals(start_us, groups.hits[index], groups.sizes[index], groups.errors[index])
            self._hosts.count_group(groups, index, 1)
        else:
            self._count(bucket, -1)
            bucket.add(groups, index)
            self._count(bucket, 1)

    def hosts_above(self, hits: float) -> Iterator[tuple[bytes, int]]:
        """Yield (host, hits) for each host with more hits than that, of those that have any."""
        return self._hosts.above(max(0, hits)) if self._hits > hits else iter(())

    def host_hits(self, host: bytes) -> int:
        """Return the hits of one host."""
        return self._hosts.hits(host)

    def hits_by(self, dimension: str) -> dict[bytes, int]:
        """Return the hits by key of a window dimension."""
        total: dict[bytes, int] = {}
        for bucket in self._by_start.values():
            for key, counts in bucket.tables()[dimension].items():
                total[key] = total.get(key, 0) + counts[0]
        return total

    def totals(self) -> WindowTotals:
        """Return the window as a report shows it."""
        count = len(self._hits_at)
        slots = min(_SLOTS, count)
        oldest = self._place(self._end_us)
        in_order = np.concatenate((self._hits_at[oldest:], self._hits_at[:oldest]))
        # Bucket i of them is in slot i * slots // count.
        series = np.add.reduceat(in_order, -(-np.arange(slots) * count // slots))
        return WindowTotals(self._seconds, self._hits, self._size_bytes, self._errors, tuple(series.tolist()))

    def last_bucket_hits(self) -> int:
        """Return the hits of the bucket that the window ends with."""
        bucket = self._by_start.get(self._end_us - self._bucket_us)
        return bucket.hits if bucket else 0

    def _count(self, bucket: MetricsBucket, sign: int) -> None:
        self._count_totals(bucket.start_us, sign * bucket.hits, sign * bucket.size_bytes, sign * bucket.errors)
        self._hosts.count(bucket, sign)

    def _count_totals(self, start_us: int, hits: int, size_bytes: int, errors: int) -> None:
        self._hits += hits
        self._size_bytes += size_bytes
        self._errors += errors
        self._hits_at[self._place(start_us)] += hits

    def _place(self, start_us: int) -> int:
        return start_us // self._bucket_us % len(self._hits_at)


class _HostCounts:
    """Hits by host over the window, as an array behind a numbering of the hosts."""

    def __init__(self) -> None:
        self._id_of: dict[bytes, int] = {}
        self._hosts: list[bytes] = []
        self._hits = np.zeros(1024, np.int64)
        # The number of a batch's host is looked up once, not once a bucket; -1 until a bucket has the host.
        self._ids_of_keys: dict[int, tuple[list[bytes], npt.NDArray[np.int64]]] = {}

    def count(self, bucket: MetricsBucket, sign: int) -> None:
        pieces = bucket.host_pieces()
        if pieces is None:
            for host, counts in bucket.tables()["hosts"].items():
                number = self._number(host)
                self._hits[number] += sign * counts[0]
            return
        for groups, index in pieces:
            self.count_group(groups, index, sign)

    def count_group(self, groups: FrameGroups, index: int, sign: int) -> None:
        hosts = groups.by_dimension["hosts"]
        slot = slice(int(hosts.bounds[index]), int(hosts.bounds[index + 1]))
        numbers = self._numbers(hosts.keys, hosts.codes[slot])
        self._hits[numbers] += sign * hosts.hits[slot]

    def above(self, hits: float) -> Iterator[tuple[bytes, int]]:
        for number in np.flatnonzero(self._hits > hits).tolist():
            yield self._hosts[number], int(self._hits[number])

    def hits(self, host: bytes) -> int:
        number = self._id_of.get(host)
        return 0 if number is None else int(self._hits[number])

    def mostly_absent(self) -> bool:
        """Whether it is time to number the hosts anew: most of those numbered have left the window."""
        return len(self._hosts) > _KEPT_IDS and int(np.count_nonzero(self._hits)) * 2 < len(self._hosts)

    def _number(self, host: bytes) -> int:
        number = self._id_of.get(host)
        if number is None:
            number = self._id_of[host] = len(self._hosts)
            self._hosts.append(host)
            if number == len(self._hits):
                self._hits = np.concatenate((self._hits, np.zeros(number, np.int64)))
        return number

    def _numbers(self, keys: list[bytes], codes: Codes) -> Codes:
        if len(keys) <= _FEW_KEYS:
            return np.array([self._number(keys[code]) for code in codes.tolist()], np.int64)
        known = self._ids_of_keys.get(id(keys))
        if known is None or known[0] is not keys:
            if len(self._ids_of_keys) > _KEPT_BATCHES:
                self._ids_of_keys.clear()
            known = self._ids_of_keys[id(keys)] = keys, np.full(len(keys), -1, np.int64)
        ids = known[1]
        for code in codes[ids[codes] < 0].tolist():
            ids[code] = self._number(keys[code])
        return ids[codes]
