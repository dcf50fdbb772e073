"""What is looked at first when something is wrong: failing endpoints, slow ones, and networks that stand out."""

from collections.abc import Sequence

from http_monitor.display import figures
from http_monitor.display.columns import columns, shorten
from http_monitor.display.style import Line, Span, Style, pad, wrap
from http_monitor.report import Report
from http_monitor.report_tables import FailingEndpoint, NetworkCount, SlowRow
from http_monitor.units import ratio

_KEY_LEAST = 16
_GAP = 2
_HOST_MOST = 39
_NETWORK_SHARE = 0.05
"""A network is shown from this share of all hits on."""
_Row = tuple[str, Sequence[Span]]
"""A key, and the cells behind it."""


def render_urgent(report: Report, top: int | None, width: int, style: Style) -> list[Line]:
    """Return the tables of an interval that are there only when there is something in them."""
    return [
        *_failing(report.failing[:top], report.end_us, width, style),
        *_slow(report.slow.first(top), width, style),
        *_networks(report.details.networks, report.hits, top, width, style),
    ]


def render_methods(methods: Sequence[tuple[bytes, int]], width: int, style: Style) -> list[Line]:
    """Return the hits of each method, most first; nothing where all requests have the same."""
    if len(methods) < 2:
        return []
    ranked = sorted(methods, key=lambda entry: (-entry[1], entry[0]))
    pieces: list[Line] = [
        [
            (shorten(style.key(method), _KEY_LEAST, style.glyphs.ellipsis), "plain"),
            (f" {style.glyphs.times}{figures.count(hits)}", "plain"),
        ]
        for method, hits in ranked
    ]
    label: Span = ("Methods  ", "dim")
    lines = wrap(pieces, max(1, width - columns(label[0])), "  ")
    return [[label, *lines[0]]] if lines else []


def _failing(rows: Sequence[FailingEndpoint], now_us: int, width: int, style: Style) -> list[Line]:
    table: list[_Row] = [
        (
            f"{row.status} {style.key(row.method or b'-')} {style.key(row.key or b'-')}",
            (
                (figures.count(row.hits), "bad"),
                (figures.moment(row.first_us, now_us), "plain"),
                (shorten(style.key(row.host), _HOST_MOST, style.glyphs.ellipsis), "plain"),
            ),
        )
        for row in rows
    ]
    return _table("Errors", ("hits", "since", "most from"), table, width, style)


def _slow(rows: Sequence[SlowRow], width: int, style: Style) -> list[Line]:
    table: list[_Row] = [
        (
            style.key(row.key),
            (
                (figures.count(row.hits), "plain"),
                (figures.duration(row.total_us), "warn"),
                (figures.duration(row.p95_us), "warn"),
            ),
        )
        for row in rows
    ]
    return _table("Slow", ("hits", "time spent", "p95"), table, width, style)


def _networks(rows: Sequence[NetworkCount], hits: int, top: int | None, width: int, style: Style) -> list[Line]:
    if not rows or rows[0].hits < 2 * rows[0].most_host_hits or rows[0].hits < _NETWORK_SHARE * hits:
        return []
    table: list[_Row] = [
        (
            style.key(row.key),
            (
                (figures.count(row.hits), "plain"),
                (figures.percent(100 * ratio(row.hits, hits), 1), "plain"),
                (figures.count(row.hosts), "plain"),
            ),
        )
        for row in rows[:top]
    ]
    return _table("Networks", ("hits", "share", "hosts"), table, width, style)


def _table(title: str, heads: Sequence[str], rows: Sequence[_Row], width: int, style: Style) -> list[Line]:
    """Return a table; the last columns make way in a narrow cell."""
    if not rows:
        return []
    widths = [_GAP + max(columns(head), *(columns(cells[at][0]) for _, cells in rows)) for at, head in enumerate(heads)]
    while widths and width - sum(widths) < _KEY_LEAST:
        widths.pop()
    room = max(1, width - sum(widths))
    lines: list[Line] = [[*pad([(title, "bold")], room, style.glyphs.ellipsis)]]
    lines[0] += [(head.rjust(cell), "dim") for head, cell in zip(heads, widths, strict=False)]
    for key, cells in rows:
        line = pad([(shorten(key, room, style.glyphs.ellipsis), "plain")], room, style.glyphs.ellipsis)
        line += [(" " * (cell - columns(text)) + text, role) for (text, role), cell in zip(cells, widths, strict=False)]
        lines.append(line)
    return lines
