"""Shows a run on the dashboard: joins its listeners to the run."""

from typing import TYPE_CHECKING

from http_monitor.cli.beginning import is_read_here
from http_monitor.cli.dashboard.late_views import LateViews
from http_monitor.cli.displays import add_chart
from http_monitor.hub.latest_mailbox import LatestMailbox
from http_monitor.report import Message, Notice, Pulse, Report, Summary
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S

if TYPE_CHECKING:
    from http_monitor.cli.formats import Formats
    from http_monitor.display.text import Display
    from http_monitor.hub.hub import Hub
    from http_monitor.inputs.input import Input
    from http_monitor.monitor.past.read_back import ReadBack
    from http_monitor.monitor.playing.player import Player
    from http_monitor.monitor.run import Run
    from http_monitor.monitor.shown_run import Working
    from http_monitor.ports.sink import ReportSink
    from http_monitor.ports.stream import RowFrame
    from http_monitor.recent.recent_rows import RecentRows

_MAX_NAMES = 3
_UNKNOWN = "auto"
"""The name of a format that was not found yet."""


class DashboardFront:
    """A `cli.fronts.front.Front`. Owned by the monitor's thread; the screen's reads what has no underscore.

    Args:
        settings: The settings of the run.
        views: Will answer about the rows that are held.
        display: Will print the summary.
        player: Plays a replay; None: the run is live.
    """

    is_watched = True

    def __init__(
        self, settings: Settings, views: LateViews, display: "Display", player: "Player | None" = None
    ) -> None:
        self.mailbox = LatestMailbox()
        self.player = player
        self.ending = Ending()
        self.now_us: int | None = None
        """The greatest time of all rows so far."""
        self.format = ""
        """The formats of the first inputs, as far as they are known."""
        self.is_begun = False
        """The inputs are being read."""
        self._settings = settings
        self._views = views
        self._display = display
        self._entries: list[Input] = []
        self._rows: RecentRows | None = None
        self._read_back: ReadBack | None = None

    def begin(self, paths: list[str]) -> None:
        """Print nothing: the screen shows the run."""

    def tell_formats(self, formats: "Formats") -> None:
        """Print nothing likewise."""

    def sinks(self) -> "list[ReportSink]":
        """Return the listeners of messages."""
        return [self.mailbox, self.ending, self]

    def join(self, hub: "Hub") -> None:
        """Hold the rows of the last minutes, and answer views of them."""
        from http_monitor.cli.row_selection import browser_of
        from http_monitor.recent.recent_rows import RecentRows
        from http_monitor.recent.views import RecentViews

        settings = self._settings
        self._rows = RecentRows(settings.recent_s * US_PER_S, settings.recent_memory_bytes)
        hub.join_stream(self._rows, "recent rows")
        hub.join_rows(self, "clock of the dashboard")
        if settings.replay:
            add_chart(self._display, hub)
        self._views.become(RecentViews(self._rows, browser_of))

    def prepare(self, entry: "Input") -> None:
        """Keep the lines of an input that cannot be read again."""
        entry.locator.keeps_texts = not can_read_again(self._settings, entry.source.name)
        if len(self._entries) < _MAX_NAMES:
            self._entries.append(entry)

    @property
    def recent_rows(self) -> "RecentRows | None":
        """The rows of the last minutes."""
        return self._rows

    def begin_read_back(self, read_back: "ReadBack") -> None:
        """Note that the rows of before the run are being read."""
        self._read_back = read_back

    @property
    def reading_back_to_us(self) -> int | None:
        """The time down to which rows of before the run are read so far; None: none are being read."""
        return None if self._read_back is None else self._read_back.reading_to_us

    def show(self, run: "Working") -> "Run":
        """Return the run."""
        self.is_begun = True
        return run

    def close(self) -> None:
        """Print nothing: the summary is printed when the screen is gone."""

    def publish(self, message: Message) -> None:
        """Look at the formats from time to time."""
        if isinstance(message, Pulse | Report):
            names = (entry.format_name for entry in self._entries)
            self.format = ", ".join(dict.fromkeys(name for name in names if name != _UNKNOWN))

    def frame(self, frame: "RowFrame") -> None:
        """Note the greatest time."""
        newest_us = int(frame.time_us.max())
        self.now_us = newest_us if self.now_us is None else max(self.now_us, newest_us)


class Ending:
    """A sink that keeps what is printed when the screen is gone: the summary, and the warnings after it."""

    def __init__(self) -> None:
        self.summary: Summary | None = None
        self.warnings: list[Notice] = []

    def publish(self, message: Message) -> None:
        """Keep a message of the end."""
        if isinstance(message, Summary):
            self.summary = message
        elif isinstance(message, Notice) and self.summary is not None and message.level == "warning":
            self.warnings.append(message)


def can_read_again(settings: Settings, path: str) -> bool:
    """Return whether lines of an input can be read again where they stand."""
    from http_monitor.sources.rotation.rotated_names import is_compressed

    return path != "-" and is_read_here(settings, path) and not is_compressed(path)
