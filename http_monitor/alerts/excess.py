"""By how much parts of a window exceed their share of it."""

import numpy as np

from http_monitor.ports.alert import Sums
from http_monitor.records import Int64s

_SAFE = 1 << 62


def excess_of(part: Int64s, whole: Int64s) -> Sums:
    """Return ``part[i] * sum(whole) - whole[i] * sum(part)`` for each bucket: above 0 where its ratio is above average.

    Args:
        part: What the rule counts, by bucket.
        whole: What it is counted of, by bucket.
    """
    parts, wholes = int(part.sum()), int(whole.sum())
    if 2 * max(parts, 1) * max(wholes, 1) < _SAFE:
        return part * wholes - whole * parts
    exact = part.astype(np.object_) * wholes - whole.astype(np.object_) * parts
    return np.array(exact, np.object_)
