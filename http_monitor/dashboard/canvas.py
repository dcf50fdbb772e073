"""The widget that shows rows of cells: the only place that makes segments for the terminal.

What it is given was sanitised where it became a cell; the canvas holds to that once more, and replaces any control
character that is left.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from http_monitor.dashboard.drawing.cells import Role, Row, cell_len
from http_monitor.dashboard.palettes import DARK, Palette
from http_monitor.units import visible_text


class Canvas(Widget):
    """Shows rows of cells, and repaints only those that have changed. Owned by the screen's thread."""

    DEFAULT_CSS = "Canvas { width: 100%; height: 1; }"

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._rows: list[Row] = []
        self._shown: Sequence[Row] | None = None
        self._strips: dict[int, Strip] = {}
        self._palette = DARK
        self._styles: dict[tuple[Role, Role | None], Style] = {}
        """Of the palette, as far as they have been needed."""

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows instead of those before."""
        if rows is self._shown:
            return
        self._shown = rows
        before, self._rows = self._rows, list(rows)
        width, changed = self.size.width, []
        for y in range(max(len(before), len(rows))):
            if y >= len(before) or y >= len(rows) or before[y] != rows[y]:
                self._strips.pop(y, None)
                changed.append(Region(0, y, width, 1))
        if changed:
            self.refresh(*changed)

    def colour(self, palette: Palette) -> None:
        """Show everything in other colours."""
        if palette is not self._palette:
            self._palette = palette
            self._strips.clear()
            self._styles.clear()
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line of the widget."""
        width = self.size.width
        strip = self._strips.get(y)
        if strip is None or strip.cell_length != width:
            strip = self._strips[y] = _strip(self._rows[y] if y < len(self._rows) else (), width, self._style)
        return strip

    def _style(self, role: Role, ground: Role | None) -> Style:
        style = self._styles.get((role, ground))
        if style is None:
            style = self._styles[role, ground] = self._palette.style(role, ground)
        return style


def _strip(row: Row, width: int, style_of: Callable[[Role, Role | None], Style]) -> Strip:
    """Return a row as Textual has it; neighbours of the same style are one segment."""
    segments: list[Segment] = []
    texts: list[str] = []
    left = width
    style: Style | None = None
    for text, role, ground in row:
        shown, columns = _shown(text)
        left -= columns
        next_style = style_of(role, ground)
        if next_style is not style and texts:
            segments.append(Segment("".join(texts), style))
            texts = []
        style = next_style
        texts.append(shown)
    if left > 0:
        plain = style_of("plain", None)
        if plain is not style and texts:
            segments.append(Segment("".join(texts), style))
            texts = []
        style = plain
        texts.append(" " * left)
    if texts:
        segments.append(Segment("".join(texts), style))
    strip = Strip(segments, width - min(left, 0))
    return strip if left >= 0 else strip.crop(0, width)


@lru_cache(maxsize=4_096)
def _shown(text: str) -> tuple[str, int]:
    """Return a text without control characters, and its columns."""
    text = visible_text(text)
    return text, cell_len(text)
