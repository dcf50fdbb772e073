"""What keys do in the app; names are those of `keys.KEYS`."""

from collections.abc import Callable

from textual.events import Click, Event, Key, MouseScrollDown, MouseScrollUp

from http_monitor.dashboard.canvas import Canvas
from http_monitor.dashboard.drawing.copying import copied_text
from http_monitor.dashboard.driver import set_mouse
from http_monitor.dashboard.entry import Entry
from http_monitor.dashboard.main_screen import ACTIONS
from http_monitor.dashboard.prompts import Kind
from http_monitor.dashboard.replay_app import ReplayApp
from http_monitor.dashboard.screen_app import ScreenApp
from http_monitor.dashboard.state.panels import BY_DIGIT
from http_monitor.dashboard.steering import ACKNOWLEDGE_LATER, EXPLAIN_LATER

_WHEEL_ROWS = 3


class DashboardApp(ReplayApp):
    """The dashboard."""

    def action_help(self) -> None:
        """Show or hide the help."""
        self.is_help_shown = not self.is_help_shown
        self.painter.help_top = 0
        self.paint()

    action_leave = ScreenApp.leave

    async def on_event(self, event: Event) -> None:
        """Do what a key does before the next one.

        Textual does it when the key has been through the widgets: of what is typed quickly, text before and behind a
        prompt would go to the wrong side of it.
        """
        if isinstance(event, Key) and not event.is_forwarded and self.screen is self.main:
            await self._take_key(event)
        else:
            await super().on_event(event)

    async def _take_key(self, event: Key) -> None:
        if self.prompt is not None and event.key not in ("enter", "escape", "ctrl+c"):
            await self.main.query_one("#prompt", Entry).take(event)
        elif self.prompt is not None and event.key == "enter":
            self._submit(self.main.query_one("#prompt", Entry).value)
        elif event.key in ACTIONS:
            await self.run_action(ACTIONS[event.key])

    async def action_back(self) -> None:
        """Close what is open, or return to now."""
        if self.prompt is not None:
            self._close_prompt()
        elif self.is_help_shown:
            self.is_help_shown = False
            self.paint()
        else:
            self._steer(self.steering.back)

    def action_freeze(self) -> None:
        """Let the screen stand still, or go on."""
        self._steer(self.steering.freeze)

    def action_theme(self) -> None:
        """Switch between light and dark."""
        self.steering.scene = self.steering.scene.in_other_theme()
        self.colour()
        self.paint()

    def action_mouse(self) -> None:
        """Switch the mouse on or off."""
        self.is_mouse_on = not self.is_mouse_on
        set_mouse(self._driver, is_on=self.is_mouse_on)
        self._say(f"mouse {'on' if self.is_mouse_on else 'off'}")

    def action_alarm(self) -> None:
        """Ring at raises, or not."""
        self.is_bell_on = not self.is_bell_on
        self._say(f"bell {'on' if self.is_bell_on else 'off'}")

    def action_next_panel(self) -> None:
        """Show the next panel."""
        self._steer(self.steering.next_panel, 1)

    def action_previous_panel(self) -> None:
        """Show the panel before."""
        self._steer(self.steering.next_panel, -1)

    def action_panel(self, digit: str) -> None:
        """Show the panel of a digit."""
        self._steer(self.steering.show_panel, BY_DIGIT[digit].name)

    def action_lines(self) -> None:
        """Show the lines."""
        self._steer(self.steering.show_panel, "lines")

    def action_alerts(self) -> None:
        """Show the alerts."""
        self._steer(self.steering.show_panel, "alerts")

    def action_health(self) -> None:
        """Show the health."""
        self._steer(self.steering.show_panel, "health")

    def action_cursor(self, step: int) -> None:
        """Move the chart's cursor."""
        self._steer(self.steering.cursor, step)

    def action_peak(self, direction: int) -> None:
        """Move the chart's cursor to a spike."""
        self._steer(self.steering.peak, direction)

    def action_select(self) -> None:
        """Begin a selection, or give it up."""
        self._steer(self.steering.select)

    def action_zoom(self, step: int) -> None:
        """Show more time (1) or less (-1)."""
        self._steer(self.steering.zoom, step)

    def action_marker(self) -> None:
        """Ask for a marker."""
        self._open_prompt("marker")

    def action_enter(self) -> None:
        """Filter by the row, open it, or end a selection."""
        self._steer(self.steering.enter, needs_rows=True)

    def action_exclude(self) -> None:
        """Exclude the row."""
        self._steer(self.steering.exclude, needs_rows=True)

    def action_unfilter(self) -> None:
        """Take off the last filter."""
        self._steer(self.steering.unfilter)

    def action_filter(self) -> None:
        """Edit the filter."""
        self._open_prompt("filter")

    def action_views(self) -> None:
        """Recall or save a named filter."""
        self._open_prompt("views")

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        if self.is_help_shown:
            self.painter.scroll_help(step)
            self.paint()
        else:
            self._steer(self.steering.move, step, needs_rows=True)

    def action_page(self, step: int) -> None:
        """Move the cursor by pages."""
        if self.is_help_shown:
            self.action_move(step * 10)
        else:
            self._steer(self.steering.page, step, needs_rows=True)

    def action_edge(self, side: int) -> None:
        """Move the cursor to the first row (-1) or the last one (1)."""
        self._steer(self.steering.edge, side, needs_rows=True)

    def action_search(self) -> None:
        """Ask what to search for."""
        self._open_prompt("search")

    def action_search_next(self, step: int) -> None:
        """Go to the next match."""
        self._steer(self.steering.search_next, step, needs_rows=True)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._steer(self.steering.sort)

    def action_reverse(self) -> None:
        """Reverse the order."""
        self._steer(self.steering.reverse)

    def action_export(self) -> None:
        """Ask where to export to."""
        self._open_prompt("export")

    def action_copy(self) -> None:
        """Copy the row or line."""
        self._steer(self._copy, needs_rows=True)

    def _copy(self) -> None:
        text = copied_text(self.steering.picture())
        if text:
            self.copy_to_clipboard(text)
        self.steering.message = "copied" if text else "there is nothing to copy"

    def action_explain(self) -> None:
        """Explain the span."""
        self._say(EXPLAIN_LATER)

    def action_acknowledge(self) -> None:
        """Acknowledge the alert."""
        self._say(ACKNOWLEDGE_LATER)

    def action_follow(self) -> None:
        """Follow new lines, or stand still."""
        self._steer(self.steering.follow)

    def _submit(self, text: str) -> None:
        """Do what was entered; a fault keeps the prompt open."""
        if self.prompt is None:
            return
        self.steering.message = ""
        kind = self.prompt.kind
        self.fault = self.prompts.submit(kind, text)
        if self.fault:
            self.paint()
            return
        self._close_prompt()
        self._ask()
        if kind == "search" and self.steering.scene.search:
            self._steer(self.steering.search_next, 0, needs_rows=True)

    def on_click(self, event: Click) -> None:
        """Put a cursor where the mouse clicked."""
        if isinstance(event.widget, Canvas) and event.widget.id is not None:
            self.painter.click(event.widget.id, event.x, event.y)
            self.changed()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Scroll the panel."""
        del event
        self.action_move(_WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Scroll the panel."""
        del event
        self.action_move(-_WHEEL_ROWS)

    def _steer(self, method: Callable[..., None], *arguments: object, needs_rows: bool = False) -> None:
        """Do what a key does, in the order of the keys.

        Args:
            method: Does it.
            arguments: Of the method.
            needs_rows: It is about a row, so it waits until the rows that the keys before led to are there.
        """
        self._waiting.append((method, arguments, needs_rows))
        self.work_off()

    def work_off(self) -> None:
        """Do what the keys pressed so far do, as far as the rows are there that they are about."""
        while self._waiting:
            method, arguments, needs_rows = self._waiting[0]
            if needs_rows and not self.has_current_rows:
                self._ask()
                break
            self._waiting.popleft()
            self.steering.message = ""
            self.is_help_shown = False
            method(*arguments)
            self.changed()

    def _open_prompt(self, kind: Kind) -> None:
        self.prompt, self.fault = self.prompts.open(kind), ""
        entry = self.main.query_one("#prompt", Entry)
        entry.value = self.prompt.text
        entry.cursor_position = len(entry.value)
        self._show_prompt(is_shown=True)

    def _close_prompt(self) -> None:
        self.prompt, self.fault = None, ""
        self._show_prompt(is_shown=False)

    def _show_prompt(self, *, is_shown: bool) -> None:
        entry = self.main.query_one("#prompt", Entry)
        entry.display = is_shown
        self.main.query_one("#question", Canvas).display = is_shown
        self.main.query_one("#footer", Canvas).display = not is_shown
        if is_shown:
            entry.focus()
        else:
            self.main.set_focus(None)
        self.paint()
