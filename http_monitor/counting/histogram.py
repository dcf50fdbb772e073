"""Histogram buckets for whole numbers, with widths that grow with the number.

Each power of two is cut into 64 buckets of equal width, as in HdrHistogram (hdrhistogram.org); numbers below 128 have a
bucket each. So the middle of a bucket is never further from a number in it than 1/128 of that number, 0.8 percent.
Counts of such buckets add up exactly, and in any order.
"""

from collections.abc import Iterable

import numpy as np

from http_monitor.records import Int64s

_BITS = 6
_PER_OCTAVE = 1 << _BITS
_EXACT_BELOW = 2 * _PER_OCTAVE
BUCKETS = (63 - _BITS) * _PER_OCTAVE + _PER_OCTAVE
"""Number of buckets for all numbers of 63 bits."""


def bucket_of(values: Int64s) -> Int64s:
    """Return the bucket of each number, which must be at least 0."""
    # The exponent of a number's float gives its number of bits. If rounding to 53 bits made it a power of two, that is
    # one too many, and the bucket is still right: the last of an octave precedes the first of the next.
    shift = np.maximum(np.frexp(values.astype(np.float64))[1].astype(np.int64) - (_BITS + 1), 0)
    buckets: Int64s = _PER_OCTAVE * shift + (values >> shift)
    return buckets


def middle_of(bucket: int) -> int:
    """Return the number that represents a bucket."""
    if bucket < _EXACT_BELOW:
        return bucket
    shift = bucket // _PER_OCTAVE - 1
    return (bucket - _PER_OCTAVE * shift << shift) + (1 << shift >> 1)


def quantiles(counts: Iterable[tuple[int, int]], percents: Iterable[int]) -> list[int]:
    """Return the numbers at these nearest ranks: each is the least with the given percent at or below it.

    Args:
        counts: (bucket, count), each bucket once and at least one number in all.
        percents: whole numbers from 1 to 100.
    """
    ordered = sorted(counts)
    upto = np.cumsum([count for _, count in ordered])
    total = int(upto[-1])
    ranks = [-(-total * percent // 100) for percent in percents]
    return [middle_of(ordered[int(at)][0]) for at in np.searchsorted(upto, ranks)]
