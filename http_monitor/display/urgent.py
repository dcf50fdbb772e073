"""The tables to examine first when something is wrong: failing endpoints, slow ones, and conspicuous networks."""

from collections.abc import Sequence
from dataclasses import dataclass

from http_monitor import figures
from http_monitor.display.blocks import GAP, INDENT, TWO_FROM, cell_widths, side_by_side
from http_monitor.display.columns import columns, shorten
from http_monitor.display.style import Line, Span, Style, pad, wrap
from http_monitor.report import Report, Summary
from http_monitor.report_tables import NetworkCount
from http_monitor.units import ratio

_MIN_KEY = 16
_GAP = 2
_GOOD_KEY = 32
"""Columns of a key below which a host beside it is shortened."""
_MAX_HOST = 39
_MIN_HOST = 15
"""An IPv4 address."""
_NETWORK_SHARE = 0.05
"""A network is shown if it has at least this share of all hits."""
_Row = tuple[str, str, Sequence[Span]]
"""The text before a key, which is never shortened, the key, and the cells after it."""


@dataclass(frozen=True, slots=True)
class UrgentTable:
    """A table that is shown only if it has rows."""

    title: str
    heads: tuple[str, ...]
    """Headings of the cells; the last ones are dropped in a narrow table."""
    rows: Sequence[_Row]
    host_last: bool = False
    """The last cell is a host, which may be shortened."""
    note: str = ""
    """Below the rows: the remainder of the table."""

    @property
    def widths(self) -> list[int]:
        """Columns of each cell, with the gap before it."""
        cells = enumerate(self.heads)
        return [_GAP + max(columns(head), *(columns(row[2][at][0]) for row in self.rows)) for at, head in cells]

    @property
    def needs(self) -> int:
        """Columns in which every key fits whole."""
        return max(columns(self.title), *(columns(front + key) for front, key, _ in self.rows)) + sum(self.widths)

    def widths_in(self, width: int) -> list[int]:
        """Return the columns of the cells that fit beside a key."""
        widths = self.widths
        lacks = _GOOD_KEY - (width - sum(widths))
        if self.host_last and lacks > 0:
            widths[-1] = max(min(_GAP + _MIN_HOST, widths[-1]), widths[-1] - lacks)
        front = max(columns(row[0]) for row in self.rows)
        while widths and width - sum(widths) < front + _MIN_KEY:
            widths.pop()
        return widths


def urgent_tables(totals: Report | Summary, style: Style) -> list[UrgentTable]:
    """Return the failing endpoints, slow endpoints and networks of an interval or a run, in this order.

    Args:
        totals: With the rows to be shown.
        style: Of the stream.
    """
    tables = (
        _tabulate_failing(totals, style),
        _slow(totals, style),
        _networks(totals.details.networks, totals.hits, style),
    )
    return [table for table in tables if table.rows]


