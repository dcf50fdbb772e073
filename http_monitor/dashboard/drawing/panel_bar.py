"""Draws the row that names the panels."""

from collections.abc import Sequence
from dataclasses import dataclass

from http_monitor.dashboard.drawing.cells import Cell, Row, fit, width_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.panels import Panel, panels_of

_GAP = "  "
_CURRENT = "▸"
"""Stands before the panel that has the keyboard."""


@dataclass(frozen=True, slots=True)
class _Tab:
    """A panel in the bar."""

    panel: Panel
    note: str = ""
    """What is to be seen from everywhere: ``! 2`` for active alerts."""


def paint_panel_bar(picture: Picture, width: int) -> Row:
    """Return the row of panels that the log has.

    Where room lacks, those without a digit are left out, then those far from the current one lose their words.
    """
    current = picture.scene.panel
    active = len(picture.facts.active)
    tabs = [
        _Tab(panel, f"!{active:,}" if panel.name == "alerts" and active else "")
        for panel in panels_of(picture.answers.dimensions, current)
    ]
    at = next((place for place, tab in enumerate(tabs) if tab.panel.name == current), 0)
    # A digit without a word tells less than no panel without a digit.
    by_distance = sorted(range(len(tabs)), key=lambda place: (not tabs[place].panel.digit, abs(place - at), place))
    by_distance.remove(at)
    named = {at}
    row = _row(tabs, named, at)
    for place in by_distance:
        wider = _row(tabs, named | {place}, at)
        if width_of(wider) > width:
            break
        named, row = named | {place}, wider
    return fit(row, width)


def _row(tabs: Sequence[_Tab], named: set[int], at: int) -> list[Cell]:
    """Return the tabs in a row; those that are not named show their digit, and those without one are counted."""
    cells: list[Cell] = []
    hidden = 0
    for place, tab in enumerate(tabs):
        words = _tab(tab, is_current=place == at, is_named=place in named)
        hidden += not words
        if words:
            cells += [Cell(_GAP if cells and place != at else " "), *words] if cells or place != at else words
    return [*cells, Cell(f"{_GAP}+{hidden:,}", "dim")] if hidden else cells


def _tab(tab: _Tab, *, is_current: bool, is_named: bool) -> list[Cell]:
    panel = tab.panel
    note = [Cell(" "), Cell(tab.note, "raised", "raised")] if tab.note else []
    if is_current:
        words = f"{panel.digit} {panel.title}" if panel.digit else panel.title
        return [Cell(_CURRENT + words, "title", "title"), *note]
    if is_named:
        digit = [Cell(f"{panel.digit} ", "key")] if panel.digit else []
        return [*digit, Cell(panel.title, "dim"), *note]
    return [Cell(panel.digit, "key"), *note] if panel.digit else []
