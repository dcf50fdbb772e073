"""Renders the summary of a run."""

from http_monitor.display import figures
from http_monitor.display.alerts.episodes import render_episodes
from http_monitor.display.blocks import block, describe_selection, facts, inner_width, render_tables, title_width
from http_monitor.display.chart import Chart
from http_monitor.display.details import render_durations, render_kinds, render_more
from http_monitor.display.health import advice, sentences, unread_advice
from http_monitor.display.status import render_status_codes
from http_monitor.display.style import Line, Style, line_columns, wrap, wrap_words
from http_monitor.report import Summary


def render_summary(summary: Summary, width: int, style: Style, chart: Chart | None = None) -> list[str]:
    """Return the last block of a run, each line at most `width` columns.

    Args:
        summary: the summary of the run.
        width: columns of the terminal.
        style: the style of the stream.
        chart: draws the hits over time; None: they are not drawn.
    """
    inner = inner_width(width)
    lines = _span(summary, inner, style)
    if summary.hits:
        seconds = _seconds(summary)
        per_s = summary.hits / seconds if seconds else None
        lines += wrap(facts(summary, summary.hosts.distinct, per_s, style), inner)
        lines += render_status_codes(summary.status, inner, style)
        lines += [] if chart is None else chart.render(inner, style)
        lines += render_durations(summary.details, inner)
        lines += render_kinds(summary.details.kinds, inner)
        lines += render_more(summary.details, inner, style)
        lines += render_tables(summary, inner, style)
    lines += _alerts(summary, inner, style)
    lines += _health(summary, inner)
    title: Line = [("Summary", "bold")]
    title += describe_selection(summary, title_width(width) - line_columns(title), style)
    return block(title, lines, width, style)


def _seconds(summary: Summary) -> int:
    if summary.first_us is None or summary.last_us is None:
        return 0
    return (summary.last_us - summary.first_us) // 1_000_000


def _span(summary: Summary, width: int, style: Style) -> list[Line]:
    if summary.first_us is None or summary.last_us is None:
        return []
    when = figures.interval(summary.first_us, summary.last_us, style.glyphs.dash)
    return wrap([[(when, "plain")], [(f"({figures.rough_span(_seconds(summary))})", "dim")]], width)


def _alerts(summary: Summary, width: int, style: Style) -> list[Line]:
    if not summary.alerts and not summary.active:
        return [[("No alert was raised.", "plain")]]
    still = f"{len(summary.active):,} still active" if summary.active else "none still active"
    raised = f"{figures.pluralize(summary.alerts, 'alert')} raised, {still}."
    return [*wrap_words(raised, width, "bold"), *render_episodes(summary.episodes, width, style)]


def _health(summary: Summary, width: int) -> list[Line]:
    health = summary.health
    read = "No line was read."
    if health.lines:
        since = "" if health.since_us is None else f" since {figures.date_time(health.since_us)}"
        read = f"{figures.pluralize(health.lines, 'line')} read{since}, {figures.count(health.accepted)} counted."
    lines = wrap_words(read, width)
    for text, role in sentences(health):
        lines += wrap_words(text, width, role)
    for say in filter(None, (unread_advice(health, summary.mode), advice(health, summary.mode))):
        lines += wrap_words(say, width, "bold")
    return lines
