"""Estimates when the rise that caused an alert began."""

import numpy as np

from http_monitor.ports.alert import Excess

_VARIANCES = 3
"""A deficit is no chance if its square is at least this many variances of a count at the threshold. Chance alone causes
it in at most one of twenty cases: with three allowed, none may have come; with a hundred, at most 82.
"""


def began_at(excess: Excess, end_us: int, bucket_us: int, known_us: int) -> int | None:
    """Return the start of the bucket with which a rise begins; None if it fills the known part of the window.

    The running sum of the excess is least there (the estimate of a change by cumulative sums): every stretch that ends
    there averages at or below the threshold, every stretch that begins there at or above. A dip within a rise is no
    beginning, since the buckets before it are above the threshold too. Neither is the end of buckets whose deficit is
    so small that chance explains it.

    Args:
        excess: The excess of each bucket of the window, oldest first.
        end_us: The end of the window.
        bucket_us: The length of a bucket.
        known_us: The time from which the traffic is known; earlier buckets are empty only because nothing was read.
    """
    unknown = max(0, len(excess.sums) - (end_us - known_us) // bucket_us)
    sums, all_allowed = excess.sums[unknown:], excess.allowed[unknown:]
    before = np.concatenate((np.zeros(1, sums.dtype), np.cumsum(sums)))
    first = int(np.argmin(before[:-1]))
    lacks, allowed = -int(before[first]), int(all_allowed[:first].sum())
    # The variance of a count is its mean, here in units.
    if not first or lacks**2 < _VARIANCES * allowed * excess.unit:
        return None
    return end_us - (len(sums) - first) * bucket_us
