"""Renders the block of an interval from its report."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from http_monitor import figures
from http_monitor.display import bars
from http_monitor.display.blocks import (
    TWO_FROM,
    block,
    cell_widths,
    describe_selection,
    facts,
    inner_width,
    render_active,
    render_bands,
    side_by_side,
    title_width,
)
from http_monitor.display.columns import columns
from http_monitor.display.details import bots, render_durations, render_kinds, render_more
from http_monitor.display.first_rows import first_rows
from http_monitor.display.health import short_words
from http_monitor.display.status import render_status_codes
from http_monitor.display.style import Line, Role, Span, Style, add_label, line_columns, wrap, wrap_words
from http_monitor.display.urgent import render_methods, render_urgent, urgent_tables
from http_monitor.report import Report, WindowTotals

# An average is highlighted from this share of its threshold on.
_NEAR = 0.8
_HEALTH = "Health so far  "
_MIN_SPARK = 16
"""A longer series is halved, to make room for the peak beside it."""

# Parts by rank, those that stay longest on a low screen first; the headline and the alerts always stay.
_HEADLINE, _ALERTS, _ERRORS, _AVERAGE, _HEALTH_RANK, _LATE, _STATUS, _BAND, _SLOW, _DURATIONS, _BAND_2 = range(11)
_METHODS, _SPARK, _UPSTREAM, _NETWORKS, _BAND_3, _MORE, _ALL = 11, 12, 13, 14, 15, 100, 101
_URGENT = {"Errors": _ERRORS, "Slow": _SLOW, "Networks": _NETWORKS}


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of a block that are shown together or not at all."""

    rank: int
    """On a low screen, the greatest ranks are dropped first."""
    lines: list[Line]


def render_report(
    report: Report, width: int, style: Style, top: int | None = None, most: int | None = None
) -> list[str]:
    """Return the block of an interval, each line at most `width` columns; without hits it is very short.

    Args:
        report: The interval, with all rows of its tables.
        width: Columns of the terminal.
        style: The style of the stream.
        top: Maximum number of rows of a table; None: all.
        most: Maximum number of lines; None: no limit. Tables get fewer rows, down to one, then whole parts are dropped.
            The headline and the active alerts stay, even if they need more lines.
    """
    parts = _parts(report, top, width, style) if most is None else _drop_parts(report, top, most - 1, width, style)
    lines = [line for part in parts for line in part.lines]
    return block(_title(report, title_width(width), style), lines, width, style, ruled=report.hits > 0)


def _drop_parts(report: Report, top: int | None, room: int, width: int, style: Style) -> list[_Part]:
    """Return as many of the parts as fit in that many lines."""

    @cache
    def draft(rows: int) -> list[_Part]:
        return _parts(report, rows, width, style)

    def keep_rows(rows: int, below: int) -> list[_Part]:
        return [part for part in draft(rows) if part.rank < below]

    # A table with more rows than the room has lines does not fit.
    most_rows = max(1, room if top is None else min(top, room))
    if _height(draft(most_rows)) <= room:
        return draft(most_rows)
    for below in (_ALL, *sorted({part.rank for part in draft(1) if part.rank >= _ERRORS}, reverse=True)):
        if _height(keep_rows(1, below)) <= room:
            rows = bisect_right(range(1, most_rows + 1), room, key=lambda rows: _height(keep_rows(rows, below)))
            return _fill_room(keep_rows(rows, below), keep_rows(min(rows + 1, most_rows), below), room)
    return keep_rows(1, _ERRORS)


def _fill_room(parts: list[_Part], larger: list[_Part], room: int) -> list[_Part]:
    """Return the parts, with one more row in those of the least ranks while there is room."""
    by_rank = {part.rank: part for part in larger}
    room -= _height(parts)
    filled = {part.rank: part for part in parts}
    for rank in sorted(filled):
        more = by_rank.get(rank, filled[rank])
        needs = len(more.lines) - len(filled[rank].lines)
        if 0 < needs <= room:
            filled[rank] = more
            room -= needs
    return [filled[part.rank] for part in parts]


