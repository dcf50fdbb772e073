"""The run that the dashboard shows, in a thread of its own."""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from http_monitor.cli.dashboard.front import DashboardFront
from http_monitor.cli.dashboard.late_views import LateViews
from http_monitor.cli.signals import Stop
from http_monitor.clock import WallClock
from http_monitor.dashboard.controls import Player
from http_monitor.dashboard.state.answers import ShownLine
from http_monitor.dashboard.state.facts import Facts
from http_monitor.dashboard.state.fold import fold, phase_of
from http_monitor.errors import HttpMonitorError
from http_monitor.hub.latest_mailbox import Newest
from http_monitor.ports.views import FoundLine
from http_monitor.report import Message
from http_monitor.settings import Settings
from http_monitor.units import visible_text

if TYPE_CHECKING:
    from http_monitor.cli.dashboard.lines import ShownLines
    from http_monitor.cli.fronts.front import Front
    from http_monitor.display.text import Display
    from http_monitor.monitor.playing.player import Player as ReplayPlayer

_MAX_NAMES = 3


class DashboardRun:
    """A `dashboard.controls.Run`. Owned by the screen's thread, but for what runs in its own.

    Args:
        settings: The settings of the run.
        stop: Ends it.
        monitor: Monitors to the end, showing the run to a front.
        display: Will print the summary.
    """

    def __init__(self, settings: Settings, stop: Stop, monitor: "Callable[[Front], int]", display: "Display") -> None:
        self.views = LateViews()
        """Answers about the rows that are held."""
        self.error: BaseException | None = None
        """What ended the thread early; None: nothing did."""
        self.code = 0
        """The exit code of the run, once it has ended."""
        self.when_ended: Callable[[], None] = lambda: None
        """Called in its thread when it has ended."""
        self._settings = settings
        self._stop = stop
        self._monitor = monitor
        self._clock = WallClock()
        self._player = _player(stop, self._clock) if settings.replay else None
        self._front = DashboardFront(settings, self.views, display, self._player)
        self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)
        self._is_ended = False
        self._facts = Facts(
            title_of(settings),
            window_s=settings.window_s,
            recent_s=settings.recent_s,
            is_replay=settings.replay,
        )
        self._events_dropped = 0
        self._lines: ShownLines | None = None

    @property
    def player(self) -> Player | None:
        """Plays a replay; None: the run is live."""
        return self._player

    @property
    def is_ended(self) -> bool:
        """Whether the thread has ended, or will not begin any more."""
        return self._is_ended

    @property
    def front(self) -> DashboardFront:
        """What the run is shown to."""
        return self._front

    def begin(self) -> None:
        """Start the thread, unless a signal has come before."""
        if self._stop.is_requested():
            self._is_ended = True
            self.when_ended()
        else:
            self._thread.start()

    def facts(self) -> Facts:
        """Return what is known now."""
        is_ended = self._is_ended
        newest = self._front.mailbox.drain()
        facts = fold(self._facts, _new(newest, self._facts), newest.events_dropped - self._events_dropped)
        self._events_dropped = newest.events_dropped
        now_us, player = self._front.now_us, self._player
        facts = replace(
            facts,
            format=self._front.format,
            now_us=now_us,
            clock_us=self._clock.now_us() if player is None else player.reached_us or now_us or 0,
            pace="" if player is None else player.pace,
            reading_back_to_us=None if is_ended else self._front.reading_back_to_us,
            failure=_words(self.error),
        )
        is_paused = player is not None and player.is_paused
        self._facts = replace(facts, phase=phase_of(facts, is_ended=is_ended, is_paused=is_paused))
        return self._facts

    def read_lines(self, rows: Sequence[FoundLine]) -> list[ShownLine]:
        """Read the lines of rows again. Called in one thread, not the screen's."""
        if self._lines is None:
            from http_monitor.cli.dashboard.lines import ShownLines

            self._lines = ShownLines(self._settings)
        return self._lines.read(rows)

    def check_filter(self, expression: str) -> None:
        """Raise UsageError for a malformed expression; its text names the column."""
        from http_monitor.filtering.masks import check_patterns
        from http_monitor.filtering.reading import read_expression

        check_patterns(read_expression(expression))

    def stop(self) -> None:
        """Ask the run to end; its thread then ends soon."""
        if not self._stop.is_requested():
            self._stop.request()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self.code = self._monitor(self._front)
        except BaseException as error:  # noqa: BLE001 - the main thread raises it when the screen is gone
            self.error = error
        finally:
            self._is_ended = True
            self.when_ended()


def _player(stop: Stop, clock: WallClock) -> "ReplayPlayer":
    from http_monitor.monitor.playing.player import Player as ReplayPlayer

    return ReplayPlayer(stop.waker.wake, clock)


def title_of(settings: Settings) -> str:
    """Return the name of the file or the names of the servers, sanitised; the number of files if there are more."""
    servers = [settings.server_of(file) for file in settings.files]
    paths = [file if (given := settings.given_file(file)) is None else given.path for file in settings.files]
    names = dict.fromkeys(server or os.path.basename(path) or path for server, path in zip(servers, paths, strict=True))
    if len(settings.files) > _MAX_NAMES or (len(names) > 1 and not all(servers)):
        return f"{len(settings.files):,} files"
    return visible_text(", ".join("standard input" if name == "-" else name for name in names))


def _new(newest: Newest, facts: Facts) -> list[Message]:
    """Return the messages that are not folded yet, events before the report of their time."""
    messages: list[Message] = [*newest.notices, *newest.events]
    kept = ((newest.report, facts.report), (newest.pulse, facts.pulse), (newest.summary, facts.summary))
    return messages + [now for now, before in kept if now is not None and now is not before]


def _words(error: BaseException | None) -> str:
    if error is None:
        return ""
    # Messages of other errors may contain text of a log.
    return visible_text(str(error)) if isinstance(error, HttpMonitorError) else f"{type(error).__name__}, a bug"
