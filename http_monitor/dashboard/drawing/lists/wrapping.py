"""Breaks cells into rows."""

from collections.abc import Sequence

from http_monitor.dashboard.drawing.cells import Cell, Row, cell_len, cut


def wrap(cells: Sequence[Cell], width: int) -> list[Row]:
    """Return cells in rows of at most `width` columns, broken anywhere; at least one row."""
    rows: list[list[Cell]] = [[]]
    room = width
    for cell in cells:
        start = 0
        for at, char in enumerate(cell.text):
            columns = cell_len(char)
            if columns > room and room < width:
                if at > start:
                    rows[-1].append(Cell(cell.text[start:at], cell.role, cell.ground))
                rows.append([])
                start, room = at, width
            room -= columns
        if start < len(cell.text):
            rows[-1].append(Cell(cell.text[start:], cell.role, cell.ground))
    return [*rows]


def wrap_words(text: str, width: int, indent: int = 0) -> list[str]:
    """Return a text in lines of at most `width` columns, broken at spaces; all but the first are indented.

    A word that is longer than a line is broken anywhere.
    """
    indent = min(indent, max(0, width - 1))
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        while True:
            room = width - (indent if lines else 0)
            joined = f"{line} {word}" if line else word
            if cell_len(joined) <= room:
                line = joined
                break
            if line:
                lines.append(line)
                line = ""
                continue
            part = _first_columns(word, room)
            lines.append(part)
            word = word[len(part) :]
    lines.append(line)
    return [cut(" " * (indent if at else 0) + line, width) for at, line in enumerate(lines)]


def _first_columns(text: str, width: int) -> str:
    """Return the beginning of a text that takes at most `width` columns; at least one character."""
    room = width
    for at, char in enumerate(text):
        room -= cell_len(char)
        if room < 0:
            return text[: max(1, at)]
    return text
