"""Parts that the panels besides the tables share: titles, rows with a cursor, matches, times of day."""

import re
from collections.abc import Sequence

from rich.cells import cell_len

from http_monitor.dashboard.drawing.cells import Cell, Row, cut, fit, sentence, spread, width_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.drawing.place import Place
from http_monitor.dashboard.state.panels import BY_NAME
from http_monitor.figures import moment
from http_monitor.ports.views import ViewSpan


def head(picture: Picture, name: str, said: Sequence[str], notes: Sequence[Cell], width: int) -> list[Row]:
    """Return the title row of a panel, and a second one if the notes do not fit on it.

    Args:
        picture: Where the panel is drawn.
        name: The panel's name.
        said: What is said about its content, after its title.
        notes: What must not be overlooked, at the right.
        width: Columns.
    """
    panel = BY_NAME[name]
    number = [Cell(f"{panel.digit} ", "dim" if picture.is_dimmed else "key")] if panel.digit else []
    title = [*number, Cell(panel.title, "bold" if picture.is_dimmed else "title")]
    joined = join(notes, " · ")
    left = width_of(title) + (1 + width_of(joined) if joined else 0)
    words = [f" · {part}" for part in said if part]
    if joined and width - left < sum(cell_len(word) for word in words[:1]):
        return [fit([*title, *_fitting(words, width - width_of(title))], width), fit(joined, width)]
    row = [*title, *_fitting(words, width - left)]
    return [spread(row, joined, width) if joined else fit(row, width)]


def _fitting(words: Sequence[str], room: int) -> list[Cell]:
    """Return the first words as far as they fit whole; the first one is cut."""
    shown = ""
    for word in words:
        if shown and cell_len(shown + word) > room:
            break
        shown += word
    return [Cell(cut(shown, room), "dim")] if shown else []


def join(cells: Sequence[Cell], between: str) -> list[Cell]:
    """Return cells with a text between them."""
    return [part for at, cell in enumerate(cells) for part in ((Cell(between, "dim"), cell) if at else (cell,))]


def rows_of_list(picture: Picture, rows: Sequence[Row], first: int, width: int) -> list[Row]:
    """Return rows of a list, of which the first one is at place `first`; that of the cursor is filled to the width."""
    cursor = -1 if picture.is_dimmed else picture.place.cursor - first
    return [with_cursor(row, width) if at == cursor else fit(row, width) for at, row in enumerate(rows)]


def with_cursor(row: Row, width: int) -> list[Cell]:
    """Return a row as the one of the cursor."""
    shown = fit(row, width)
    marked = [Cell(cell.text, cell.role, cell.ground or "cursor") for cell in shown]
    return [*marked, Cell(" " * max(0, width - width_of(shown)), "plain", "cursor")]


def first_shown(place: Place, count: int, height: int) -> int:
    """Return the first row of a list that is shown, so that the cursor is among the shown ones."""
    return place.at(place.cursor, count, height).top


def paint_document(title: Sequence[Row], body: Sequence[Row], top: int, width: int, height: int) -> list[Row]:
    """Return a title with that part of a text that begins at row `top`, and how much of it is out of sight."""
    room = max(0, height - len(title))
    top = max(0, min(top, len(body) - room))
    shown = body[top : top + room]
    left = len(body) - top - len(shown)
    if left > 0 and len(shown) > 1:
        shown = [*shown[:-1], [Cell(f"… {left + 1:,} more rows", "dim")]]
    return clip([*title, *shown], width, height)


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
    """Return the next place, beyond the cursor and round the end, whose text has a match; None: none has."""
    if found is None:
        return None
    count = len(texts)
    places = ((cursor + step * distance) % count for distance in range(1, count + 1))
    return next((place for place in places if found.search(texts[place])), None)


def span_words(span: ViewSpan, now_us: int) -> str:
    """Return ``14:03:00–14:05:00`` in local time, with the date where it is not that of now."""
    start, end = moment(span.start_us, now_us), moment(span.end_us, span.start_us)
    return f"{start}–{end}"
