"""Draws the hits of a whole run over time: columns, the greatest one marked, with dates or times below."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from http_monitor import figures
from http_monitor.display.style import ASCII, Glyphs, Line, Style, wrap
from http_monitor.report_tables import TimeSlots
from http_monitor.units import US_PER_S, local

_DAY_S = 86_400
_YEAR_S = 330 * _DAY_S
"""Spans of at least this length have the year in their labels."""
_STEPS_S = (10, 60, 300, 900, 3_600, 3 * 3_600, 6 * 3_600, _DAY_S, 7 * _DAY_S, 28 * _DAY_S, 364 * _DAY_S)
"""Lengths of a column; local days begin with a column, weeks begin on Mondays."""
_TICKS_S = (
    *(minutes * 60 for minutes in (1, 5, 15, 30)),
    *(hours * 3_600 for hours in (1, 3, 6, 12)),
    *(days * _DAY_S for days in (1, 2, 7, 14, 28, 364, 3_640)),
)
"""Lengths of time that each begin with a label."""
_MIN_COLUMNS = 3
_ROWS = 4
_TICK_COLUMNS = 8
"""``│10-02`` or ``│2026-10``, and a space."""
_WORDS = {60: "minute", 3_600: "hour", _DAY_S: "day", 7 * _DAY_S: "week"}


class Chart:
    """Draws the chart of a summary.

    Args:
        slots: Returns the hits over time.
        plain: Use ASCII characters only.
    """

    def __init__(self, slots: Callable[[], TimeSlots], *, plain: bool) -> None:
        self._slots = slots
        self._plain = plain

    def render(self, width: int, style: Style) -> list[Line]:
        """Return the lines, each of at most `width` columns; none if there would be fewer than three columns."""
        return render_chart(self._slots(), width, ASCII if self._plain else style.glyphs)


def render_chart(slots: TimeSlots, width: int, glyphs: Glyphs) -> list[Line]:
    """Return the chart, each line at most `width` columns; none if there would be fewer than three columns."""
    if not slots.hits:
        return []
    step_s, starts = _columns(slots, width)
    if len(starts) < _MIN_COLUMNS:
        return []
    hits = [0] * len(starts)
    for start_us, count in slots.hits:
        hits[max(0, bisect_right(starts, start_us) - 1)] += count
    peak = hits.index(max(hits))
    each = _WORDS.get(step_s, figures.exact_span(step_s))
    most: Line = [("peak ", "dim"), (f"{hits[peak]:,}", "bold"), (_when(starts[peak], step_s), "plain")]
    lines = wrap([[(f"Hits per {each}", "dim")], most], width)
    lines += _bars(hits, peak, glyphs)
    lines.append([(glyphs.rule * peak, "dim"), ("^", "bold"), (glyphs.rule * (len(hits) - 1 - peak), "dim")])
    lines.append([(_labels(starts, step_s, width, glyphs), "dim")])
    return lines


def _columns(slots: TimeSlots, width: int) -> tuple[int, list[int]]:
    """Return the least step with which the columns fit the width, and the start of each column."""
    first_us, last_us = slots.hits[0][0], slots.hits[-1][0]
    span_s = (last_us - first_us) // US_PER_S
    for step_s in _STEPS_S:
        # One more column, since the span may begin or end within one.
        if step_s * US_PER_S % slots.length_us == 0 and span_s // step_s < width:
            starts = _starts(first_us, last_us, step_s)
            if len(starts) <= width:
                return step_s, starts
    step_s = -(-span_s // (max(1, width - 1) * _STEPS_S[-1])) * _STEPS_S[-1]
    return step_s, list(range(first_us, last_us + 1, step_s * US_PER_S))


def _starts(first_us: int, last_us: int, step_s: int) -> list[int]:
    """Return the start of each column, in local time: midnight of a day, or of the Monday of a week."""
    if step_s < _DAY_S:
        # Columns of a day with a change of offset are as long as all others.
        into_us = _wall_s(first_us) % step_s * US_PER_S + first_us % US_PER_S
        return list(range(first_us - into_us, last_us + 1, step_s * US_PER_S))
    days = step_s // _DAY_S
    ordinal = local(first_us).toordinal()
    # Day 1 was a Monday.
    ordinal -= (ordinal - 1) % days
    starts: list[int] = []
    while ordinal <= date.max.toordinal() and (start_us := _midnight_us(ordinal)) <= last_us:
        starts.append(start_us)
        ordinal += days
    return starts


def _midnight_us(ordinal: int) -> int:
    """Return when a day of the local calendar begins."""
    naive = datetime.fromordinal(max(1, ordinal))
    epoch = datetime(1970, 1, 1)
    utc_s = (naive - epoch) // timedelta(seconds=1)
    # The offset of the day before may differ; the offset of the moment itself decides.
    offset_s = _wall_s(utc_s * US_PER_S) - utc_s
    offset_s = _wall_s((utc_s - offset_s) * US_PER_S) - (utc_s - offset_s)
    return (utc_s - offset_s) * US_PER_S


def _wall_s(at_us: int) -> int:
    """Return what a local clock shows, in seconds of a day-counting clock without a zone."""
    moment = local(at_us)
    offset = moment.utcoffset() or timedelta()
    return at_us // US_PER_S + offset // timedelta(seconds=1)


def _when(start_us: int, step_s: int) -> str:
    moment = local(start_us)
    if step_s < 60:
        return f" at {moment:%Y-%m-%d %H:%M:%S}"
    if step_s < _DAY_S:
        return f" at {moment:%Y-%m-%d %H:%M}"
    return f" {'on' if step_s == _DAY_S else 'from'} {moment:%Y-%m-%d}{'' if step_s == _DAY_S else ' on'}"


def _bars(hits: Sequence[int], peak: int, glyphs: Glyphs) -> list[Line]:
    """Return the rows of the columns, the highest first; a column with hits has at least the lowest mark."""
    parts = len(glyphs.spark) - 1
    heights = [-(-count * _ROWS * parts // hits[peak]) for count in hits]
    full = glyphs.bar[-1]
    rows: list[Line] = []
    for row in reversed(range(_ROWS)):
        filled = [min(parts, max(0, height - row * parts)) for height in heights]
        text = "".join(full if part == parts else glyphs.spark[part] for part in filled)
        rows.append([(text[:peak], "accent"), (text[peak], "bold"), (text[peak + 1 :], "accent")])
    return rows


def _labels(starts: Sequence[int], step_s: int, width: int, glyphs: Glyphs) -> str:
    """Return dates or times below the columns in which they begin, with at least a space in between."""
    tick_s = next((tick_s for tick_s in _TICKS_S if tick_s >= _TICK_COLUMNS * step_s), _TICKS_S[-1])
    walls = [_wall_s(start_us) for start_us in starts]
    pattern = "%H:%M" if tick_s < _DAY_S else "%m-%d" if walls[-1] - walls[0] < _YEAR_S else "%Y-%m"
    ticks = [
        place for place in range(1, len(starts)) if _tick_of(walls[place], tick_s) != _tick_of(walls[place - 1], tick_s)
    ]
    # The summary has the first time anyway.
    if not ticks or ticks[0] > len(f"{local(starts[0]):│{pattern}}"):
        ticks.insert(0, 0)
    text = ""
    for place in ticks:
        at_midnight = tick_s < _DAY_S and walls[place] % _DAY_S < tick_s
        label = glyphs.between + f"{local(starts[place]):{'%m-%d' if at_midnight else pattern}}"
        if len(text) < max(1, place) and place + len(label) <= width:
            text = text.ljust(place) + label
    return text


def _tick_of(wall_s: int, tick_s: int) -> int:
    # Weeks begin on Mondays; the epoch was a Thursday.
    return (wall_s + 3 * _DAY_S) // tick_s if tick_s >= 7 * _DAY_S else wall_s // tick_s
