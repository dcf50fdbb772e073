"""Rows of cells: what is drawn, before it becomes terminal codes.

Text of a log comes in by `key` or `sentence` only, so that no control character reaches the screen.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from rich import cells

from http_monitor.units import visible, visible_text

_Common = Literal["plain", "bold", "dim", "accent", "title", "chip", "key", "raised", "good", "warn", "bad"]
_Chart = Literal["ok", "client_error", "server_error", "other_status", "threshold", "marker"]
"""Classes of status codes, in the chart and in lines; the chart's own lines."""
_Choice = Literal["cursor", "selected"]
"""The row of the cursor; a selected span."""
_Field = Literal["field_time", "field_host", "field_method", "field_path", "field_agent"]
"""Fields of a line."""
Role = _Common | _Chart | _Choice | _Field
"""The meaning of a cell; a palette gives it colours."""


class Cell(NamedTuple):
    """Some text with a role. The text has passed the sanitiser, or is our own.

    A tuple, as tens of thousands are made and compared in a second.
    """

    text: str
    role: Role = "plain"
    ground: Role | None = None
    """The role whose colour is behind the text: a cursor's row, the upper part of a bar; None: the screen's."""


Row = Sequence[Cell]
"""A line of the screen."""


def key(raw: bytes) -> str:
    """Return text of a log, sanitised."""
    return visible(raw)


def sentence(text: str) -> str:
    """Return a sentence that may contain text of a log or a path, sanitised."""
    return visible_text(text)


def cell_len(text: str) -> int:
    """Return the columns that a text without control characters takes."""
    return len(text) if text.isascii() else _wide_len(text)


def width_of(row: Iterable[Cell]) -> int:
    """Return the columns that a row takes."""
    texts = [text for text, _, _ in row]
    whole = "".join(texts)
    return len(whole) if whole.isascii() else sum(map(cell_len, texts))


def cut(text: str, width: int) -> str:
    """Return a text cut with ``…`` to at most `width` columns."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return cells.set_cell_size(text, width - 1).rstrip(" ") + "…" if width > 1 else "…"


def pad(text: str, width: int) -> str:
    """Return a text cut or filled to exactly `width` columns."""
    short = cut(text, width)
    return short + " " * max(0, width - cell_len(short))


def pad_left(text: str, width: int) -> str:
    """Return a text cut or filled at its left to exactly `width` columns."""
    short = cut(text, width)
    return " " * max(0, width - cell_len(short)) + short


def fit(row: Row, width: int) -> list[Cell]:
    """Return a row cut with ``…`` to at most `width` columns."""
    if width_of(row) <= width:
        return list(row)
    fitted: list[Cell] = []
    room = width
    for cell in row:
        size = cell_len(cell.text)
        if size >= room:
            text = cut(cell.text + "…", room) if size == room else cut(cell.text, room)
            fitted.append(Cell(text, cell.role, cell.ground))
            break
        fitted.append(cell)
        room -= size
    return fitted


def spread(left: Row, right: Row, width: int) -> list[Cell]:
    """Return a row with one part at its left and one at its right; the left one is cut where room lacks."""
    room = max(0, width - width_of(right))
    start = fit(left, max(0, room - 1)) if right else fit(left, room)
    return [*start, Cell(" " * max(0, room - width_of(start))), *fit(right, width)]


# The same bars and keys come with each paint.
_wide_len = lru_cache(maxsize=2_048)(cells.cell_len)
