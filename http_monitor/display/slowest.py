"""Renders the table of the slowest endpoints."""

from dataclasses import dataclass

from http_monitor import figures
from http_monitor.display.columns import shorten
from http_monitor.display.style import Line, Style, pad
from http_monitor.report_tables import SlowEndpoint

_MIN_KEY = 14


@dataclass(frozen=True, slots=True)
class Slowest:
    """The rows of the table."""

    rows: tuple[SlowEndpoint, ...]


def render_slowest(slowest: Slowest, width: int, style: Style) -> list[Line]:
    """Return a heading and the rows in `width` columns; a narrow cell omits the hits."""
    rows = slowest.rows
    if not rows:
        return []
    means = [figures.duration(round(row.total_us / row.hits)) for row in rows]
    mean = max(7, *(len(text) + 2 for text in means))
    hits = max(7, *(len(figures.count(row.hits)) + 2 for row in rows))
    if width - mean - hits < _MIN_KEY:
        hits = 0
    room = max(1, width - mean - hits)
    lines = [[*pad([("Slowest", "bold")], room, style.glyphs.ellipsis), ("hits".rjust(hits) if hits else "", "dim")]]
    lines[0].append(("mean".rjust(mean), "dim"))
    for row, text in zip(rows, means, strict=True):
        key = shorten(style.key(row.key), room, style.glyphs.ellipsis)
        line = pad([(key, "plain") if key else ('""', "dim")], room, style.glyphs.ellipsis)
        line.append((figures.count(row.hits).rjust(hits) if hits else "", "plain"))
        lines.append([*line, (text.rjust(mean), "warn")])
    return lines
