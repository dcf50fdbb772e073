"""Finds spikes in the chart."""

from collections.abc import Mapping
from statistics import median

from http_monitor.ports.views import Point, ViewSpan

_RISE = 1.5
"""A spike is at least so many times the median of the columns that have hits."""


def find_peak(points: Mapping[int, Point], span: ViewSpan, step_us: int, from_us: int, direction: int) -> int | None:
    """Return the first highest column of the next spike before or after a time; None: there is none.

    A spike is a run of columns that are each at least 1.5 times the median of all columns with hits.

    Args:
        points: The columns with hits, by start.
        span: Of the chart.
        step_us: Length of a column.
        from_us: The start of a column; the spike that it belongs to is passed over.
        direction: -1 or 1.
    """
    if not points:
        return None
    level = _RISE * median(point.hits for point in points.values())

    def is_high(at_us: int) -> bool:
        return at_us in points and points[at_us].hits >= level

    at_us = from_us
    while is_high(at_us) and span.start_us <= at_us < span.end_us:
        at_us += direction * step_us
    while not is_high(at_us):
        at_us += direction * step_us
        if not span.start_us <= at_us < span.end_us:
            return None
    best_us = at_us
    # Of equal ones the earliest.
    is_better = int.__ge__ if direction < 0 else int.__gt__
    while is_high(at_us) and span.start_us <= at_us < span.end_us:
        if is_better(points[at_us].hits, points[best_us].hits):
            best_us = at_us
        at_us += direction * step_us
    return best_us
