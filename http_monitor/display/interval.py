"""Renders the block of an interval from its report."""

from http_monitor.display import figures
from http_monitor.display.blocks import (
    TWO_FROM,
    block,
    cell_widths,
    chosen,
    facts,
    inner_width,
    render_active,
    render_tables,
    side_by_side,
    title_width,
)
from http_monitor.display.columns import columns
from http_monitor.display.details import bots, render_durations, render_durations_briefly, render_kinds, render_more
from http_monitor.display.health import short_words
from http_monitor.display.health_changes import Words
from http_monitor.display.status import render_status_codes
from http_monitor.display.style import Line, Role, Span, Style, add_label, line_columns, wrap, wrap_words
from http_monitor.display.urgent import render_methods, render_urgent
from http_monitor.report import Report, WindowTotals

# An average is highlighted from this share of its threshold on.
_NEAR = 0.8
_HEALTH = "Health so far  "


def render_report(
    report: Report, width: int, style: Style, top: int | None = None, words: Words | None = None
) -> list[str]:
    """Return the block of an interval, each line at most `width` columns; without hits it is very short.

    Args:
        report: Its tables are cut already.
        width: Columns there are.
        style: Of the stream.
        top: How many rows of the other tables are shown; None: all.
        words: What is shown of its health; None: all.
    """
    inner = inner_width(width)
    lines: list[Line] = []
    if report.hits:
        lines += _traffic(report, inner, width >= TWO_FROM, style)
    lines += render_active(report.active, report.end_us, inner, style)
    if report.hits:
        lines += render_urgent(report, top, inner, style)
        lines += render_tables(report, inner, style)
    if report.late_hits:
        lines.append([(f"+{report.late_hits:,} late, not in these tables", "warn")])
    words = short_words(report.health, report.end_us) if words is None else words
    if words:
        beside = inner - len(_HEALTH)
        pieces = [line for text, role in words for line in wrap_words(style.encodable(text), beside, role)]
        lines += add_label((_HEALTH, "dim"), wrap(pieces, beside))
    title = _title(report, style) if report.hits else _quiet_title(report, title_width(width), style)
    title += chosen(report, title_width(width) - line_columns(title), style)
    return block(title, lines, width, style, ruled=report.hits > 0)


def _title(report: Report, style: Style) -> Line:
    when = figures.interval(report.start_us, report.end_us, style.glyphs.dash)
    return [(when, "bold"), *_state(report, "stopped before its end")]


def _state(report: Report, stopped: str) -> Line:
    state: Line = [(f"  {stopped}", "warn")] if report.partial else []
    return [*state, ("  catching up", "dim")] if report.catch_up else state


def _quiet_title(report: Report, width: int, style: Style) -> Line:
    """Return the longest title that fits; "no hits" and since when are dropped last, the average before them."""
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
        # A window without hits has no average to tell.
        *([[full, bare, *short]] if not window.hits else []),
        [times, spanned, *long],
        [times, spanned, *short],
        [times, brief, *short],
        [times, brief],
        [until, brief],
        [times, bare],
        [until, bare],
        [until, ("  no hits", "plain")],
    ]
    return next((title for title in candidates if line_columns(title) <= width), candidates[-1])


def _since(report: Report) -> str:
    """Return since when there is no hit; empty where there is one behind the interval already."""
    if report.last_us is None:
        return " yet"
    return "" if report.last_us >= report.end_us else f" since {figures.moment(report.last_us, report.end_us)}"


def _traffic(report: Report, width: int, wide: bool, style: Style) -> list[Line]:
    left, right = cell_widths(width, 2) if wide else [width, width]
    pieces, details = facts(report, report.distinct_hosts, report.hits_per_s, style), report.details
    interval = wrap(pieces, left)
    if not wide and (share := bots(details.kinds)):
        # A narrow screen is usually short too, so whatever needs another line is omitted.
        with_bots = wrap([*pieces, share], left)
        interval = with_bots if len(with_bots) == len(interval) else interval
    interval += render_status_codes(report.status, left, style)
    interval += render_methods(report.methods, left, style)
    window = [*_spark(report.window, right, style), *_average(report, right, style)]
    if not wide:
        return [*interval, *window, *render_durations_briefly(details, width)]
    lines = side_by_side([interval, window], [left, right], style)
    lines += render_durations(details, width)
    return [*lines, *render_kinds(details.kinds, width), *render_more(details, width, style)]


def _spark(window: WindowTotals, width: int, style: Style) -> list[Line]:
    series = window.series
    if not any(series):
        return []
    peak = max(series) * len(series) / window.seconds
    span = figures.exact_span(window.seconds)
    most = f"peak {peak:,.0f} /s" if peak >= 10 else f"peak {peak:,.1f} /s"
    while len(series) > width and len(series) > 1:
        series = figures.halve(series)
    words = ((f"last {span}  ", f"  {most}"), (f"{span} ", f" {most}"), (f"{span} ", ""), ("", ""))
    room = width - len(series)
    before, after = next((pair for pair in words if columns(pair[0]) + columns(pair[1]) <= room), words[-1])
    return [[(before, "dim"), (figures.sparkline(series, style.glyphs), "accent"), (after, "dim")]]


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
