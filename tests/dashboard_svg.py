"""Draws rows of the screen as SVG that loads nothing, neither fonts nor anything else.

Blocks are drawn as rectangles, so that bars have no gaps whatever the font.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
_CELL_WIDTH, _CELL_HEIGHT, _FONT_SIZE, _MARGIN = 8.4, 18, 14, 10
_BASELINE = 13.5
_RISING = " ▁▂▃▄▅▆▇█"
_GROWING = " ▏▎▍▌▋▊▉█"
_PARTS = re.compile(r"([▁▂▃▄▅▆▇█])\1*|([▏▎▍▌▋▊▉])|[^ ▁-█▉-▏]+(?: [^ ▁-█▉-▏]+)*")
"""Blocks of one height, a part of a block, text without spaces at its ends."""


def draw(rows: Sequence[Strip]) -> str:
    """Return a picture of a screen."""
    columns = max(row.cell_length for row in rows)
    width, height = round(columns * _CELL_WIDTH + 2 * _MARGIN), len(rows) * _CELL_HEIGHT + 2 * _MARGIN
    ground = _colour(next(iter(rows[0])).style, is_ground=True)
    body = [part for y, row in enumerate(rows) for part in _row(row, y, ground)]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="{_FONTS}"'
            f' font-size="{_FONT_SIZE}" xml:space="preserve">',
            f'<rect width="{width}" height="{height}" rx="8" fill="{ground}"/>',
            *body,
            "</svg>",
            "",
        )
    )


def _row(row: Iterable[Segment], y: int, ground: str) -> Iterator[str]:
    """Yield what is behind the text of a row, then blocks and text."""
    column = 0
    above = []
    for segment in row:
        width = cell_len(segment.text)
        behind = _colour(segment.style, is_ground=True)
        if behind != ground:
            yield _box(column, y * 8, width, 8, behind)
        above += [*_parts(segment, column, y)]
        column += width
    yield from above


def _parts(segment: Segment, column: int, y: int) -> Iterator[str]:
    colour = _colour(segment.style, is_ground=False)
    for found in _PARTS.finditer(segment.text):
        at = column + cell_len(segment.text[: found.start()])
        text = found.group()
        if found.group(1):
            eighths = _RISING.index(text[0])
            yield _box(at, y * 8 + 8 - eighths, len(text), eighths, colour)
        elif found.group(2):
            yield _box(at, y * 8, _GROWING.index(text) / 8, 8, colour)
        else:
            weight = ' font-weight="bold"' if segment.style and segment.style.bold else ""
            length = cell_len(text) * _CELL_WIDTH
            yield (
                f'<text x="{_x(at)}" y="{y * _CELL_HEIGHT + _MARGIN + _BASELINE:g}" fill="{colour}"{weight}'
                f' textLength="{length:g}">{escape(text, quote=False)}</text>'
            )


def _box(column: float, top_eighths: int, width: float, eighths: int, colour: str) -> str:
    top = _MARGIN + top_eighths * _CELL_HEIGHT / 8
    size = f'width="{width * _CELL_WIDTH:g}" height="{eighths * _CELL_HEIGHT / 8:g}"'
    return f'<rect x="{_x(column)}" y="{top:g}" {size} fill="{colour}" shape-rendering="crispEdges"/>'


def _x(column: float) -> str:
    return f"{_MARGIN + column * _CELL_WIDTH:g}"


def _colour(style: Style | None, *, is_ground: bool) -> str:
    colour = None if style is None else (style.bgcolor if is_ground else style.color)
    assert colour is not None
    assert colour.triplet is not None
    return colour.triplet.hex
