"""Draws the help: all keys by group, and what the colours mean."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, zip_longest

from http_monitor.dashboard.drawing.cells import Cell, Role, Row, cell_len, fit, pad, spread, width_of
from http_monitor.dashboard.drawing.lists.listing import clip
from http_monitor.dashboard.drawing.lists.wrapping import wrap_words
from http_monitor.dashboard.keys import KEYS, Key

_COLUMN_WIDTH = 38
"""The least columns of a column of keys."""
_MOST_COLUMNS = 3
_GAP = 3
_KEY_COLUMNS = 10
TITLES = {
    "general": "General",
    "panels": "Panels",
    "time": "The past, on the chart",
    "rows": "Rows, filters and lines",
    "replay": "A replay (--replay)",
}
_COLOURS: tuple[tuple[str, Role, Role | None, str], ...] = (
    ("██", "ok", None, "status 2xx and 3xx"),
    ("██", "client_error", None, "status 4xx; lines of these begin with ·"),
    ("██", "server_error", None, "status 5xx; lines of these begin with !"),
    ("██", "other_status", None, "another status, or none"),
    ("! ", "server_error", None, "on the chart: more errors than their alert allows"),
    ("• ", "dim", None, "on the chart: some errors"),
    ("╌╌", "threshold", None, "on the chart: the threshold of the traffic alert"),
    ("━━", "raised", "raised", "an alert is active"),
    ("━━", "bad", None, "on the chart: an alert that is over"),
    ("▼ ", "marker", None, "a marker of yours"),
    ("  ", "plain", "cursor", "the row, or the time, of the cursor"),
    ("  ", "plain", "selected", "the selected time"),
    ("– ", "dim", None, "cannot be known from this log"),
)

_Block = tuple[Row, ...]


def paint_help(width: int, height: int, top: int) -> list[Row]:
    """Return the help.

    Args:
        width: Columns.
        height: Rows.
        top: The first row below the title that is shown.
    """
    body = _body(width)
    room = max(0, height - 1)
    top = max(0, min(top, len(body) - room))
    below = len(body) - top - room
    right = [Cell(f"{below:,} more below", "dim")] if below > 0 else []
    title = spread([Cell("Help", "title"), Cell(" · ↑ ↓ scroll · ? or Esc closes", "dim")], right, width)
    return clip([title, *body[top : top + room]], width, height)


def help_count(width: int) -> int:
    """Return the number of rows of the help, with its title."""
    return 1 + len(_body(width))


@lru_cache(maxsize=4)
def _body(width: int) -> tuple[Row, ...]:
    columns = max(1, min(_MOST_COLUMNS, (width + _GAP) // (_COLUMN_WIDTH + _GAP)))
    each = (width - _GAP * (columns - 1)) // columns
    blocks = [_block(TITLES.get(group, group), list(keys), each) for group, keys in _groups()]
    blocks.append(_colours(each))
    parts = [_joined(blocks[start:stop]) for start, stop in _shares([len(block) + 1 for block in blocks], columns)]
    return tuple(_side_by_side(rows, each) for rows in zip_longest(*parts, fillvalue=()))


def _groups() -> list[tuple[str, list[Key]]]:
    return [(group, list(keys)) for group, keys in groupby(KEYS, key=lambda key: key.group)]


def _block(title: str, keys: Sequence[Key], width: int) -> _Block:
    rows: list[Row] = [[Cell(title, "title")]]
    for key in keys:
        room = max(1, width - _KEY_COLUMNS)
        for number, words in enumerate(wrap_words(key.words, room)):
            rows.append([Cell(pad("" if number else key.shown, _KEY_COLUMNS), "key"), Cell(words)])
    return tuple(rows)


def _colours(width: int) -> _Block:
    rows: list[Row] = [[Cell("Colours and signs", "title")]]
    for sign, role, ground, words in _COLOURS:
        gap = Cell(" " * (_KEY_COLUMNS - cell_len(sign)))
        for number, line in enumerate(wrap_words(words, max(1, width - _KEY_COLUMNS))):
            start = [Cell(" " * _KEY_COLUMNS)] if number else [Cell(sign, role, ground), gap]
            rows.append([*start, Cell(line)])
    return tuple(rows)


def _joined(blocks: Sequence[_Block]) -> list[Row]:
    rows: list[Row] = []
    for block in blocks:
        rows += [*([[]] if rows else []), *block]
    return rows


def _shares(heights: Sequence[int], columns: int) -> list[tuple[int, int]]:
    """Return (start, stop) of the blocks in each column, in their order, so that the highest column is lowest."""
    if columns == 1:
        return [(0, len(heights))]
    found: list[tuple[int, list[tuple[int, int]]]] = []
    for stop in range(1, len(heights) - columns + 2):
        rest = [(start + stop, end + stop) for start, end in _shares(heights[stop:], columns - 1)]
        shares = [(0, stop), *rest]
        found.append((max(sum(heights[start:end]) for start, end in shares), shares))
    return min(found)[1]


def _side_by_side(rows: Sequence[Row], width: int) -> Row:
    cells: list[Cell] = []
    for number, row in enumerate(rows):
        shown = fit(row, width)
        cells += [*([Cell(" " * _GAP)] if number else []), *shown, Cell(" " * (width - width_of(shown)))]
    return tuple(cells)