def _height(parts: Sequence[_Part]) -> int:
    return sum(len(part.lines) for part in parts)


def _parts(report: Report, top: int | None, width: int, style: Style) -> list[_Part]:
    """Return the parts below the title, top to bottom."""
    cut, inner = first_rows(report, top), inner_width(width)
    parts = _traffic(cut, inner, width >= TWO_FROM, style) if report.hits else []
    parts.append(_Part(_ALERTS, render_active(report.active, report.end_us, inner, style)))
    if report.hits:
        tables = urgent_tables(cut, style)
        ranks = [_URGENT[table.title] for table in tables]
        parts += [_Part(*each) for each in zip(ranks, render_urgent(tables, inner, style), strict=False)]
        bands = render_bands(cut, inner, style)
        ranks = [_BAND, _BAND_2, *range(_BAND_3, _MORE)]
        parts += [_Part(*each) for each in zip(ranks, bands, strict=False)]
    if report.late_hits:
        parts.append(_Part(_LATE, [[(f"+{report.late_hits:,} late, not in these tables", "warn")]]))
    words = short_words(report.health, report.end_us)
    beside = inner - len(_HEALTH)
    pieces = [line for text, role in words for line in wrap_words(style.encodable(text), beside, role)]
    parts.append(_Part(_HEALTH_RANK, add_label((_HEALTH, "dim"), wrap(pieces, beside))))
    return [part for part in parts if part.lines]


def _title(report: Report, width: int, style: Style) -> Line:
    title = _busy_title(report, width, style) if report.hits else _quiet_title(report, width, style)
    return title + describe_selection(report, width - line_columns(title), style)


def _busy_title(report: Report, width: int, style: Style) -> Line:
    """Return the longest title that fits; the date and the zone are dropped last."""
    dash = style.glyphs.dash
    full: Span = (figures.interval(report.start_us, report.end_us, dash), "bold")
    start, end = figures.moment(report.start_us, report.end_us), figures.moment(report.end_us, report.end_us)
    times: Span = (f"{start} {dash} {end}", "bold")
    long, short = _state(report, "stopped before its end"), _state(report, "stopped")
    candidates: list[Line] = [[full, *long], [full, *short], [times, *short]]
    return next((title for title in candidates if line_columns(title) <= width), candidates[-1])


def _state(report: Report, stopped: str) -> Line:
    state: Line = [(f"  {stopped}", "warn")] if report.partial else []
    return [*state, ("  catching up", "dim")] if report.catch_up else state


def _quiet_title(report: Report, width: int, style: Style) -> Line:
    """Return the longest title that fits; "no hits" and the time since then are dropped last, after the average."""
    window, dash = report.window, style.glyphs.dash
    per_s = f"average {figures.rate(window.hits_per_s)}"
    full: Span = (figures.interval(report.start_us, report.end_us, dash), "bold")
    start, end = figures.moment(report.start_us, report.end_us), figures.moment(report.end_us, report.end_us)
    times: Span = (f"{start} {dash} {end}", "bold")
    until: Span = (end, "bold")
    silent = f"  no hits{_since(report)}"
    spanned: Span = (f"{silent}, {figures.exact_span(window.seconds)} {per_s}", "plain")
    brief: Span = (f"{silent}, {per_s}", "plain")
    bare: Span = (silent, "plain")
    long, short = _state(report, "stopped before its end"), _state(report, "stopped")
    candidates: list[Line] = [
        [full, spanned, *long],
        [full, spanned, *short],
        [full, brief, *short],
        # A window without hits has no average.
        *([[full, bare, *short]] if not window.hits else []),
        [times, spanned, *long],
        [times, spanned, *short],
        [times, brief, *short],
        [times, brief],
        [times, (f"{silent}, avg {figures.rate(window.hits_per_s)}", "plain")],
        [times, bare],
        [until, bare],
        [until, ("  no hits", "plain")],
    ]
    return next((title for title in candidates if line_columns(title) <= width), candidates[-1])


