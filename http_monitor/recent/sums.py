"""Exact sums and quantiles by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from http_monitor.counting.histogram import middle_of
from http_monitor.recent.packed import Ints
from http_monitor.records import Int32s, Int64s
from http_monitor.sizes import MAX_INT64, Sizes

_EXACT_FLOAT = 1 << 52
_LIMB_BITS = 21
_WIDTH = 4_096
"""More than there are histogram buckets."""
_MAX_DENSE = 1 << 10
NOT_KNOWN = -1
_BEFORE = 2
"""Numbers of buckets that stand for no value are at least that much below 0."""


def sum_by(numbers: Ints, values: Ints, count: int) -> Sizes:
    """Return the exact sum of the values of each number below `count`; neither may be negative."""
    if not len(values):
        return np.zeros(count, np.int64)
    greatest = int(values.max())
    if greatest * len(values) < _EXACT_FLOAT:
        exact: Sizes = np.bincount(numbers, values, count).astype(np.int64)
        return exact
    total: Any = np.zeros(count, np.object_)
    for shift in range(0, greatest.bit_length(), _LIMB_BITS):
        limb = (values.astype(np.int64) >> shift) & ((1 << _LIMB_BITS) - 1)
        total = total + np.bincount(numbers, limb, count).astype(np.int64).astype(np.object_) * (1 << shift)
    return fitting(total)


def fitting(sums: Any) -> Sizes:
    """Return sums as integers of 64 bits if they are far below their greatest."""
    if sums.dtype == np.object_ and max(sums.tolist(), default=0) < _EXACT_FLOAT:
        sums = sums.astype(np.int64)
    result: Sizes = sums
    return result


def add_sizes(one: Sizes, other: Sizes) -> Sizes:
    """Return the sums of sums, each of which is far below the greatest of its type."""
    total: Sizes
    if one.dtype == other.dtype == np.int64 and int(one.max(initial=0)) < MAX_INT64:
        total = one + other
    else:
        total = one.astype(np.object_) + other.astype(np.object_)
    return total


def count_buckets(buckets: Ints) -> Int64s:
    """Return the number of values in each bucket from 0 on; a bucket below 0 is none."""
    # The greatest of a narrow type has no greater one.
    counts: Int64s = np.bincount(np.add(buckets, _BEFORE, dtype=np.int16), minlength=_BEFORE)[_BEFORE:]
    return counts


@dataclass(frozen=True, slots=True)
class Quantiles:
    """By number: the median and the 95th percentile, `NOT_KNOWN` where there is no value."""

    p50: Int64s
    p95: Int64s


def find_greatest(numbers: Ints, buckets: Ints, count: int, percent: int, limit: int) -> Int64s:
    """Return the numbers with the greatest quantiles, at least as many as the limit; all if fewer have one.

    Args:
        numbers: Of each value, below 0: none.
        buckets: Of each value, below 0: none.
        count: All numbers are below it.
        percent: The quantile, by nearest rank.
        limit: At least 1.
    """
    if int(numbers.min(initial=0)) < 0 or int(buckets.min(initial=0)) < 0:
        known = (numbers >= 0) & (buckets >= 0)
        numbers, buckets = numbers[known], buckets[known]
    total = np.bincount(numbers, minlength=count)
    # A quantile is in a bucket or above it, if so many values are.
    needed = total - -(-total * percent // 100) + 1
    needed[total == 0] = 1
    chosen = total >= needed
    if np.count_nonzero(chosen) < limit:
        return np.arange(count)
    least, beyond = 0, int(buckets.max()) + 1
    while beyond - least > 1:
        middle = (least + beyond) // 2
        above = buckets >= middle
        reach = np.bincount(numbers[above], minlength=count) >= needed
        if np.count_nonzero(reach) < limit:
            beyond = middle
        else:
            least, chosen = middle, reach
            numbers, buckets = numbers[above], buckets[above]
    return np.flatnonzero(chosen)


class Histograms:
    """Counts of histogram buckets by number, with little memory where there are few numbers.

    Args:
        count: All numbers are below it.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._is_dense = count <= _MAX_DENSE
        self._cells: Int64s = np.zeros(count * _WIDTH if self._is_dense else 0, np.int64)
        self._sparse: list[Any] = [np.empty(0, np.uint32)]

    def add_to_first(self, counts: Ints) -> None:
        """Count values under the number 0: so many in each bucket from 0 on."""
        self._cells[: len(counts)] += counts

    def add(self, number_of: Int32s, values: Sequence[tuple[Ints, Ints]]) -> None:
        """Count values.

        Args:
            number_of: The number for each code, below 0 where it is not counted.
            values: Codes, and buckets that are none below 0.
        """
        # Half the width is sorted in half the time.
        kind: Any = np.uint32 if (self._count + 1) * _WIDTH < 1 << 32 else np.int64
        # What is not counted comes behind all others.
        first_cell = np.where(number_of < 0, self._count, number_of).astype(kind) * kind(_WIDTH)
        parts = []
        for codes, buckets in values:
            cells: Any = first_cell.take(codes)
            cells += buckets.astype(kind)
            # A bucket below 0 would be one of the number before.
            none = buckets < 0
            if none.any():
                cells[none] = self._count * _WIDTH
            parts.append(cells)
        if not parts:
            return
        if self._is_dense:
            found = np.bincount(np.concatenate(parts))[: len(self._cells)]
            self._cells[: len(found)] += found
            return
        whole = np.concatenate(parts)
        self._sparse.append(whole[whole < kind(self._count * _WIDTH)])

    def quantiles(self) -> Quantiles:
        """Return the quantiles by nearest rank."""
        p50, p95 = (np.full(self._count, NOT_KNOWN, np.int64) for _ in range(2))
        limits = np.arange(self._count + 1) * _WIDTH
        upto: Int64s | None = None
        if self._is_dense:
            cells = np.flatnonzero(self._cells)
            upto = np.cumsum(self._cells[cells])
            ends = np.concatenate(([0], upto))[np.searchsorted(cells, limits)]
        else:
            cells = np.concatenate(self._sparse)
            cells.sort()
            ends = np.searchsorted(cells, limits.astype(cells.dtype))
        total = np.diff(ends)
        known = np.flatnonzero(total)
        for percent, result in ((50, p50), (95, p95)):
            ranks = ends[known] + -(-total[known] * percent // 100)
            at = ranks - 1 if upto is None else np.searchsorted(upto, ranks)
            result[known] = [middle_of(bucket) for bucket in (cells[at] % _WIDTH).tolist()]
        return Quantiles(p50, p95)
