"""Renders the summary of a run."""

from http_monitor.display import figures
from http_monitor.display.alerts.episodes import render_episodes
from http_monitor.display.blocks import block, describe_selection, facts, inner_width, render_tables, title_width
from http_monitor.display.chart import Chart
from http_monitor.display.details import render_durations, render_kinds, render_more
from http_monitor.display.health import advice, sentences, unread_advice
from http_monitor.display.status import render_status_codes
from http_monitor.display.style import Line, Style, line_columns, wrap, wrap_words
from http_monitor.display.urgent import render_methods, render_urgent, urgent_tables
from http_monitor.report import Summary, WorkDone


def render_summary(summary: Summary, width: int, style: Style, chart: Chart | None = None) -> list[str]:
    """Return the last block of a run, each line at most `width` columns.

    Args:
        summary: the summary of the run, with the rows to be shown.
        width: columns of the terminal.
        style: the style of the stream.
        chart: draws the hits over time; None: they are not drawn.
    """
    inner = inner_width(width)
    lines = [] if summary.stopped is None else wrap_words(_describe_stop(summary.stopped), inner, "warn")
    lines += _span(summary, inner, style)
    if summary.hits:
        seconds = _seconds(summary)
        per_s = summary.hits / seconds if seconds else None
        lines += wrap(facts(summary, summary.hosts.distinct, per_s, style), inner)
        lines += render_status_codes(summary.status, inner, style)
        lines += render_methods(summary.methods, inner, style)
        lines += [] if chart is None else chart.render(inner, style)
        lines += render_durations(summary.details, inner)
        lines += render_kinds(summary.details.kinds, inner)
        lines += render_more(summary.details, inner, style)
        lines += [line for part in render_urgent(urgent_tables(summary, style), inner, style) for line in part]
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


def _describe_stop(done: WorkDone) -> str:
    """Return how far a replay had come."""
    upto = "before the first line" if done.reached_us is None else f"at {figures.date_time(done.reached_us)}"
    read = "" if done.share is None else f", {figures.part(int(1_000 * done.share), 1_000)} of the log read"
    return f"Stopped before the end: {upto}{read}."


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