def _since(report: Report) -> str:
    """Return since when there have been no hits; empty if hits have come after the interval already."""
    if report.last_us is None:
        return " yet"
    return "" if report.last_us >= report.end_us else f" since {figures.moment(report.last_us, report.end_us)}"


def _traffic(report: Report, width: int, wide: bool, style: Style) -> list[_Part]:
    left, right = cell_widths(width, 2) if wide else [width, width]
    pieces, details = facts(report, report.distinct_hosts, report.hits_per_s, style), report.details
    headline = wrap(pieces, left)
    if not wide and (share := bots(details.kinds)):
        # A narrow screen is usually short too, so whatever needs another line is omitted.
        with_bots = wrap([*pieces, share], left)
        headline = with_bots if len(with_bots) == len(headline) else headline
    status, methods = render_status_codes(report.status, left, style), render_methods(report.methods, left, style)
    spark, average = _spark(report.window, right, style), _average(report, right, style)
    if not wide:
        first, *others = render_durations(details, width) or [[]]
        ranks = (_HEADLINE, _STATUS, _METHODS, _SPARK, _AVERAGE, _DURATIONS, _UPSTREAM)
        every = (headline, status, methods, spark, average, [first] if first else [], others)
        return [_Part(*each) for each in zip(ranks, every, strict=True)]
    beside = side_by_side([[*headline, *status, *methods], [*spark, *average]], [left, right], style)
    return [
        _Part(_HEADLINE, beside),
        _Part(_DURATIONS, render_durations(details, width)),
        _Part(_MORE, [*render_kinds(details.kinds, width), *render_more(details, width, style)]),
    ]


def _spark(window: WindowTotals, width: int, style: Style) -> list[Line]:
    series = window.series
    if not any(series):
        return []
    peak = max(series) * len(series) / window.seconds
    span = figures.exact_span(window.seconds)
    most = f"peak {peak:,.0f} /s" if peak >= 10 else f"peak {peak:,.1f} /s"
    beside = columns(f"{span}  {most}")
    while (len(series) > width and len(series) > 1) or (len(series) > _MIN_SPARK and len(series) + beside > width):
        series = bars.halve(series)
    words = ((f"last {span}  ", f"  {most}"), (f"{span} ", f" {most}"), (f"{span} ", ""), ("", ""))
    room = width - len(series)
    before, after = next((pair for pair in words if columns(pair[0]) + columns(pair[1]) <= room), words[-1])
    return [[(before, "dim"), (bars.sparkline(series, style.glyphs), "accent"), (after, "dim")]]


def _average(report: Report, width: int, style: Style) -> list[Line]:
    window = report.window
    span = figures.exact_span(window.seconds)
    traffic, error_rate = report.threshold_of("traffic"), report.threshold_of("error-rate")
    per_s: Line = [
        (f"{span} average ", "plain"),
        (figures.rate(window.hits_per_s), _against(window.hits_per_s, traffic)),
        _above(traffic, "/s"),
    ]
    errors: Line = [
        ("5xx ", "plain"),
        (style.glyphs.dash, "dim")
        if not window.has_status
        else (figures.percent(window.error_rate), _against(window.error_rate, error_rate)),
        _above(error_rate, "%"),
    ]
    return wrap([per_s, errors], width)


def _above(threshold: float | None, unit: str) -> tuple[str, Role]:
    return ("" if threshold is None else f" (alert above {figures.level(threshold)} {unit})", "dim")


def _against(value: float, threshold: float | None) -> Role:
    if threshold is None:
        return "plain"
    if value > threshold:
        return "bad"
    return "warn" if value >= _NEAR * threshold else "good"
