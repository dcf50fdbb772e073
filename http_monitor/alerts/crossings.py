"""Finds where values cross a threshold, and how far they rise above it."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from http_monitor.ports.alert import Foresight, Peak
from http_monitor.records import Bools

_Values = npt.NDArray[np.floating[Any]]


def foresight(values: _Values, threshold: float, subjects: Sequence[bytes | None] = (None,)) -> Foresight:
    """Return where an alert may change that agrees with the first values, and its peaks.

    An alert is raised above the threshold and recovers below it, so a value on the same side as the previous one
    changes nothing.

    Args:
        values: in order of time, along the last axis; of several subjects, one row each.
        threshold: threshold of the alert.
        subjects: the subject of each row.
    """
    rows = values.reshape(len(subjects), values.shape[-1])
    above, below = rows > threshold, rows < threshold
    crossed = (above[:, 1:] & ~above[:, :-1]) | (below[:, 1:] & ~below[:, :-1])
    may: Bools = np.logical_or.reduce(crossed, axis=0)
    return Foresight(may, tuple(_peaks(rows, above, subjects)))


def _peaks(rows: _Values, above: Bools, subjects: Sequence[bytes | None]) -> Iterator[Peak]:
    """Yield the greatest value of each stretch above the threshold that is longer than one value."""
    if not above.any():
        return
    # With a column that is not above on either side, no stretch continues in the next row.
    length = rows.shape[1] + 2
    is_above = np.pad(above, ((0, 0), (1, 1))).ravel()
    edges = np.flatnonzero(is_above[1:] != is_above[:-1]) + 1
    greatest = np.maximum.reduceat(np.pad(rows, ((0, 0), (1, 1))).ravel(), edges)[::2]
    firsts, behind = edges[::2], edges[1::2]
    # The first value of a stretch raises the alert, or was seen at the last close.
    long = behind - firsts > 1
    # One back to the last value of the stretch, and one for the column that was added.
    places, windows = np.divmod(behind[long] - 2, length)
    for place, window, value in zip(places.tolist(), windows.tolist(), greatest[long].tolist(), strict=True):
        yield Peak(window, subjects[place], value)
