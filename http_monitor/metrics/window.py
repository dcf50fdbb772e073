"""The sliding window: the buckets of the last minutes, with running sums."""

from collections import deque
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from http_monitor.metrics.bucket import MetricsBucket
from http_monitor.metrics.groups import FrameGroups
from http_monitor.report import WindowTotals
from http_monitor.units import US_PER_S

_SLOTS = 60
_KEPT_IDS = 10_000


class SlidingWindow:
    """A queue of closed buckets, oldest first, as rules may look at it (`ports.WindowView`).

    Buckets without hits are not in the queue; the window knows its end instead.
    """

    def __init__(self, seconds: int, bucket_size_s: int) -> None:
        self._seconds = seconds
        self._bucket_us = bucket_size_s * US_PER_S
        self._buckets: deque[MetricsBucket] = deque()
        self._by_start: dict[int, MetricsBucket] = {}
        self._end_us = 0
        self._hits = 0
        self._size_bytes = 0
        self._errors = 0
        self._hosts = _HostCounts()

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
        return self._buckets[0].start_us if self._buckets else None

    def move_to(self, end_us: int) -> bool:
        """Let the window end there; return whether a bucket with hits left it."""
        self._end_us = end_us
        start_us = end_us - self._seconds * US_PER_S
        moved = False
        while self._buckets and self._buckets[0].start_us < start_us:
            bucket = self._buckets.popleft()
            del self._by_start[bucket.start_us]
            self._count(bucket, -1)
            moved = True
        if moved and self._hosts.mostly_absent():
            self._hosts = _HostCounts()
            for bucket in self._buckets:
                self._hosts.count(bucket, 1)
        return moved

    def append(self, bucket: MetricsBucket) -> None:
        """Add the bucket that closed, the youngest."""
        self._buckets.append(bucket)
        self._by_start[bucket.start_us] = bucket
        self._count(bucket, 1)

    def take_out(self, start_us: int) -> MetricsBucket | None:
        """Take the counts of a closed bucket out of the sums, to change it; it keeps its place."""
        bucket = self._by_start.get(start_us)
        if bucket is not None:
            self._count(bucket, -1)
        return bucket

    def put_back(self, bucket: MetricsBucket) -> None:
        """Count a bucket that was taken out, or that was empty when it closed."""
        if bucket.start_us not in self._by_start:
            self._by_start[bucket.start_us] = bucket
            index = len(self._buckets)
            while index and self._buckets[index - 1].start_us > bucket.start_us:
                index -= 1
            self._buckets.insert(index, bucket)
        self._count(bucket, 1)

    def hosts_above(self, hits: float) -> Iterator[tuple[bytes, int]]:
        """Yield (host, hits) for each host with more hits than that."""
        return self._hosts.above(hits) if self._hits > hits else iter(())

    def host_hits(self, host: bytes) -> int:
        """Return the hits of one host."""
        return self._hosts.hits(host)

    def hits_by(self, dimension: str) -> dict[bytes, int]:
        """Return the hits by key of a window dimension."""
        total: dict[bytes, int] = {}
        for bucket in self._buckets:
            for key, counts in bucket.tables()[dimension].items():
                total[key] = total.get(key, 0) + counts[0]
        return total

    def totals(self) -> WindowTotals:
        """Return the window as a report shows it."""
        length_us = self._seconds * US_PER_S
        start_us = self._end_us - length_us
        slots = min(_SLOTS, length_us // self._bucket_us)
        series = [0] * slots
        for bucket in self._buckets:
            series[(bucket.start_us - start_us) * slots // length_us] += bucket.hits
        return WindowTotals(self._seconds, self._hits, self._size_bytes, self._errors, tuple(series))

    def last_bucket_hits(self) -> int:
        """Return the hits of the bucket that the window ends with."""
        bucket = self._by_start.get(self._end_us - self._bucket_us)
        return bucket.hits if bucket else 0

    def _count(self, bucket: MetricsBucket, sign: int) -> None:
        self._hits += sign * bucket.hits
        self._size_bytes += sign * bucket.size_bytes
        self._errors += sign * bucket.errors
        self._hosts.count(bucket, sign)


class _HostCounts:
    """Hits by host over the window, as an array behind a numbering of the hosts."""

    def __init__(self) -> None:
        self._id_of: dict[bytes, int] = {}
        self._hosts: list[bytes] = []
        self._hits = np.zeros(1024, np.int64)
        # The numbers of a batch's hosts are looked up once, not once a bucket.
        self._ids_of_batch: dict[int, tuple[FrameGroups, npt.NDArray[np.int64]]] = {}

    def count(self, bucket: MetricsBucket, sign: int) -> None:
        pieces = bucket.host_pieces()
        if pieces is None:
            for host, counts in bucket.tables()["hosts"].items():
                number = self._number(host)
                self._hits[number] += sign * counts[0]
            return
        for groups, group in pieces:
            hosts = groups.by_dimension["hosts"]
            slot = slice(int(hosts.bounds[group]), int(hosts.bounds[group + 1]))
            ids = self._batch_ids(groups)[hosts.codes[slot]]
            self._hits[ids] += sign * hosts.hits[slot]

    def above(self, hits: float) -> Iterator[tuple[bytes, int]]:
        # The places of the array that number no host yet hold 0, which is above a level below it.
        for number in np.flatnonzero(self._hits[: len(self._hosts)] > hits).tolist():
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

    def _batch_ids(self, groups: FrameGroups) -> npt.NDArray[np.int64]:
        known = self._ids_of_batch.get(id(groups))
        if known is None or known[0] is not groups:
            ids = np.array([self._number(host) for host in groups.by_dimension["hosts"].keys], np.int64)
            if len(self._ids_of_batch) > 4:
                self._ids_of_batch.clear()
            known = self._ids_of_batch[id(groups)] = groups, ids
        return known[1]
