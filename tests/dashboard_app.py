"""The dashboard on a finished log, without a terminal: a real replay, real recent rows, the real app."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from textual import widgets
from textual.pilot import Pilot

from http_monitor.alerts import default_alerts
from http_monitor.cli.run import replay_run
from http_monitor.clock import ReplayClock
from http_monitor.dashboard.app import DashboardApp
from http_monitor.dashboard.canvas import Canvas
from http_monitor.dashboard.controls import Player
from http_monitor.dashboard.options import AppOptions
from http_monitor.dashboard.state.answers import ShownLine
from http_monitor.dashboard.state.facts import Facts
from http_monitor.dashboard.state.fold import fold
from http_monitor.filtering.masks import check_patterns
from http_monitor.filtering.reading import read_expression
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.views import FoundLine
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from http_monitor.report import Message
from http_monitor.settings import Settings
from http_monitor.sources.replay import ReplayFile
from http_monitor.units import US_PER_S
from http_monitor.waker import Waker
from tests.reference.families import family_of


@dataclass
class Told:
    """Keeps the messages of a run."""

    messages: list[Message] = field(default_factory=list)

    def publish(self, message: Message) -> None:
        self.messages.append(message)


class RecordedRun:
    """A `dashboard.controls.Run` of a log that was read to its end.

    Args:
        path: The log, in a format that `name` names.
        name: The format.
        recent_s: Seconds of rows that are held.
    """

    def __init__(self, path: Path, name: str = "auto", recent_s: int = 3_600) -> None:
        self.path = path
        settings = Settings(files=(str(path),), replay=True, format=name)
        self.rows = RecentRows(recent_s * US_PER_S, 64 << 20)
        self.views = RecentViews(self.rows, lambda agent: family_of(agent).browser)
        told = Told()
        hub = Hub([told])
        hub.join_stream(self.rows)
        entry = Input(ReplayFile(str(path)), get_format(name), settings.max_ahead_s * US_PER_S, explain)
        run = replay_run(settings, [entry], hub, default_alerts(settings))
        HTTPMonitor(run, ReplayClock()).run(Waker())
        run.close()
        held = self.rows.held()
        known = Facts(
            path.name,
            name,
            settings.window_s,
            recent_s,
            is_replay=True,
            phase="finished",
            clock_us=held.upto_us or 0,
            now_us=held.upto_us,
        )
        self.told = fold(known, told.messages)
        self.is_stopped = False
        self.is_ended = False

    @property
    def player(self) -> Player | None:
        return None

    def facts(self) -> Facts:
        return self.told

    def read_lines(self, rows: Sequence[FoundLine]) -> list[ShownLine]:
        data = self.path.read_bytes()
        return [ShownLine(row, data[row.offset : data.index(b"\n", row.offset)]) for row in rows]

    def check_filter(self, expression: str) -> None:
        check_patterns(read_expression(expression))

    def stop(self) -> None:
        self.is_stopped = True


def app_of(run: RecordedRun, directory: Path | None = None, refresh_per_s: float = 1.0) -> DashboardApp:
    """Return the app for a run, with clocks that cost nothing."""
    options = AppOptions(
        lambda: 0,
        lambda: 0,
        refresh_per_s,
        "" if directory is None else str(directory),
        None if directory is None else str(directory / "views.toml"),
        run.told.window_s,
    )
    return DashboardApp(run, run.views, options)


def rows_of(app: DashboardApp, region: str) -> list[str]:
    """Return what a region shows, as text."""
    canvas = app.main.query_one(f"#{region}", Canvas)
    return [canvas.render_line(y).text.rstrip() for y in range(canvas.size.height)]


def screen_of(app: DashboardApp) -> str:
    """Return what all regions show, as text."""
    return "\n".join(line for region in ("header", "chart", "bar", "panel", "footer") for line in rows_of(app, region))


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, each after the screen shows what the one before led to."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def enter(pilot: Pilot[None], text: str) -> None:
    """Enter a text in the prompt that is open, in place of what stands there."""
    app = pilot.app
    assert isinstance(app, DashboardApp)
    app.main.query_one("#prompt", widgets.Input).value = text
    await press(pilot, "enter")


async def settle(pilot: Pilot[None]) -> None:
    """Wait until the newest question is answered, and its answer is painted."""
    app = pilot.app
    assert isinstance(app, DashboardApp)
    await pilot.pause()
    while not app.asker.is_idle:
        await pilot.pause()
    await pilot.pause()
