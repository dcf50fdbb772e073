"""By how much parts of a window exceed a threshold."""

import numpy as np

from http_monitor.ports.alert import Sums
from http_monitor.records import Int64s

_SAFE = 1 << 62


def excess_of(part: Int64s, whole: Int64s, threshold: float) -> Sums:
    """Return a multiple of ``part[i] - threshold * whole[i]`` for each bucket, exactly.

    Args:
        part: What the rule counts, by bucket.
        whole: What it is counted of, by bucket.
        threshold: Of their ratio.
    """
    over, under = threshold.as_integer_ratio()
    if int(part.sum()) * under + int(whole.sum()) * over < _SAFE:
        return part * under - whole * over
    exact = part.astype(np.object_) * under - whole.astype(np.object_) * over
    return np.array(exact, np.object_)
