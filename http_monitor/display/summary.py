"""Renders the summary of a run."""

from collections.abc import Iterable

from http_monitor import figures
from http_monitor.display.alerts.episodes import render_episodes
from http_monitor.display.blocks import (
    INDENT,
    TWO_FROM,
    block,
    cell_widths,
    describe_selection,
    facts,
    inner_width,
    render_tables,
    title_width,
)
from http_monitor.display.chart import Chart
from http_monitor.display.details import render_durations, render_kinds, render_more
from http_monitor.display.first_rows import first_rows
from http_monitor.display.health import advice, sentences, unread_advice
from http_monitor.display.status import render_status_codes
from http_monitor.display.style import Line, Style, line_columns, wrap, wrap_words
from http_monitor.display.tables import Heading, render_table
from http_monitor.display.urgent import render_methods, render_urgent, urgent_tables
from http_monitor.report import Summary, WorkDone


def render_summary(
    summary: Summary, width: int, style: Style, chart: Chart | None = None, most: int | None = None
) -> list[str]:
    """Return the last block of a run, each line at most `width` columns.

    Args:
        summary: the summary of the run, with the rows to be shown.
        width: columns of the terminal.
        style: the style of the stream.
        chart: draws the hits over time; None: they are not drawn.
        most: lines that stay on the screen above the prompt; None: the output is no terminal. A longer summary begins
            with the chart and the tables in a block of their own, so that what is urgent does not scroll away.
    """
    inner = inner_width(width)
    totals, below = _totals(summary, inner, style), _figures(summary, inner, style)
    drawn = [] if chart is None or not summary.hits else chart.render(inner, style)
    urgent, tables, tail = _urgent(summary, inner, style), _tables(summary, inner, style), _tail(summary, inner, style)
    title: Line = [("Summary", "bold")]
    title += describe_selection(summary, title_width(width) - line_columns(title), style)
    lines = [*totals, *drawn, *below, *_joined(urgent), *tables, *tail]
    if most is None or 1 + len(lines) <= most or not (drawn or tables):
        return block(title, lines, width, style)
    head = totals + below
    short = _shortened(summary, most - 1 - len(head) - len(tail), inner, style)
    # What had to be shortened stands there whole.
    detail = [*drawn, *tables, *_joined(part for part in urgent if part not in short)]
    return [
        *block([("Summary in detail", "bold")], detail, width, style),
        *block(title, [*head, *_joined(short), *tail], width, style),
    ]


def _totals(summary: Summary, width: int, style: Style) -> list[Line]:
    """Return when and how much."""
    lines = [] if summary.stopped is None else wrap_words(_describe_stop(summary.stopped), width, "warn")
    lines += _span(summary, width, style)
    if not summary.hits:
        return lines
    seconds = _seconds(summary)
    per_s = summary.hits / seconds if seconds else None
    lines += wrap(facts(summary, summary.hosts.distinct, per_s, style), width)
    lines += render_status_codes(summary.status, width, style)
    return lines + render_methods(summary.methods, width, style)


def _figures(summary: Summary, width: int, style: Style) -> list[Line]:
    if not summary.hits:
        return []
    details = summary.details
    lines = [*render_durations(details, width), *render_kinds(details.kinds, width)]
    return lines + render_more(details, width, style)


def _urgent(summary: Summary, width: int, style: Style) -> list[list[Line]]:
    return render_urgent(urgent_tables(summary, style), width, style) if summary.hits else []


def _stays(summary: Summary, width: int, style: Style) -> list[list[Line]]:
    """Return the tables that stay on a low screen: the urgent ones, and which server they are of."""
    urgent, servers = _urgent(summary, width, style), Heading("Servers", summary.details.servers)
    if not summary.hits or not servers.table.rows:
        return urgent
    cell = width if width + INDENT < TWO_FROM else cell_widths(width, 2)[0]
    knows_errors = not summary.coverage.no_status
    return [*urgent, render_table(servers, summary.hits, cell, style, knows_errors=knows_errors)]


def _shortened(summary: Summary, room: int, width: int, style: Style) -> list[list[Line]]:
    """Return what stays with as many rows as `room` lines have room for; without room for a row the last tables go."""
    shown = _stays(summary, width, style)
    # A table with more rows than there is room for lines does not fit.
    for count in range(min(max(map(len, shown), default=1), max(1, room)), 0, -1):
        shown = _stays(first_rows(summary, count), width, style)
        if len(_joined(shown)) <= room:
            return shown
    while shown and len(_joined(shown)) > room:
        shown.pop()
    return shown


def _joined(parts: Iterable[list[Line]]) -> list[Line]:
    return [line for part in parts for line in part]


def _tables(summary: Summary, width: int, style: Style) -> list[Line]:
    return render_tables(summary, width, style) if summary.hits else []


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


def _tail(summary: Summary, width: int, style: Style) -> list[Line]:
    return [*_alerts(summary, width, style), *_health(summary, width)]


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
