"""Where a value goes to the other side of its threshold."""

from typing import Any

import numpy as np
import numpy.typing as npt

from http_monitor.records import Bools


def crossings(values: npt.NDArray[np.floating[Any]], threshold: float) -> Bools:
    """Return at which values, but the first, an alert may be raised or recover that was as it should be at the first.

    It is raised above the threshold and recovers below it, so a value on the same side as the one before changes
    nothing.

    Args:
        values: in the order of time, along the last axis.
        threshold: of the alert.
    """
    above, below = values > threshold, values < threshold
    may: Bools = (above[..., 1:] & ~above[..., :-1]) | (below[..., 1:] & ~below[..., :-1])
    return may
