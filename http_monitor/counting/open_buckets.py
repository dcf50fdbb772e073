"""Buckets that have rows and have not closed yet."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from http_monitor.counting.bucket import MetricsBucket
from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.groups import FrameGroups
from http_monitor.records import Bools, Int64s

MAX_MADE_AT_ONCE = 64
"""Maximum number of buckets of a batch that are made at once; otherwise they stay arrays until one is requested."""
_NO_INTS = np.empty(0, np.int64)


@dataclass(slots=True)
class _Slab:
    """Buckets with rows of one batch only, as the batch grouped them."""

    groups: FrameGroups
    starts: Int64s
    """Ascending; those before `at` have closed."""
    index: Int64s
    """The group of each."""
    hits: Int64s
    errors: Int64s
    at: int = 0

    def bucket(self, place: int, cap: int) -> MetricsBucket:
        bucket = MetricsBucket(int(self.starts[place]), cap)
        bucket.add(self.groups, int(self.index[place]))
        return bucket

    def keep(self, wanted: Int64s) -> None:
        """Keep only the buckets at the given indices."""
        self.starts, self.index, self.at = self.starts[wanted], self.index[wanted], 0
        self.hits, self.errors = self.hits[wanted], self.errors[wanted]


class OpenBuckets:
    """Buckets by start; most of them close without being inspected.

    A batch of a quiet log has a bucket for every row or two. These stay arrays; one becomes a `MetricsBucket` when a
    second batch adds to it, or when it enters a window that is measured.
    """

    def __init__(self, cap: int) -> None:
        """Start without buckets; `cap` is that of each bucket's tables."""
        self._cap = cap
        self._buckets: dict[int, MetricsBucket] = {}
        self._starts: list[int] = []
        self._slabs: list[_Slab] = []

    def __len__(self) -> int:
        return len(self._buckets) + sum(len(slab.starts) - slab.at for slab in self._slabs)

    @property
    def first_us(self) -> int | None:
        """Start of the earliest bucket; None if there is none."""
        first = self._starts[0] if self._starts else None
        for slab in self._slabs:
            start = int(slab.starts[slab.at])
            first = start if first is None else min(first, start)
        return first

    @property
    def last_us(self) -> int | None:
        """Start of the last bucket; None if there is none."""
        lasts = [*self._buckets, *(int(slab.starts[-1]) for slab in self._slabs)]
        return max(lasts, default=None)

    def knows(self, start_us: int) -> bool:
        """Return whether a bucket with this start is open."""
        return start_us in self._buckets or any(start_us in slab.starts[slab.at :] for slab in self._slabs)

    def add(self, groups: FrameGroups, starts: Int64s) -> None:
        """Count the rows of a frame.

        Args:
            groups: the rows, grouped by bucket.
            starts: start of the bucket of each group, ascending.
        """
        index = np.arange(len(starts))
        if len(starts) > MAX_MADE_AT_ONCE:
            shared = self._has_earlier_rows(starts)
            alone = index[~shared]
            hits, errors = (np.array(counts, np.int64)[alone] for counts in (groups.hits, groups.errors))
            if len(alone):
                self._slabs.append(_Slab(groups, starts[alone], alone, hits, errors))
            index = index[shared]
        else:
            self._make_from_slabs(starts)
        for at in index.tolist():
            self._bucket_at(int(starts[at])).add(groups, at)

    def merge(self, delta: BucketDelta) -> None:
        """Count the sums of rows of a bucket."""
        self._make_from_slabs(np.array([delta.start_us], np.int64))
        self._bucket_at(delta.start_us).merge(delta)

    def close(self, last_us: int, first_us: int) -> list[MetricsBucket]:
        """Remove the buckets that start by `last_us`; return those that start from `first_us` on, ascending.

        Args:
            last_us: start of the last bucket that closes.
            first_us: buckets that start earlier are dropped.
        """
        closed = []
        while self._starts and self._starts[0] <= last_us:
            bucket = self._buckets.pop(heapq.heappop(self._starts))
            if bucket.start_us >= first_us:
                closed.append(bucket)
        if self._slabs and any(slab.starts[slab.at] <= last_us for slab in self._slabs):
            for slab in self._slabs:
                stop = int(np.searchsorted(slab.starts, last_us, side="right"))
                start = max(slab.at, int(np.searchsorted(slab.starts, first_us)))
                closed += [slab.bucket(place, self._cap) for place in range(start, stop)]
                slab.at = max(slab.at, stop)
            self._slabs = [slab for slab in self._slabs if slab.at < len(slab.starts)]
            closed.sort(key=lambda bucket: bucket.start_us)
        return closed

    def totals(self) -> tuple[Int64s, Int64s, Int64s]:
        """Return (start, hits, errors) of each bucket, in no particular order."""
        made = self._buckets.values()
        starts = [np.fromiter((bucket.start_us for bucket in made), np.int64, len(made))]
        hits = [np.fromiter((bucket.hits for bucket in made), np.int64, len(made))]
        errors = [np.fromiter((bucket.errors for bucket in made), np.int64, len(made))]
        for slab in self._slabs:
            starts.append(slab.starts[slab.at :])
            hits.append(slab.hits[slab.at :])
            errors.append(slab.errors[slab.at :])
        return np.concatenate(starts), np.concatenate(hits), np.concatenate(errors)

    def buckets_until(self, last_us: int) -> list[MetricsBucket] | None:
        """Return the buckets that start by `last_us`, in no particular order; None if some of them are still arrays."""
        if any(slab.starts[slab.at] <= last_us for slab in self._slabs):
            return None
        return [bucket for bucket in self._buckets.values() if bucket.start_us <= last_us]

    def iter_ascending(self) -> Iterator[MetricsBucket]:
        """Yield all buckets, ascending; they stay open."""
        for slab in self._slabs:
            for place in range(slab.at, len(slab.starts)):
                self._put(slab.bucket(place, self._cap))
        self._slabs = []
        for start_us in sorted(self._buckets):
            yield self._buckets[start_us]

    def load_bucket(self, bucket: MetricsBucket) -> None:
        """Add a saved bucket. Raises ValueError if its start is taken."""
        if bucket.start_us in self._buckets:
            raise ValueError("a bucket that is there twice")
        self._put(bucket)

    def _bucket_at(self, start_us: int) -> MetricsBucket:
        bucket = self._buckets.get(start_us)
        if bucket is None:
            bucket = MetricsBucket(start_us, self._cap)
            self._put(bucket)
        return bucket

    def _put(self, bucket: MetricsBucket) -> None:
        self._buckets[bucket.start_us] = bucket
        heapq.heappush(self._starts, bucket.start_us)

    def _has_earlier_rows(self, starts: Int64s) -> Bools:
        """Return a mask of the starts whose buckets have rows of earlier batches; these buckets are made."""
        self._make_from_slabs(starts)
        made = np.fromiter(self._buckets, np.int64, len(self._buckets)) if self._buckets else _NO_INTS
        return np.isin(starts, made)

    def _make_from_slabs(self, starts: Int64s) -> None:
        """Make the buckets with these starts that are still arrays."""
        for slab in self._slabs:
            if slab.starts[-1] < starts[0] or slab.starts[slab.at] > starts[-1]:
                continue
            found = np.isin(slab.starts, starts)
            found[: slab.at] = False
            places = np.flatnonzero(found)
            for place in places.tolist():
                self._put(slab.bucket(place, self._cap))
            if len(places):
                found[: slab.at] = True
                slab.keep(np.flatnonzero(~found))
        self._slabs = [slab for slab in self._slabs if len(slab.starts)]