def render_urgent(tables: Sequence[UrgentTable], width: int, style: Style) -> list[list[Line]]:
    """Return each table as lines; if all of them fit side by side with whole keys, they are one table.

    A table is no wider than it needs, but at least half the width: on a wide screen it is hard to find the numbers of a
    key.
    """
    beside = max(1, len(tables))
    spare = width - sum(table.needs for table in tables) - GAP * (beside - 1)
    if width + INDENT >= TWO_FROM and beside > 1 and spare >= 0:
        cells = cell_widths(width, beside)
        if any(table.needs > cell for table, cell in zip(tables, cells, strict=True)):
            cells = [table.needs + spare // beside for table in tables]
        drawn = [_render(table, cell, style) for table, cell in zip(tables, cells, strict=True)]
        return [side_by_side(drawn, cells, style)]
    least = width if width + INDENT < TWO_FROM else cell_widths(width, 2)[0]
    return [_render(table, min(width, max(least, table.needs)), style) for table in tables]


def render_methods(methods: Sequence[tuple[bytes, int]], width: int, style: Style) -> list[Line]:
    """Return the hits of each method, most first; nothing if all requests have the same one."""
    if len(methods) < 2:
        return []
    ranked = sorted(methods, key=lambda entry: (-entry[1], entry[0]))
    pieces: list[Line] = [
        [
            (shorten(style.key(method), _MIN_KEY, style.glyphs.ellipsis), "plain"),
            (f" {style.glyphs.times}{figures.count(hits)}", "plain"),
        ]
        for method, hits in ranked
    ]
    label: Span = ("Methods  ", "dim")
    room = width - columns(label[0])
    for count in range(len(pieces), 0, -1):
        more: list[Line] = [[(f"+{len(pieces) - count:,} more", "dim")]] if count < len(pieces) else []
        lines = wrap([*pieces[:count], *more], max(1, room), "  ")
        if len(lines) == 1:
            break
    return [[label, *lines[0]]]


def _tabulate_failing(totals: Report | Summary, style: Style) -> UrgentTable:
    now_us, first = (totals.end_us, "since") if isinstance(totals, Report) else (totals.last_us or 0, "first")
    table: list[_Row] = [
        (
            f"{row.status} {shorten(style.key(row.method or b'-'), _MIN_KEY, style.glyphs.ellipsis)} ",
            style.key(row.key or b"-"),
            (
                (figures.count(row.hits), "bad"),
                (figures.moment(row.first_us, now_us), "plain"),
                (shorten(style.key(row.host), _MAX_HOST, style.glyphs.ellipsis), "plain"),
            ),
        )
        for row in totals.failing
    ]
    lost = totals.lost.failures if isinstance(totals, Summary) else 0
    note = f"+{figures.pluralize(lost, 'hit')} of endpoints not kept" if lost else ""
    return UrgentTable("Errors", ("hits", first, "most from"), table, host_last=True, note=note)


def _slow(totals: Report | Summary, style: Style) -> UrgentTable:
    table: list[_Row] = [
        (
            "",
            style.key(row.key),
            (
                (figures.count(row.hits), "plain"),
                (figures.duration(row.total_us), "warn"),
                (figures.duration(row.p95_us), "warn"),
            ),
        )
        for row in totals.slow.first(None)
    ]
    lost_us = totals.lost.spent_us if isinstance(totals, Summary) else 0
    note = f"+{figures.duration(lost_us)} on endpoints not kept" if lost_us else ""
    return UrgentTable("Slow", ("hits", "time spent", "p95"), table, note=note)


def _networks(rows: Sequence[NetworkCount], hits: int, style: Style) -> UrgentTable:
    if not rows or rows[0].hits < 2 * rows[0].most_host_hits or rows[0].hits < _NETWORK_SHARE * hits:
        rows = ()
    table: list[_Row] = [
        (
            "",
            style.key(row.key),
            (
                (figures.count(row.hits), "plain"),
                (figures.percent(100 * ratio(row.hits, hits), 1), "plain"),
                (figures.count(row.hosts), "plain"),
            ),
        )
        for row in rows
    ]
    return UrgentTable("Networks", ("hits", "share", "hosts"), table)


def _render(table: UrgentTable, width: int, style: Style) -> list[Line]:
    widths, ellipsis = table.widths_in(width), style.glyphs.ellipsis
    room = max(1, width - sum(widths))
    lines: list[Line] = [[*pad([(table.title, "bold")], room, ellipsis)]]
    lines[0] += [(head.rjust(cell), "dim") for head, cell in zip(table.heads, widths, strict=False)]
    for front, key, cells in table.rows:
        line = pad([(front + shorten(key, room - columns(front), ellipsis), "plain")], room, ellipsis)
        for (text, role), cell in zip(cells, widths, strict=False):
            shown = shorten(text, cell - _GAP, ellipsis)
            line.append((" " * (cell - columns(shown)) + shown, role))
        lines.append(line)
    return [*lines, [(shorten(table.note, width, ellipsis), "dim")]] if table.note else lines
