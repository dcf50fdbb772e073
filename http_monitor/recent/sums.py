"""Exact sums and quantiles by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from http_monitor.counting.histogram import middle_of
from http_monitor.recent.packed import Ints
from http_monitor.records import Int64s
from http_monitor.sizes import Sizes

_EXACT_FLOAT = 1 << 52
_LIMB_BITS = 21
_WIDTH = 4_096
"""More than there are histogram buckets."""
_MAX_CELLS = 1 << 22
NOT_KNOWN = -1


def sum_by(numbers: Ints, values: Ints, count: int) -> Sizes:
    """Return the exact sum of the values of each number below `count`; neither may be negative."""
    if not len(values):
        return np.zeros(count, np.int64)
    greatest = int(values.max())
    if greatest * len(values) < _EXACT_FLOAT:
        return np.bincount(numbers, values, count).astype(np.int64)
    total: Any = np.zeros(count, np.object_)
    for shift in range(0, greatest.bit_length(), _LIMB_BITS):
        limb = (values.astype(np.int64) >> shift) & ((1 << _LIMB_BITS) - 1)
        total = total + np.bincount(numbers, limb, count).astype(np.int64).astype(np.object_) * (1 << shift)
    return fitting(total)


def fitting(sums: Any) -> Sizes:
    """Return sums as integers of 64 bits if they are far below their greatest."""
    result: Sizes = sums.astype(np.int64) if max(sums.tolist(), default=0) < _EXACT_FLOAT else sums
    return result


@dataclass(frozen=True, slots=True)
class Quantiles:
    """By number: the median and the 95th percentile, `NOT_KNOWN` where there is no value."""

    p50: Int64s
    p95: Int64s


class Histograms:
    """Counts of histogram buckets by number, with little memory where there are few numbers.

    Args:
        count: All numbers are below it.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._is_dense = count * _WIDTH <= _MAX_CELLS
        self._cells: Int64s = np.zeros(count * _WIDTH if self._is_dense else 0, np.int64)
        self._sparse: list[tuple[Int64s, Int64s]] = []

    def add(self, numbers: Ints, buckets: Ints) -> None:
        """Count values.

        Args:
            numbers: Below 0: not counted.
            buckets: The bucket of each; below 0: no value.
        """
        wanted = (buckets >= 0) & (numbers >= 0)
        if not wanted.all():
            numbers, buckets = numbers[wanted], buckets[wanted]
        if not len(numbers):
            return
        # Half the width is sorted in half the time.
        kind: Any = np.uint32 if self._count * _WIDTH < 1 << 32 else np.int64
        cells: Any = numbers.astype(kind) * kind(_WIDTH) + buckets.astype(kind)
        if self._is_dense:
            self._cells += np.bincount(cells, minlength=len(self._cells))
        else:
            cells.sort()
            first = np.flatnonzero(np.concatenate(([True], cells[1:] != cells[:-1])))
            self._sparse.append((cells[first].astype(np.int64), np.diff(first, append=len(cells))))

    def quantiles(self) -> Quantiles:
        """Return the quantiles by nearest rank."""
        cells, hits = self._counted()
        p50, p95 = (np.full(self._count, NOT_KNOWN, np.int64) for _ in range(2))
        if len(cells):
            number = cells // _WIDTH
            first = np.flatnonzero(np.concatenate(([True], number[1:] != number[:-1])))
            upto = np.cumsum(hits)
            before = np.concatenate(([0], upto[first[1:] - 1]))
            total = np.diff(np.append(before, upto[-1]))
            for percent, result in ((50, p50), (95, p95)):
                at = np.searchsorted(upto, before + -(-total * percent // 100))
                result[number[first]] = [middle_of(bucket) for bucket in (cells[at] % _WIDTH).tolist()]
        return Quantiles(p50, p95)

    def _counted(self) -> tuple[Int64s, Int64s]:
        """Return each cell that has any, ascending, and how many."""
        if self._is_dense:
            cells = np.flatnonzero(self._cells)
            return cells, self._cells[cells]
        if len(self._sparse) == 1:
            return self._sparse[0]
        if not self._sparse:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        cells, places = np.unique(_join([cells for cells, _ in self._sparse]), return_inverse=True)
        hits = np.bincount(places, _join([hits for _, hits in self._sparse])).astype(np.int64)
        return cells, hits


def _join(parts: Sequence[Int64s]) -> Int64s:
    return np.concatenate(parts)
