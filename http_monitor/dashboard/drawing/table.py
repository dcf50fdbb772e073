"""Draws the table of a dimension, and knows its rows."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from http_monitor.dashboard.drawing.cells import Cell, Role, Row, cell_len, cut, fit, key, pad
from http_monitor.dashboard.drawing.lists.listing import pattern
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.drawing.tables.columns import Known, Layout, known_of, lay_out
from http_monitor.dashboard.drawing.tables.title import arrow, paint_title, why_empty
from http_monitor.dashboard.state.answers import Answers
from http_monitor.ports.views import Order, ViewRow

HEAD_ROWS = 2
"""Lines above the rows: title and headings."""
_ABSENT = {"host": b"-", "section": b"(none)"}
"""The keys of lines that have none; in other tables these are in no row."""
_STATUS_ROLES: dict[bytes, Role] = {b"2": "ok", b"3": "ok", b"4": "client_error", b"5": "server_error"}
_ORDERS: tuple[Order, ...] = ("hits", "errors", "bytes", "p50", "p95", "key")
_SHOWN_BYTES = 8
"""So many bytes of a key are looked at for each column: enough for four of a character and some combining marks."""


def paint_table(picture: Picture, width: int, height: int) -> list[Row]:
    """Return the table of the panel: a title, the headings, and rows as far as there is room."""
    if width < 1 or height < 1:
        return []
    shown = visible_rows(height)
    rows = _rows(picture)
    place = picture.place.at(picture.place.cursor, len(rows), shown)
    painted: list[Row] = [paint_title(picture, width, _position(picture, place.cursor, len(rows), shown))]
    if not rows:
        painted += [fit(row, width) for row in [[Cell("")], *why_empty(picture)]]
        return painted[:height]
    answer = picture.answers.tables[picture.scene.panel]
    known = known_of(answer, picture.facts)
    order, is_turned_round = picture.scene.sorting(picture.scene.panel)
    # Tables beside the panel are not asked for it.
    has_change = known.before is not None or not picture.is_dimmed
    layout = lay_out(width, rows, order, known, has_change=has_change)
    painted.append(_headings(picture.scene.panel, layout, order, arrow(order, is_turned_round=is_turned_round)))
    cursor = -1 if picture.is_dimmed else place.cursor
    painter = _RowPainter(picture, layout, known)
    stop = min(len(rows), place.top + shown)
    painted += [painter.paint(rows[at], "cursor" if at == cursor else None) for at in range(place.top, stop)]
    return painted[:height]


def visible_rows(height: int) -> int:
    """Return the number of rows that a table of so many lines shows at once."""
    return max(0, height - HEAD_ROWS)


def row_count(picture: Picture) -> int:
    """Return the number of rows of the table in the panel."""
    return len(_rows(picture))


def row_at(picture: Picture, cursor: int) -> ViewRow | None:
    """Return the row at a place; None if there is none."""
    rows = _rows(picture)
    return rows[cursor] if 0 <= cursor < len(rows) else None


def next_match(picture: Picture, step: int) -> int | None:
    """Return the next row after the cursor (step 1) or before it (-1) that has the text that is searched for.

    The last row is followed by the first. None: no row has the text.
    """
    rows, dimension = _rows(picture), picture.scene.panel
    sought = pattern(picture.scene.search)
    if sought is None:
        return None
    for away in range(1, len(rows) + 1):
        at = (picture.place.cursor + step * away) % len(rows)
        if sought.search(_shown_key(dimension, rows[at].key)):
            return at
    return None


def next_order(order: Order, answers: Answers) -> Order:
    """Return the order that follows, among those for which the log has figures."""
    tables = answers.tables.values()
    lacking: set[Order] = set()
    if tables and not any(answer.knows_errors for answer in tables):
        lacking.add("errors")
    if tables and not any(answer.knows_bytes for answer in tables):
        lacking.add("bytes")
    if not any(answer.view.total.p50_us is not None for answer in tables):
        lacking |= {"p50", "p95"}
    at = _ORDERS.index(order)
    return next(each for each in (*_ORDERS[at + 1 :], *_ORDERS) if each not in lacking)


class _RowPainter:
    """Paints the rows of one table."""

    def __init__(self, picture: Picture, layout: Layout, known: Known) -> None:
        self._dimension = picture.scene.panel
        self._sought = pattern(picture.scene.search)
        self._layout = layout
        self._known = known

    def paint(self, row: ViewRow, ground: Role | None) -> Row:
        known = self._known
        cells = list(self._key(row.key, ground))
        for column in self._layout.columns:
            text, role = column.write(row, known, column.width)
            cells.append(Cell(text.rjust(column.width), role, ground))
        if ground is not None and self._layout.rest:
            cells.append(Cell(" " * self._layout.rest, "plain", ground))
        return cells

    def _key(self, raw: bytes, ground: Role | None) -> Iterator[Cell]:
        """Yield the key, and the spaces up to the first column."""
        width = self._layout.key_width
        most = (width + 1) * _SHOWN_BYTES
        whole, text, rest = _fitted(self._dimension, raw[:most], width, is_cut=len(raw) > most)
        role = _key_role(self._dimension, raw)
        if self._sought is not None and self._sought.search(whole):
            yield from _marked(text, role, ground, self._sought)
            if rest:
                yield Cell(rest, role, ground)
        else:
            yield Cell(text + rest, role, ground)


# The same keys come with each paint, and to measure one that is not plain takes long.
@lru_cache(maxsize=1_024)
def _fitted(dimension: str, raw: bytes, width: int, *, is_cut: bool) -> tuple[str, str, str]:
    """Return a key, the part of it that fits, and the spaces that fill its column."""
    whole = _shown_key(dimension, raw)
    text = cut(f"{whole}…" if is_cut else whole, width)
    return whole, text, " " * max(0, width - cell_len(text))


def _marked(text: str, role: Role, ground: Role | None, sought: re.Pattern[str]) -> Iterator[Cell]:
    """Yield a key that matches, what matches being marked: if it was cut off, the sign of that."""
    at = 0
    spans = [match.span() for match in sought.finditer(text)] or [(len(text) - 1, len(text))]
    for start, end in spans:
        if start > at:
            yield Cell(text[at:start], role, ground)
        yield Cell(text[start:end], "accent", "selected")
        at = end
    if at < len(text):
        yield Cell(text[at:], role, ground)


def _rows(picture: Picture) -> Sequence[ViewRow]:
    answer = picture.answers.tables.get(picture.scene.panel)
    return () if answer is None or picture.answers.filter_fault else answer.view.rows


def _position(picture: Picture, cursor: int, count: int, shown: int) -> str:
    answer = picture.answers.tables.get(picture.scene.panel)
    if not count or answer is None or answer.view.keys <= shown:
        return ""
    return f"{cursor + 1:,}/{answer.view.keys:,}"


def _headings(dimension: str, layout: Layout, order: Order, sign: str) -> Row:
    name = dimension.replace("_", " ")
    if order == "key":
        cells = [Cell(pad(f"{name} {sign}", layout.key_width), "accent")]
    else:
        cells = [Cell(pad(name, layout.key_width), "dim")]
    for column in layout.columns:
        is_order = order == column.order
        text = f"{column.heading} {sign}" if is_order else column.heading
        cells.append(Cell(text.rjust(column.width), "accent" if is_order else "dim"))
    return cells


def _shown_key(dimension: str, raw: bytes) -> str:
    if not raw or raw == _ABSENT.get(dimension):
        return "(none)"
    # A key of spaces would look as if there was none.
    return f"'{key(raw)}'" if raw.isspace() else key(raw)


def _key_role(dimension: str, raw: bytes) -> Role:
    if not raw or raw == _ABSENT.get(dimension):
        return "dim"
    if dimension == "status":
        return _STATUS_ROLES.get(raw[:1], "other_status")
    return "plain"
