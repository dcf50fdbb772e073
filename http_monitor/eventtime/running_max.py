"""Running maxima of values that are nearly sorted."""

import numpy as np

from http_monitor.records import Int64s


def is_ascending(values: Int64s) -> bool:
    """Return whether no value is less than the one before it."""
    return not (values[1:] < values[:-1]).any()


def running_max(values: Int64s) -> Int64s:
    """Return the running maximum; it may be the same array."""
    return values if is_ascending(values) else np.maximum.accumulate(values)
