"""The block of an interval: a frozen report in, lines out."""

from http_monitor.display import figures
from http_monitor.display.blocks import (
    TWO_FROM,
    block,
    cell_widths,
    facts,
    inner_width,
    render_active,
    render_tables,
    side_by_side,
)
from http_monitor.display.columns import columns
from http_monitor.display.health import short_words
from http_monitor.display.status import render_status_codes
from http_monitor.display.style import Line, Role, Style, labelled, wrapped
from http_monitor.display.thresholds import Thresholds
from http_monitor.report import Report, WindowTotals

# From this share of its threshold on, an average stands out.
_NEAR = 0.8
_HEALTH = "Health so far  "


def render_report(report: Report, width: int, style: Style, thresholds: Thresholds) -> list[str]:
    """Return the block of an interval, each line at most `width` columns; without hits it is very short."""
    inner = inner_width(width)
    lines: list[Line] = []
    if report.hits:
        lines += _traffic(report, inner, width >= TWO_FROM, style, thresholds)
    lines += render_active(report.active, report.end_us, inner, style)
    if report.hits:
        lines += render_tables(report, inner, style)
    if report.late_hits:
        lines.append([(f"+{report.late_hits:,} late, not in these tables", "warn")])
    words = short_words(report.health)
    if words:
        lines += labelled((_HEALTH, "dim"), wrapped([[word] for word in words], inner - len(_HEALTH)))
    return block(_title(report, style), lines, width, style, ruled=report.hits > 0)


def _title(report: Report, style: Style) -> Line:
    title: Line = [(figures.interval(report.start_us, report.end_us, style.glyphs.dash), "bold")]
    if report.partial:
        title.append(("  stopped before its end", "warn"))
    if report.catch_up:
        title.append(("  catching up", "dim"))
    if not report.hits:
        window = report.window
        average = f"{figures.exact_span(window.seconds)} average {figures.rate(window.hits_per_s)}"
        title.append((f"  no hits, {average}", "plain"))
    return title


def _traffic(report: Report, width: int, wide: bool, style: Style, thresholds: Thresholds) -> list[Line]:
    left, right = cell_widths(width, 2) if wide else [width, width]
    interval = wrapped(facts(report, report.distinct_hosts, report.hits_per_s), left)
    interval += render_status_codes(report.status, left, style)
    window = [*_spark(report.window, right, style), *_average(report.window, right, thresholds)]
    return side_by_side([interval, window], [left, right], style) if wide else [*interval, *window]


def _spark(window: WindowTotals, width: int, style: Style) -> list[Line]:
    series = window.series
    if not any(series):
        return []
    peak = max(series) * len(series) / window.seconds
    words = f"  peak {peak:,.0f} /s" if peak >= 10 else f"  peak {peak:,.1f} /s"
    while len(series) > width and len(series) > 1:
        series = figures.halved(series)
    line: Line = [(figures.sparkline(series, style.glyphs), "accent")]
    if len(series) + columns(words) <= width:
        line.append((words, "dim"))
    return [line]


def _average(window: WindowTotals, width: int, thresholds: Thresholds) -> list[Line]:
    span = figures.exact_span(window.seconds)
    per_s: Line = [
        (f"{span} average ", "plain"),
        (figures.rate(window.hits_per_s), _against(window.hits_per_s, thresholds.hits_per_s)),
        (f" (alert above {figures.level(thresholds.hits_per_s)} /s)", "dim"),
    ]
    errors: Line = [
        ("5xx ", "plain"),
        (figures.percent(window.error_rate), _against(window.error_rate, thresholds.error_rate)),
        (f" (alert above {figures.level(thresholds.error_rate)} %)", "dim"),
    ]
    return wrapped([per_s, errors], width)


def _against(value: float, threshold: float) -> Role:
    if value > threshold:
        return "bad"
    return "warn" if value >= _NEAR * threshold else "good"
