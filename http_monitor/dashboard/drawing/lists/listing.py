"""Parts that the panels besides the tables share: titles, rows with a cursor, matches, times of day."""

import re
from collections.abc import Iterable, Sequence

from http_monitor.dashboard.drawing.cells import Cell, Row, cell_len, cut, fit, sentence, spread, width_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.panels import BY_NAME
from http_monitor.dashboard.state.place import Place

TITLE_ROWS = 2
"""Rows above a list, in all panels: the title, and what must be known beside it."""
_BETWEEN = " · "


def title_row(picture: Picture, name: str, said: Sequence[str], width: int, right: str = "") -> Row:
    """Return the title of a panel.

    Args:
        picture: Where the panel is drawn.
        name: The panel's name.
        said: What is said after its title; the last ones are left out where room lacks.
        width: Columns.
        right: What stands at the right, such as the place in the list.
    """
    panel = BY_NAME[name]
    cells = [Cell(f"{panel.digit} ", "key")] if panel.digit else []
    cells.append(Cell(panel.title, "dim" if picture.is_dimmed else "title"))
    end = [Cell(right, "dim")] if right else []
    room = width - width_of(cells) - (1 + width_of(end) if end else 0)
    shown = ""
    for part in said:
        if shown and cell_len(shown) + cell_len(part) + len(_BETWEEN) > room:
            break
        shown += _BETWEEN + part
    return spread([*cells, Cell(cut(shown, room), "dim")], end, width)


def position(place: Place, count: int, height: int) -> str:
    """Return the place of the cursor in a list that is longer than what is shown: ``12/1,234``; else nothing."""
    return f"{min(place.cursor, count - 1) + 1:,}/{count:,}" if count > height else ""


def join(cells: Iterable[Cell]) -> list[Cell]:
    """Return cells with dots between them."""
    return [part for at, cell in enumerate(cells) for part in ((Cell(_BETWEEN, "dim"), cell) if at else (cell,))]


def rows_of_list(picture: Picture, rows: Sequence[Row], place: Place, width: int) -> list[Row]:
    """Return the rows of a list that are shown; that of the cursor is filled to the width.

    Args:
        picture: Where the list is drawn.
        rows: The rows from the top of the place on.
        place: The place in the whole list, as `shown_place` returns it.
        width: Columns.
    """
    cursor = -1 if picture.is_dimmed else place.cursor - place.top
    return [with_cursor(row, width) if at == cursor else fit(row, width) for at, row in enumerate(rows)]


def with_cursor(row: Row, width: int) -> list[Cell]:
    """Return a row as the one of the cursor."""
    shown = fit(row, width)
    marked = [Cell(cell.text, cell.role, cell.ground or "cursor") for cell in shown]
    return [*marked, Cell(" " * max(0, width - width_of(shown)), "plain", "cursor")]


def shown_place(place: Place, count: int, height: int) -> Place:
    """Return the place in a list so that the cursor is among its rows and among the shown ones."""
    return place.at(place.cursor, count, height)


def paint_document(title: Row, body: Sequence[Row], top: int, width: int, height: int) -> list[Row]:
    """Return a title with that part of a text that begins at row `top`, and how much of it is out of sight."""
    room = max(0, height - 1)
    top = max(0, min(top, len(body) - room))
    shown = body[top : top + room]
    left = len(body) - top - len(shown)
    if left > 0 and len(shown) > 1:
        shown = [*shown[:-1], [Cell(f"… {left + 1:,} more rows", "dim")]]
    return clip([title, *shown], width, height)


def clip(rows: Sequence[Row], width: int, height: int) -> list[Row]:
    """Return the first rows, cut to a width."""
    return [fit(row, width) for row in rows[: max(0, height)]]


def pattern(search: str) -> re.Pattern[str] | None:
    """Return what finds a text that is searched for, upper or lower case; None: nothing is."""
    shown = sentence(search)
    return re.compile(re.escape(shown), re.IGNORECASE) if shown else None


def highlight(row: Row, found: re.Pattern[str] | None) -> list[Cell]:
    """Return a row with a ground behind what is searched for."""
    if found is None:
        return list(row)
    marked = [match.span() for match in found.finditer("".join(cell.text for cell in row))]
    cells: list[Cell] = []
    start = 0
    for cell in row:
        end = start + len(cell.text)
        at = start
        for first, last in marked:
            low, high = max(first, at), min(last, end)
            if low >= high:
                continue
            if low > at:
                cells.append(Cell(cell.text[at - start : low - start], cell.role, cell.ground))
            cells.append(Cell(cell.text[low - start : high - start], cell.role, "selected"))
            at = high
        if at < end or not cell.text:
            cells.append(Cell(cell.text[at - start :], cell.role, cell.ground))
        start = end
    return cells


def next_place(texts: Sequence[str], found: re.Pattern[str] | None, cursor: int, step: int) -> int | None:
    """Return the next place, beyond the cursor and round the end, whose text has a match; None: none has.

    Args:
        texts: What stands in each row.
        found: What is searched for; None: nothing is.
        cursor: The row of the cursor.
        step: 1: downwards; -1: upwards; 0: downwards, and from the cursor on.
    """
    if found is None:
        return None
    count = len(texts)
    # A search begins at the cursor itself.
    places = ((cursor + (step * distance if step else distance - 1)) % count for distance in range(1, count + 1))
    return next((place for place in places if found.search(texts[place])), None)
