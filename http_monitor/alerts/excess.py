"""By how much parts of a window exceed a threshold."""

import numpy as np

from http_monitor.ports.alert import Excess
from http_monitor.records import Int64s

_SAFE = 1 << 62


def excess_of(part: Int64s, whole: Int64s, threshold: float, per: int = 1) -> Excess:
    """Return by how much ``part[i]`` exceeds ``threshold / per * whole[i]`` for each bucket, exactly.

    Args:
        part: The counts of the rule, by bucket.
        whole: The counts that they are a share of, by bucket.
        threshold: The threshold of their ratio.
        per: 100 if the threshold is in percent.
    """
    over, unit = threshold.as_integer_ratio()
    unit *= per
    if int(part.sum()) * unit + int(whole.sum()) * over < _SAFE:
        allowed = whole * over
        return Excess(part * unit - allowed, allowed, unit)
    exact = np.array(whole.astype(np.object_) * over, np.object_)
    return Excess(np.array(part.astype(np.object_) * unit - exact, np.object_), exact, unit)
