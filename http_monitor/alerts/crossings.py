"""Finds where values cross a threshold."""

from typing import Any

import numpy as np
import numpy.typing as npt

from http_monitor.records import Bools


def crossings(values: npt.NDArray[np.floating[Any]], threshold: float) -> Bools:
    """Return a mask of the values, without the first, at which an alert that agrees with the first may change.

    An alert is raised above the threshold and recovers below it, so a value on the same side as the previous one
    changes nothing.

    Args:
        values: in order of time, along the last axis.
        threshold: threshold of the alert.
    """
    above, below = values > threshold, values < threshold
    may: Bools = (above[..., 1:] & ~above[..., :-1]) | (below[..., 1:] & ~below[..., :-1])
    return may
