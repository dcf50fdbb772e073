"""The sliding window: the buckets of the last minutes, with running sums."""

import heapq
from collections.abc import Iterator, Sequence

import numpy as np

from http_monitor.codec import start_of
from http_monitor.counting.bucket import HostPart, MetricsBucket, host_rows
from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.malformed_lines import MalformedCounts
from http_monitor.counting.window_hosts import HostCounts, HostMove, host_history
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.records import Int64s, Json
from http_monitor.report import WindowTotals
from http_monitor.units import US_PER_S

_SLOTS = 60


class SlidingWindow:
    """A queue of closed buckets, oldest first, as rules see it (`ports.alert.WindowView`).

    Buckets without hits are not queued; the window keeps its end instead. Owned by the monitor's thread.
    """

    def __init__(self, seconds: int, bucket_size_s: int, end_us: int = 0) -> None:
        self._seconds = seconds
        self._bucket_us = bucket_size_s * US_PER_S
        # A heap, because a late line may bring a bucket older than all others.
        self._starts: list[int] = []
        self._by_start: dict[int, MetricsBucket] = {}
        self._end_us = end_us
        self.known_us = NEVER_US
        """The time from which the traffic is known: the run, or its log, began there. `NEVER_US`: it is known
        throughout."""
        self._hits = 0
        self._size_bytes = 0
        self._errors = 0
        self._malformed = MalformedCounts()
        self._hosts = HostCounts()
        self._most_host_hits = 0
        """Upper bound for the hits of any host."""
        # Rings of hits and errors by bucket: iterating over a day's buckets for each report takes too long.
        self._hits_at = np.zeros(seconds // bucket_size_s, np.int64)
        self._errors_at = np.zeros(seconds // bucket_size_s, np.int64)

    @property
    def seconds(self) -> int:
        """Length of the window."""
        return self._seconds

    @property
    def bucket_us(self) -> int:
        """Length of a bucket."""
        return self._bucket_us

    @property
    def hits(self) -> int:
        """Hits in the window."""
        return self._hits

    @property
    def size_bytes(self) -> int:
        """Bytes in the window."""
        return self._size_bytes

    @property
    def errors(self) -> int:
        """Hits with status 500–599 in the window."""
        return self._errors

    @property
    def malformed(self) -> int:
        """Malformed lines in the window."""
        return self._malformed.in_window

    @property
    def known_hosts(self) -> int:
        """Number of hosts with a number; hardly more than the window contains, or than ten thousand."""
        return self._hosts.known

    @property
    def end_us(self) -> int:
        """End of the window: that of the last bucket that closed."""
        return self._end_us

    @property
    def oldest_us(self) -> int | None:
        """Start of the oldest bucket with hits; None if there is none."""
        return self._starts[0] if self._starts else None

    def move_to(self, end_us: int) -> bool:
        """Move the end of the window; return whether a bucket with hits left it."""
        self._end_us = end_us
        start_us = end_us - self._seconds * US_PER_S
        self._malformed.move_to(start_us, end_us)
        moved = False
        while self._starts and self._starts[0] < start_us:
            self._count(self._by_start.pop(heapq.heappop(self._starts)), -1)
            moved = True
        return moved

    def append(self, bucket: MetricsBucket) -> None:
        """Add a closed bucket."""
        heapq.heappush(self._starts, bucket.start_us)
        self._by_start[bucket.start_us] = bucket
        self._count(bucket, 1)

    def add_late(self, groups: FrameGroups, index: int, start_us: int, cap: int) -> None:
        """Count late rows in their closed bucket, which was empty if the window does not contain it."""
        bucket = self._by_start.get(start_us)
        if bucket is None:
            bucket = MetricsBucket(start_us, cap)
            bucket.add(groups, index)
            self.append(bucket)
        elif bucket.keeps_all_hosts(groups, index):
            self._most_host_hits -= bucket.most_host_hits
            bucket.add(groups, index)
            bucket.pack()
            self._most_host_hits += bucket.most_host_hits
            self._count_totals(start_us, groups.hits[index], groups.sizes[index], groups.errors[index])
            if self._hosts.is_tracking:
                self._hosts.enter((host_rows(groups, index),), groups.hits[index])
        else:
            self._count(bucket, -1)
            bucket.add(groups, index)
            self._count(bucket, 1)

    def merge_late(self, delta: BucketDelta, cap: int) -> None:
        """Count the sums of late rows in their closed bucket, which was empty if the window does not contain it."""
        bucket = self._by_start.get(delta.start_us)
        if bucket is None:
            bucket = MetricsBucket(delta.start_us, cap)
            bucket.merge(delta)
            self.append(bucket)
        else:
            self._count(bucket, -1)
            bucket.merge(delta)
            self._count(bucket, 1)

    def knows(self, start_us: int) -> bool:
        """Return whether a closed bucket with hits and this start is in the window."""
        return start_us in self._by_start

    def add_malformed(self, start_us: int, count: int, *, is_closed: bool) -> bool:
        """Count malformed lines in a bucket; return whether it is in the window.

        Args:
            start_us: start of the bucket; one before the window is ignored.
            count: the number of lines.
            is_closed: whether the bucket has closed.
        """
        if is_closed and start_us < self._end_us - self._seconds * US_PER_S:
            return False
        self._malformed.add(start_us, count, is_closed=is_closed)
        return is_closed

    def malformed_history(self, closes: int) -> Int64s:
        """Return the malformed lines of every bucket in the window and in the next closes, oldest first."""
        length = len(self._hits_at)
        counts = np.zeros(length + closes, np.int64)
        for start_us, count in self._malformed.by_start().items():
            place = length + (start_us - self._end_us) // self._bucket_us
            if place < len(counts):
                counts[place] = count
        return counts

    def save_malformed(self) -> list[list[int]]:
        """Return the malformed lines by bucket, open ones included, as JSON."""
        return self._malformed.save()

    def load_malformed(self, given: Json, *, has_begun: bool) -> None:
        """Restore saved malformed lines; if no bucket has closed yet, all are of open buckets.

        Raises:
            TypeError, ValueError: it is no such state.
        """
        end_us = self._end_us if has_begun else NEVER_US
        self._malformed.load(given, end_us - self._seconds * US_PER_S, end_us, self._bucket_us)

    def buckets(self) -> Iterator[MetricsBucket]:
        """Yield the buckets with hits in the window, oldest first."""
        for start_us in sorted(self._by_start):
            yield self._by_start[start_us]

    def load_bucket(self, bucket: MetricsBucket) -> None:
        """Add a saved bucket. Raises ValueError if it is outside the window."""
        start_us = start_of(bucket.start_us, self._bucket_us)
        if not self._end_us - self._seconds * US_PER_S <= start_us < self._end_us or start_us in self._by_start:
            raise ValueError("a bucket that is not of this window, or that is there twice")
        self.append(bucket)

    def hosts_above(self, hits: float) -> Iterator[tuple[bytes, int]]:
        """Yield (host, hits) for each host with hits, and more than `hits`."""
        hits = max(0, hits)
        if min(self._hits, self._most_host_hits) <= hits:
            return iter(())
        return self._hosts.above(hits, self._host_parts())

    def host_hits(self, host: bytes) -> int:
        """Return the hits of one host."""
        return self._hosts.hits(host, self._host_parts())

    def host_history(self, host: bytes) -> Int64s:
        """Return the hits of one host in every bucket of the window, oldest first."""
        places = (
            ((start_us - self._end_us) // self._bucket_us, bucket.host_parts())
            for start_us, bucket in self._by_start.items()
        )
        return host_history(host, places, len(self._hits_at))

    def last_of(self, closes: int) -> int:
        """Return the start of the last bucket of the window after the given number of closes."""
        return self._end_us + (closes - 1) * self._bucket_us

    def hosts_ahead(
        self, hits: float, entering: Sequence[MetricsBucket], closes: int
    ) -> tuple[list[bytes], Int64s] | None:
        """Return at least all hosts with more than `hits` now or at one of the next closes; others may be among them.

        Args:
            hits: at least 0.
            entering: the buckets that close by then; they must not change any more.
            closes: the number of buckets that will have closed.

        Returns:
            (hosts, their hits now and at each close, shape (hosts, 1 + closes)); None if they are too many.
        """
        moves: list[HostMove] = []
        for bucket in entering:
            bucket.pack()
            at = 1 + (bucket.start_us - self._end_us) // self._bucket_us
            moves += [(part, at, 1) for part in bucket.host_parts()]
        for bucket in (*self._by_start.values(), *entering):
            at = 1 + (bucket.start_us - self._end_us) // self._bucket_us + len(self._hits_at)
            if at <= closes:
                moves += [(part, at, -1) for part in bucket.host_parts()]
        return self._hosts.ahead(hits, self._host_parts(), moves, closes)

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
        in_order, _ = self.history()
        # Bucket i goes to slot i * slots // count.
        series = np.add.reduceat(in_order, -(-np.arange(slots) * count // slots))
        # In nearly all logs the first bucket decides it.
        has_status = not self._hits or any(bucket.has_status() for bucket in self._by_start.values())
        return WindowTotals(
            self._seconds, self._hits, self._size_bytes, self._errors, tuple(series.tolist()), has_status
        )

    def history(self) -> tuple[Int64s, Int64s]:
        """Return the hits and the errors of every bucket in the window, empty ones included, oldest first."""
        oldest = self._place(self._end_us)
        hits, errors = (np.concatenate((ring[oldest:], ring[:oldest])) for ring in (self._hits_at, self._errors_at))
        return hits, errors

    def last_bucket_hits(self) -> int:
        """Return the hits of the last bucket of the window."""
        bucket = self._by_start.get(self._end_us - self._bucket_us)
        return bucket.hits if bucket else 0

    def _count(self, bucket: MetricsBucket, sign: int) -> None:
        self._count_totals(bucket.start_us, sign * bucket.hits, sign * bucket.size_bytes, sign * bucket.errors)
        # This also holds when it leaves: parts that wait to be counted must not change with the bucket.
        bucket.pack()
        self._most_host_hits += sign * bucket.most_host_hits
        if self._hosts.is_tracking:
            if sign > 0:
                self._hosts.enter(bucket.host_parts(), bucket.most_host_hits)
            else:
                self._hosts.leave(bucket.host_parts())

    def _count_totals(self, start_us: int, hits: int, size_bytes: int, errors: int) -> None:
        self._hits += hits
        self._size_bytes += size_bytes
        self._errors += errors
        place = self._place(start_us)
        self._hits_at[place] += hits
        self._errors_at[place] += errors

    def _host_parts(self) -> Iterator[HostPart]:
        for bucket in self._by_start.values():
            yield from bucket.host_parts()

    def _place(self, start_us: int) -> int:
        return start_us // self._bucket_us % len(self._hits_at)
