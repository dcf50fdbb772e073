"""The time of the chart: how long a column is, which span is shown, where its axis has labels."""

from collections.abc import Iterator
from datetime import timedelta

from http_monitor.dashboard.state.scene import ZOOMS_S
from http_monitor.ports.views import ViewSpan
from http_monitor.units import US_PER_S, local

AXIS_WIDTH = 7
"""Columns of the labels at the left of the chart: six digits, and the axis."""
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
_STEPS_S = (
    *(1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30),
    *(minutes * _MINUTE_S for minutes in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30)),
    *(hours * _HOUR_S for hours in (1, 2, 3, 6, 12)),
    _DAY_S,
)
"""Lengths of a column, close enough that little of the chart lies before what a zoom asks for."""
_TICKS_S = (
    *(10, 30),
    *(minutes * _MINUTE_S for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR_S for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY_S for days in (1, 2, 7, 14, 28, 364)),
)
"""Lengths of time that each begin with a label; whole ones of local time."""
_TICK_COLUMNS, _SECONDS_TICK_COLUMNS = 13, 15
"""The least columns from a label to the next, without and with seconds."""
_ZOOM_SLACK = 1.25
"""A zoom that shows more than what is held is offered if that is so many times the next smaller zoom."""


def columns_for(width: int) -> int:
    """Return the columns of the chart on a screen of this width, beside the labels of its axis."""
    return max(1, width - AXIS_WIDTH)


def step_of(zoom_s: int, columns: int, bucket_s: int) -> int:
    """Return the length of a column in microseconds: the least round multiple of the bucket with which a zoom fits."""
    columns = max(1, columns)
    for step_s in _STEPS_S:
        if step_s * columns >= zoom_s and step_s % bucket_s == 0:
            return step_s * US_PER_S
    # Whole days, or whole buckets if they are not among the usual lengths.
    unit_s = _DAY_S if _DAY_S % bucket_s == 0 and zoom_s > _DAY_S * columns else bucket_s
    return -(-zoom_s // (columns * unit_s)) * unit_s * US_PER_S


def chart_span(now_us: int, zoom_s: int, columns: int, bucket_s: int) -> tuple[ViewSpan, int]:
    """Return the span of a chart that ends with the column of now, and the length of a column.

    All columns are used, so that the span may be longer than the zoom. It is aligned to the epoch.
    """
    step_us = step_of(zoom_s, columns, bucket_s)
    end_us = (now_us // step_us + 1) * step_us
    return ViewSpan(end_us - max(1, columns) * step_us, end_us), step_us


def zoom_steps(held_s: int, columns: int | None = None, bucket_s: int = 1) -> tuple[int, ...]:
    """Return the zooms for what is held: from two minutes to the least one that shows (nearly) all of it.

    With the columns of the chart, zooms that would look the same as the next greater one are left out.
    """
    zooms = [zoom_s for before_s, zoom_s in zip((0, *ZOOMS_S), ZOOMS_S, strict=False) if _is_worth(held_s, before_s)]
    if columns is None:
        return tuple(zooms)
    by_step = {step_of(zoom_s, columns, bucket_s): zoom_s for zoom_s in zooms}
    return tuple(by_step.values())


def _is_worth(held_s: int, before_s: int) -> bool:
    """Return whether a zoom shows more of what is held than the one before it."""
    return held_s > before_s * _ZOOM_SLACK or before_s == 0


def ticks(span: ViewSpan, step_us: int, columns: int) -> list[tuple[int, str]]:
    """Return the columns in which round local times lie, ascending, and their labels, which fit side by side.

    A label is centred below its column (`label_left`). Midnight is labelled by the date.
    """
    tick_s, shows_seconds = _tick_of(step_us)
    found: list[tuple[int, str]] = []
    free_from = 0
    for at_us in _round_times(span.start_us, span.start_us + columns * step_us, tick_s):
        moment = local(at_us)
        if not _beyond_us(at_us, _DAY_S):
            label = f"{moment:%b} {moment.day}"
        else:
            label = f"{moment:%H:%M:%S}" if shows_seconds else f"{moment:%H:%M}"
        column = (at_us - span.start_us) // step_us
        left = label_left(column, label, columns)
        if left >= free_from and left + len(label) <= columns:
            found.append((column, label))
            free_from = left + len(label) + 2
    return found


def label_left(column: int, label: str, columns: int) -> int:
    """Return where a label begins that is centred below its column, moved inside the chart at its edges."""
    return max(0, min(column - len(label) // 2, columns - len(label)))


def _tick_of(step_us: int) -> tuple[int, bool]:
    """Return the seconds from label to label, and whether labels show seconds."""
    for tick_s in _TICKS_S:
        shows_seconds = tick_s < _MINUTE_S
        if tick_s * US_PER_S >= (_SECONDS_TICK_COLUMNS if shows_seconds else _TICK_COLUMNS) * step_us:
            return tick_s, shows_seconds
    return _TICKS_S[-1], False


def _round_times(start_us: int, end_us: int, tick_s: int) -> Iterator[int]:
    """Yield the times in a span that are multiples of a length of time by the local clock."""
    at_us = start_us - _beyond_us(start_us, tick_s)
    while at_us < end_us:
        # Between the first one and the start, the clock may have been set.
        if at_us >= start_us and not _beyond_us(at_us, tick_s):
            yield at_us
        at_us = _next_round(at_us, tick_s)


def _next_round(at_us: int, tick_s: int) -> int:
    """Return the next round time. Where the clock is set, it is nearer or farther than usual."""
    tick_us = tick_s * US_PER_S
    at_us += tick_us
    beyond_us = _beyond_us(at_us, tick_s)
    if not beyond_us:
        return at_us
    earlier_us = at_us - beyond_us
    return earlier_us if not _beyond_us(earlier_us, tick_s) else at_us + tick_us - beyond_us


def _beyond_us(at_us: int, tick_s: int) -> int:
    """Return the time since the last round local time, if the clock was not set since."""
    offset_s = (local(at_us).utcoffset() or timedelta()) // timedelta(seconds=1)
    return (at_us + offset_s * US_PER_S) % (tick_s * US_PER_S)
