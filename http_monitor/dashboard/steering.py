"""What each key does to what is shown. It knows no screen: a key press makes another scene."""

from dataclasses import replace

from http_monitor.dashboard.drawing import panels, table
from http_monitor.dashboard.drawing.lists import alerts, lines
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.answers import Answers
from http_monitor.dashboard.state.chart_cursor import end_selection, move_cursor, move_to_column, move_to_peak, zoom
from http_monitor.dashboard.state.chips import expression_of
from http_monitor.dashboard.state.facts import Episode, Facts
from http_monitor.dashboard.state.panels import BY_NAME, Panel, panels_of
from http_monitor.dashboard.state.place import Place
from http_monitor.dashboard.state.places import Places
from http_monitor.dashboard.state.scene import Marker, Scene, Sorting
from http_monitor.units import US_PER_S

EXPLAIN_LATER = "explanations of a span come with the rules, and are not there yet"
ACKNOWLEDGE_LATER = "alerts can be acknowledged once they are delivered, which is not there yet"
_ALL_ROWS = 1 << 30
_TITLES = 2
"""Rows of a panel above its list."""


class Steering:
    """The state that keys change. Owned by the screen's thread.

    Args:
        facts: What is known of the run at first.
    """

    def __init__(self, facts: Facts) -> None:
        self.scene = Scene()
        self.facts = facts
        self.answers = Answers()
        self.message = ""
        """What the last key press led to, for the footer; empty: nothing to say."""
        self.panel_height = 10
        """Rows of the panel, titles included."""
        self.panel_width = 80
        """Columns of the panel."""
        self.frozen_us: int | None = None
        """The greatest time of all rows when the screen was paused."""
        self._places = Places()
        self._opened: Episode | None = None

    def picture(self, panel: str | None = None) -> Picture:
        """Return what a panel is drawn from; None: the one that has the keyboard."""
        name = self.scene.panel if panel is None else panel
        is_dimmed = name != self.scene.panel
        scene = self.scene if not is_dimmed else replace(self.scene, panel=name, open_line=None, open_alert=None)
        return Picture(scene, self.facts, self.answers, self._places.of(name), is_dimmed)

    def learn(self, facts: Facts) -> None:
        """Take what is known of the run now."""
        self.facts = facts
        if self._opened is not None:
            self.scene = replace(self.scene, open_alert=alerts.place_of(facts, self._opened))

    def receive(self, answers: Answers) -> None:
        """Take answers; the cursor of a table stays at its key."""
        self.answers = answers
        answer = answers.tables.get(self.scene.panel)
        found = None if answer is None else self._places.found(self.scene.panel, answer.view.rows)
        if found is not None:
            self._put(found)

    @property
    def now_us(self) -> int:
        """Now: the greatest time of the rows that are held, or a later one up to which no other has come."""
        return max(self.answers.held.upto_us or 0, self.facts.reached_us or 0)

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The panels for which the log has anything."""
        return panels_of(self.answers.dimensions, self.scene.panel)

    def show_panel(self, name: str) -> None:
        """Give the keyboard to a panel."""
        self.scene = replace(self.scene, panel=name, open_line=None, open_alert=None)
        self._opened = None
        if name == "lines":
            self.scene = replace(self.scene, is_following=self.scene.is_now, pinned_us=None)

    def next_panel(self, step: int) -> None:
        """Give the keyboard to the next panel, or the one before."""
        names = [panel.name for panel in self.panels]
        self.show_panel(names[(names.index(self.scene.panel) + step) % len(names)])

    def move(self, step: int) -> None:
        """Move the cursor of the panel by some rows, or scroll what is open."""
        if self.scene.is_open:
            self.scene = panels.scroll(self.picture(), step, self.panel_width, self.panel_height)
        else:
            self._put(self._place().cursor + step, is_chosen=True)

    def page(self, step: int) -> None:
        """Move it by pages."""
        self.move(step * max(1, self.panel_height - _TITLES))

    def edge(self, side: int) -> None:
        """Move it to the first row (-1) or the last one (1)."""
        self.move(side * _ALL_ROWS)

    @property
    def last_row(self) -> int:
        """The last row of the panel, whether its answer has come or not."""
        answer = self.answers.tables.get(self.scene.panel)
        return (answer.view.keys if answer is not None else panels.row_count(self.picture(), self.panel_width)) - 1

    @property
    def cursor_row(self) -> int:
        """The row of the cursor."""
        return self._place().cursor

    def enter(self) -> None:
        """End a selection, filter by the row, or open the line or the alert."""
        scene = self.scene
        selected = end_selection(scene)
        if selected is not None:
            self._put_cursor(selected, "")
        elif scene.panel == "lines":
            if scene.open_line is None and lines.line_at(self.picture(), self.cursor_row) is not None:
                self._stand_still()
                self.scene = replace(self.scene, open_line=self.cursor_row, open_top=0)
        elif scene.panel == "alerts":
            self._open_alert()
        elif BY_NAME[scene.panel].is_table:
            self._filter_by_row(exclude=False)

    def exclude(self) -> None:
        """Exclude the row of the cursor."""
        if BY_NAME[self.scene.panel].is_table:
            self._filter_by_row(exclude=True)
        else:
            self.message = "only the rows of a table can be excluded"

    def unfilter(self) -> None:
        """Take off the filter added last."""
        if self.scene.chips:
            self.set_chips(self.scene.chips[:-1])
        else:
            self.message = "there is no filter"

    def set_chips(self, chips: tuple[str, ...]) -> None:
        """Filter by these expressions."""
        self.scene = replace(self.scene, chips=chips)
        self._asked_anew()

    def back(self) -> None:
        """Close what is open; then stop selecting; then return to now."""
        scene = self.scene
        self.message = ""
        if scene.is_open:
            self._opened = None
            self.scene = replace(scene, open_line=None, open_alert=None)
        elif scene.anchor_us is not None:
            self.scene = replace(scene, anchor_us=None)
        elif not scene.is_now or scene.pinned_us is not None:
            self.scene = replace(scene, cursor_us=None, span=None, is_following=True, pinned_us=None)
            self._asked_anew()
        elif scene.search:
            self.scene = replace(scene, search="")

    def cursor(self, step: int) -> None:
        """Move the chart's cursor by columns; the first press starts at now."""
        self._put_cursor(move_cursor(self.scene, self.answers, step), "nothing is held yet")

    def peak(self, direction: int) -> None:
        """Move the chart's cursor to the next spike in a direction."""
        self._put_cursor(move_to_peak(self.scene, self.answers, direction), "there is no spike on the chart")

    def put_cursor(self, column: int) -> None:
        """Put the chart's cursor to a column."""
        self._put_cursor(move_to_column(self.scene, self.answers, column), "nothing is held yet")

    def select(self) -> None:
        """Begin a selection at the cursor, or give it up."""
        scene = self.scene
        if scene.anchor_us is not None:
            self.scene = replace(scene, anchor_us=None)
            return
        if scene.cursor_us is None:
            self.cursor(0)
        self.scene = replace(self.scene, anchor_us=self.scene.cursor_us)
        if self.scene.anchor_us is not None:
            self.message = "move with [ ] { }, Enter selects"

    def zoom(self, step: int) -> None:
        """Show more time in the chart (1) or less (-1)."""
        scene = zoom(self.scene, self.answers, self.facts.recent_s, step)
        if scene.zoom_s == self.scene.zoom_s:
            self.message = "no more is held" if step > 0 else "the chart shows no less than 2 minutes"
        self.scene = scene

    def mark(self, text: str) -> None:
        """Set a marker at the cursor, or now."""
        at_us = self.scene.cursor_us
        if at_us is None:
            at_us = self.facts.clock_us
        self.scene = replace(self.scene, markers=(*self.scene.markers, Marker(at_us, text)))

    def sort(self) -> None:
        """Sort the table by its next column."""
        order, _ = self.scene.sorting(self.scene.panel)
        self._sort((table.next_order(order, self.answers), False))

    def reverse(self) -> None:
        """Turn the order of the table round."""
        order, is_reverse = self.scene.sorting(self.scene.panel)
        self._sort((order, not is_reverse))

    def search(self, text: str) -> None:
        """Search rows and lines for a text; `search_next` goes to a match when all rows are there."""
        self.scene = replace(self.scene, search=text)

    def search_next(self, step: int) -> None:
        """Go to the next match in a direction; 0: the row of the cursor may be it."""
        if not self.scene.search:
            self.message = "nothing was searched for: / searches"
            return
        picture = self.picture()
        if step == 0:
            picture, step = replace(picture, place=replace(picture.place, cursor=picture.place.cursor - 1)), 1
        found = panels.next_match(picture, step)
        if found is None:
            self.message = "no match"
        else:
            self._put(found, is_chosen=True)

    def click_row(self, row: int) -> None:
        """Put the cursor to a row that is shown, from 0."""
        self._put(self._place().top + row, is_chosen=True)

    def freeze(self) -> None:
        """Let the screen stand still, or go on."""
        self.frozen_us = None if self.answers.held.upto_us is None else self.now_us
        self.scene = replace(self.scene, is_paused=not self.scene.is_paused)

    def follow(self) -> None:
        """Follow new lines, or stand still."""
        if self.scene.pinned_us is None:
            self._stand_still()
        else:
            self.scene = replace(self.scene, is_following=True, pinned_us=None)

    def _sort(self, sorting: Sorting) -> None:
        name = self.scene.panel
        if not BY_NAME[name].is_table:
            self.message = "only tables are sorted"
            return
        self.scene = replace(self.scene, sortings={**self.scene.sortings, name: sorting})
        self._places.stay_at(name, None)
        self._put(0)

    def _stand_still(self) -> None:
        if self.scene.pinned_us is None:
            self.scene = replace(self.scene, is_following=False, pinned_us=self.answers.held.upto_us)

    def _filter_by_row(self, *, exclude: bool) -> None:
        name = self.scene.panel
        row = table.row_at(self.picture(), self.cursor_row)
        if row is None:
            self.message = "there is no row"
            return
        self.set_chips((*self.scene.chips, expression_of(name, row.key, exclude=exclude)))

    def _open_alert(self) -> None:
        episode = alerts.episode_at(self.picture(), self.cursor_row)
        if episode is None or self.scene.open_alert is not None:
            return
        self._opened = episode
        span = alerts.span_of(episode, self.facts.reached_us or self.facts.clock_us, self.facts.window_s * US_PER_S)
        opened = replace(self.scene, open_alert=self.cursor_row, open_top=0)
        self.scene = replace(opened, span=span, cursor_us=None, anchor_us=None)

    def _put_cursor(self, scene: Scene | None, otherwise: str) -> None:
        if scene is None:
            self.message = otherwise
        else:
            self.scene = scene
            self._asked_anew()

    def _asked_anew(self) -> None:
        """Put the cursors of all tables to their first rows: their rows are others now."""
        self._places.clear()
        self.scene = replace(self.scene, open_line=None)

    def _place(self) -> Place:
        return self._places.of(self.scene.panel)

    def _put(self, cursor: int, *, is_chosen: bool = False) -> None:
        name = self.scene.panel
        count = max(panels.row_count(self.picture(), self.panel_width), self.last_row + 1)
        place = self._places.put(name, cursor, count, max(1, self.panel_height - _TITLES))
        if is_chosen:
            row = table.row_at(self.picture(), place.cursor) if BY_NAME[name].is_table else None
            self._places.stay_at(name, None if row is None else row.key)
