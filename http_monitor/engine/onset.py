"""Estimates when what an alert is about began."""

import numpy as np

from http_monitor.ports.alert import Excess

_VARIANCES = 3
"""How many variances of a count that is at the threshold the square of what it lacks must be, to be no chance.

Chance makes it so in one of twenty cases or fewer: where three are allowed none must have come, of a hundred 82.
"""


def began_at(excess: Excess, end_us: int, bucket_us: int, known_us: int) -> int | None:
    """Return the start of the bucket from which on a rise is in the window; None if it fills what is known of it.

    That is where the running sum of the excess is least (the estimate of a change by cumulated sums): every stretch
    that ends there is at the threshold or below it, every one that begins there is at the threshold or above. A dip in
    a rise is no beginning, since what stands in front of it is above the threshold too; nor is the end of some buckets
    with so little less than the threshold that chance makes it.

    Args:
        excess: Of each bucket of the window, oldest first.
        end_us: The end of the window.
        bucket_us: The length of a bucket.
        known_us: From when on what happened is known; nothing came before only because nobody looked.
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
