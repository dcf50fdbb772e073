"""Running maxima of rows, of which nearly all come in the order of their times."""

import numpy as np

from http_monitor.records import Int64s


def is_ascending(values: Int64s) -> bool:
    """Return whether no value is less than the one before it."""
    return not (values[1:] < values[:-1]).any()


def running_max(values: Int64s) -> Int64s:
    """Return for each value the greatest up to it; it may be the same array."""
    return values if is_ascending(values) else np.maximum.accumulate(values)
