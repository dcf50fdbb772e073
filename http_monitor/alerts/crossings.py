"""Finds where values cross a threshold."""

from typing import Any

import numpy as np
import numpy.typing as npt

from http_monitor.records import Bools


def crossings(values: npt.NDArray[np.floating[Any]], threshold: float) -> Bools:
    """Return a mask of the values, without the first, at which an alert that agrees with the first may change.

    An alert is raised above the threshold and recovers below it, so a value on the same side as the previous one
    changes nothing, unless it is a new peak.

    Args:
        values: in order of time, along the last axis.
        threshold: threshold of the alert.
    """
    above, below = values > threshold, values < threshold
    may: Bools = (above[..., 1:] & ~above[..., :-1]) | (below[..., 1:] & ~below[..., :-1])
    _mark_peaks(values, above, may)
    return may


def _mark_peaks(values: npt.NDArray[np.floating[Any]], above: Bools, may: Bools) -> None:
    """Mark the values above the threshold that are greater than all before them, since they are above it."""
    if not above.any():
        return
    length = values.shape[-1]
    # With a column that is not above, no stretch goes on in the next row.
    padded = np.zeros((above.size // length, length + 2), np.bool_)
    padded[:, 1:-1] = above.reshape(-1, length)
    edges = np.flatnonzero(np.diff(padded.ravel())).tolist()
    series, marks = values.reshape(-1, length), may.reshape(-1, length - 1)
    for first, behind in zip(edges[::2], edges[1::2], strict=True):
        row, start = divmod(first, length + 2)
        stretch = series[row, start : start + behind - first]
        best = np.maximum.accumulate(stretch)
        marks[row, start : start + behind - first - 1] |= stretch[1:] > best[:-1]
