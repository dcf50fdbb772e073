"""Estimates when what an alert is about began."""

import numpy as np

from http_monitor.ports.alert import Sums


def began_at(excess: Sums, end_us: int, bucket_us: int) -> int | None:
    """Return the start of the bucket from which on a rise is in the window; None if it fills the window.

    That is where the running sum of the excess is least (the estimate of a change by cumulated sums): every stretch
    that ends there is at the threshold or below it, every one that begins there is at the threshold or above. A dip in
    a rise is no beginning, since what stands in front of it is above the threshold too.

    Args:
        excess: For each bucket of the window, oldest first, by how much it exceeds the threshold.
        end_us: The end of the window.
        bucket_us: The length of a bucket.
    """
    before = np.concatenate((np.zeros(1, excess.dtype), np.cumsum(excess)))
    first = int(np.argmin(before[:-1]))
    return None if not first else end_us - (len(excess) - first) * bucket_us
