"""The bars of the chart: hits stacked by class of status, in eighths of a row.

Server errors are at the bottom, where even one eighth of them can be seen whatever the height of the bar (a cell has
two colours at most, so the top of a bar can only have one), and where they share a baseline.
"""

from functools import lru_cache

from http_monitor.dashboard.drawing.cells import Cell, Role
from http_monitor.ports.views import Point

Glyph = tuple[str, Role, Role | None]
"""One column of a row: text, role, ground."""
EMPTY: Glyph = (" ", "plain", None)
UNKNOWN: Glyph = ("·", "dim", None)
_ROW = 8
"""Eighths."""
BLOCKS = " ▁▂▃▄▅▆▇█"


def bar_of(point: Point | None, rate: float | None, top: float, rows: int) -> tuple[Glyph, ...]:
    """Return a column of the chart from its bottom to its top.

    Args:
        point: The hits; None: there are none.
        rate: Hits per second; None: not known.
        top: Hits per second that fill all rows.
        rows: Height of the chart.
    """
    if rate is None:
        return _unknown(rows)
    if point is None or not point.hits:
        return _stack(0, 0, 0, True, rows)
    eighths = min(_ROW * rows, max(1, round(_ROW * rows * rate / top)))
    hits, status = point.hits, point.status
    server, client = status.get("5xx", 0), status.get("4xx", 0)
    if eighths < _ROW:
        # Its only cell has one colour: that of the most.
        most = max(server, client, hits - server - client)
        server, client = (hits, 0) if server == most else (0, hits if client == most else 0)
    server_eighths = _share(server, hits, eighths)
    client_eighths = min(_share(client, hits, eighths), eighths - server_eighths)
    return _stack(eighths, server_eighths, client_eighths, status.get("none", 0) < hits, rows)


def _share(part: int, hits: int, eighths: int) -> int:
    """Return the eighths of a class; at least one if it has hits, but never all of several that are not all its own."""
    if not part:
        return 0
    return max(1, min(round(eighths * part / hits), eighths if part >= hits else eighths - 1))


@lru_cache(maxsize=64)
def _unknown(rows: int) -> tuple[Glyph, ...]:
    return (UNKNOWN, *[EMPTY] * (rows - 1))


@lru_cache(maxsize=4_096)
def _stack(eighths: int, server: int, client: int, has_status: bool, rows: int) -> tuple[Glyph, ...]:
    rest: Role = "ok" if has_status else "other_status"
    layers: tuple[tuple[Role, int, int], ...] = (
        ("server_error", 0, server),
        ("client_error", server, server + client),
        (rest, server + client, eighths),
    )
    return tuple(_cell(_ROW * row, layers) for row in range(rows))


def _cell(bottom: int, layers: tuple[tuple[Role, int, int], ...]) -> Glyph:
    """Return a cell; the eighths of each layer from its start to its end are counted from the baseline."""
    parts = [(role, min(end, bottom + _ROW) - max(start, bottom)) for role, start, end in layers]
    parts = [(role, part) for role, part in parts if part > 0]
    if not parts:
        return EMPTY
    filled = sum(part for _, part in parts)
    if filled < _ROW or len(parts) == 1:
        # Of equal parts the upper one: the lower ones may have been given more than their share to be seen below.
        return BLOCKS[filled], max(reversed(parts), key=lambda part: part[1])[0], None
    (lower, amount), *others = parts
    return BLOCKS[amount], lower, max(others, key=lambda part: part[1])[0]


def merge(glyphs: list[Glyph]) -> list[Cell]:
    """Return a row of cells, neighbours of the same colours joined."""
    cells: list[Cell] = []
    if not glyphs:
        return cells
    texts: list[str] = []
    _, role, ground = glyphs[0]
    for text, next_role, next_ground in glyphs:
        if next_role != role or next_ground != ground:
            cells.append(Cell("".join(texts), role, ground))
            texts, role, ground = [], next_role, next_ground
        texts.append(text)
    cells.append(Cell("".join(texts), role, ground))
    return cells
