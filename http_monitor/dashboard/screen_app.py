"""The life of the dashboard as a Textual app: frames, answers, signals, the end."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from textual.app import App, SystemCommand
from textual.events import Resize
from textual.screen import Screen

from http_monitor.dashboard.canvas import Canvas
from http_monitor.dashboard.controls import Run
from http_monitor.dashboard.driver import set_title, stdout_driver
from http_monitor.dashboard.keys import KEYS
from http_monitor.dashboard.main_screen import MainScreen
from http_monitor.dashboard.options import AppOptions
from http_monitor.dashboard.painter import Painter
from http_monitor.dashboard.palettes import choose_palette
from http_monitor.dashboard.prompts import Prompt, Prompts
from http_monitor.dashboard.state.answers import Answers
from http_monitor.dashboard.state.asker import Asker
from http_monitor.dashboard.state.question import lines_key, table_key
from http_monitor.dashboard.steering import Steering
from http_monitor.ports.views import Views

_FIRST_FRAME_S = 0.05


class ScreenApp(App[None]):
    """Shows a run until the user leaves it, a signal comes, or a live run ends.

    Args:
        run: The run.
        views: Answers about the rows that are held.
        options: How it is shown.
    """

    TITLE = "http_monitor"
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, run: Run, views: Views, options: AppOptions) -> None:
        super().__init__(driver_class=stdout_driver())
        self.main = MainScreen()
        """The screen with the regions; the palette may be above it."""
        self.run_ = run
        self._options = options
        self._main_loop: asyncio.AbstractEventLoop | None = None
        self.steering = Steering(run.facts(), options.chips)
        self.painter = Painter(self.steering, options)
        self.prompts = Prompts(self.steering, run, views, options)
        self.prompt: Prompt | None = None
        self.fault = ""
        """Why what was entered was not done."""
        self.asker = Asker(
            views, run.read_lines, self._answered, options.running_us, options.cpu_us, options.refresh_per_s
        )
        self.is_help_shown = False
        self._waiting: deque[tuple[Callable[..., None], tuple[object, ...], bool]] = deque()
        """What keys do that waits for rows, in order."""
        self.is_bell_on = True
        self.is_mouse_on = False
        self._active = 0
        self.crash: BaseException | None = None
        """What ended the app unexpectedly; None: nothing did."""

    def get_default_screen(self) -> Screen[Any]:
        """Return the screen below all others."""
        return self.main

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield all that keys do, for the palette."""
        del screen
        for key in KEYS:
            action = key.action
            if action not in ("command_palette", "panel"):
                words = f"{key.words[0].upper()}{key.words[1:]}"
                yield SystemCommand(words, f"key {key.shown}", lambda action=action: self._run_by_name(action))
        for panel in self.steering.panels:
            yield SystemCommand(
                f"Show {panel.title}", f"panel {panel.digit}".strip(), lambda name=panel.name: self._show(name)
            )

    def on_ready(self) -> None:
        """Paint at once; ask and renew from then on."""
        self._main_loop = asyncio.get_running_loop()
        self._main_loop.set_exception_handler(self._handle_failed_call)
        self.colour()
        self.asker.start()
        self.paint()
        self.set_timer(_FIRST_FRAME_S, self.frame)
        self.set_interval(1 / self._options.refresh_per_s, self.frame)
        self.call_after_refresh(self._options.on_first_paint)

    def on_unmount(self) -> None:
        """Stop asking."""
        self.asker.stop()

    def on_resize(self, event: Resize) -> None:
        """Paint for the new size."""
        self.painter.resize(event.size.width, event.size.height)
        if self._main_loop is None:
            return
        self.paint()
        self._ask()

    def frame(self) -> None:
        """Renew the screen."""
        if self.asker.failure is not None:
            raise self.asker.failure
        facts = self.run_.facts()
        if self.run_.is_ended and not facts.is_replay and not facts.failure:
            self.exit()
            return
        if not self.steering.scene.is_paused:
            self.steering.learn(facts)
            self._ask()
        self._warn(len(facts.active))
        self.paint()

    def paint(self) -> None:
        """Show the state as it is."""
        if not self.screen_stack or not self.main.children:
            # An answer may come when the screen was left.
            return
        painted = self.painter.paint(self.prompt, self.fault, is_help_shown=self.is_help_shown)
        for name, rows in painted.items():
            canvas = self.main.query_one(f"#{name}", Canvas)
            if canvas.styles.height is None or canvas.styles.height.value != len(rows):
                canvas.styles.height = len(rows)
            canvas.show(rows)

    def leave(self) -> None:
        """Stop the run and end the app; may be called in any thread."""
        self.run_.stop()
        if self._main_loop is not None:
            self._main_loop.call_soon_threadsafe(self.exit)

    def _answered(self, answers: Answers, is_urgent: bool) -> None:
        """Take answers, in the asker's thread."""
        if self._main_loop is not None:
            self._main_loop.call_soon_threadsafe(self._receive, answers, is_urgent)

    def _receive(self, answers: Answers, is_urgent: bool) -> None:
        if self.steering.scene.is_paused and not is_urgent:
            return
        self.steering.receive(answers)
        self.work_off()
        if is_urgent:
            self.paint()

    def work_off(self) -> None:
        """Do what waits for rows."""
        raise NotImplementedError

    @property
    def has_current_rows(self) -> bool:
        """Whether the rows of the panel are those of the present question, or none will come."""
        answers, question = self.steering.answers, self.painter.question()
        if answers.filter_fault or answers.held.since_us is None or self.asker.failure is not None:
            return True
        if question.lines:
            return answers.lines is not None and answers.lines.key == lines_key(question)
        if self.steering.scene.panel not in {asked.dimension for asked in question.tables}:
            return True
        answer = answers.tables.get(self.steering.scene.panel)
        return answer is not None and answer.key == table_key(question.tables[0], question)

    def _ask(self) -> None:
        self.asker.ask(self.painter.question())

    def _say(self, message: str) -> None:
        self.steering.message = message
        self.paint()

    def changed(self) -> None:
        """Show what a key press changed at once, and ask for what belongs to it."""
        self._ask()
        self.paint()

    def _warn(self, active: int) -> None:
        """Say in the title of the terminal how many alerts are active; ring at a raise."""
        if active != self._active:
            if active > self._active and self.is_bell_on:
                self.bell()
            self._active = active
            set_title(self._driver, self.steering.facts.title, active)

    def colour(self) -> None:
        """Show everything in the colours of the theme."""
        theme = self.steering.scene.theme
        self.theme = f"textual-{theme}"
        palette, is_ansi = choose_palette(theme, self.console.color_system)
        self.ansi_color = is_ansi
        for canvas in self.main.query(Canvas):
            canvas.colour(palette)

    def _show(self, name: str) -> None:
        self.steering.show_panel(name)
        self.changed()

    def _handle_exception(self, error: Exception) -> None:
        """End without a traceback, which would show text of the log; the caller of the app has its own words."""
        if self.crash is None:
            self.crash = error
        self._return_code = 1
        if self._exception is None:
            # For the test framework of Textual.
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def _handle_failed_call(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """End likewise for a call of another thread that failed, which would be logged."""
        del loop
        error = context.get("exception")
        if isinstance(error, Exception):
            self._handle_exception(error)

    def panic(self, *renderables: object) -> None:
        """End without a traceback likewise: a thread of Textual failed."""
        del renderables
        if self.crash is None:
            self.crash = RuntimeError("a thread of the screen failed")
        self._return_code = 1
        self._close_messages_no_wait()

    async def _run_by_name(self, action: str) -> None:
        await self.run_action(f"app.{action}")
