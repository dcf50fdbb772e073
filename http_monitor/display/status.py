"""Renders status codes in one or two lines, grouped and coloured by class."""

from collections.abc import Sequence
from itertools import groupby

from http_monitor.display.style import Line, Role, Span, Style, add_label, line_columns
from http_monitor.figures import count, percent
from http_monitor.units import ratio

_ROLES: dict[int, Role] = {1: "dim", 2: "good", 3: "accent", 4: "warn", 5: "bad"}
_MAX_LINES = 2
_LABEL = "Status  "


def render_status_codes(status: Sequence[tuple[int, int]], width: int, style: Style) -> list[Line]:
    """Return the hits by code, or by class if the codes need more than two lines."""
    room = width - len(_LABEL)
    lines = _group([(code // 100, str(code), hits, "") for code, hits in status], room, style)
    if len(lines) > _MAX_LINES or any(line_columns(line) > room for line in lines):
        total = sum(hits for _, hits in status)
        by_class = {cls: sum(hits for _, hits in rows) for cls, rows in groupby(status, lambda row: row[0] // 100)}
        shares = {cls: f" {percent(100 * ratio(hits, total), 1)}" for cls, hits in by_class.items()}
        lines = _group([(cls, f"{cls}xx", hits, shares[cls]) for cls, hits in by_class.items()], room, style)
    return add_label((_LABEL, "dim"), lines)


def _group(cells: Sequence[tuple[int, str, int, str]], width: int, style: Style) -> list[Line]:
    lines: list[Line] = []
    last = None
    for cls, name, hits, share in cells:
        piece: Line = [(name, _ROLES.get(cls, "plain")), (f" {style.glyphs.times}{count(hits)}{share}", "plain")]
        gap: Span = ("  ", "plain") if cls == last else (f" {style.glyphs.between} ", "dim")
        if lines and line_columns([*lines[-1], gap, *piece]) <= width:
            lines[-1] += [gap, *piece]
        else:
            lines.append(piece)
        last = cls
    return lines
