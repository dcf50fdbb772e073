"""Shows a run by printing what it tells."""

import sys
from typing import TYPE_CHECKING

from http_monitor.cli.displays import add_chart, describe_start, make_display, progress_line, sinks_of
from http_monitor.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from http_monitor.cli.formats import Formats
    from http_monitor.display.alerts.only import AlertsDisplay
    from http_monitor.display.ndjson import NdjsonDisplay
    from http_monitor.display.text import Display
    from http_monitor.hub.hub import Hub
    from http_monitor.inputs.input import Input
    from http_monitor.monitor.past.read_back import ReadBack
    from http_monitor.monitor.run import Run
    from http_monitor.monitor.shown_run import Working
    from http_monitor.ports.sink import ReportSink


class PrintedFront:
    """Prints what a run tells: a `Front`.

    Args:
        settings: The settings of the run.
        now_us: Returns the time of notices; None: they have none.
    """

    player = None
    recent_rows = None

    def __init__(self, settings: Settings, now_us: "Callable[[], int] | None") -> None:
        from http_monitor.display.notices import Notices

        self._settings = settings
        self._notices = Notices(sys.stderr, now_us)
        self._progress = progress_line(settings)
        self._display: Display | NdjsonDisplay | AlertsDisplay | None = None

    @property
    def is_watched(self) -> bool:
        """Whether the progress is shown."""
        return self._progress is not None

    def begin(self, paths: list[str]) -> None:
        """Print the description of the run."""
        if self._settings.output == "text":
            self._notices.show(describe_start(self._settings, paths))

    def tell_formats(self, formats: "Formats") -> None:
        """Print the formats."""
        if self._settings.output == "text":
            self._notices.show(formats.banner())

    def sinks(self) -> "list[ReportSink]":
        """Return the display, preceded by what clears the progress line."""
        self._display = make_display(self._settings, self._notices)
        # With --output lines, alerts are written to the terminal too.
        is_beside = sys.stdout.isatty() or self._settings.output == "lines"
        return sinks_of(self._display, self._progress, is_beside=is_beside)

    def join(self, hub: "Hub") -> None:
        """Draw a chart of a replay."""
        if self._settings.replay and self._settings.output == "text" and self._display is not None:
            add_chart(self._display, hub)

    def prepare(self, entry: "Input") -> None:
        """Leave an input as it is."""

    def begin_read_back(self, read_back: "ReadBack") -> None:
        """Take no notice: no rows are held."""

    def show(self, run: "Working") -> "Run":
        """Return a run that shows its progress on a terminal."""
        if self._progress is None:
            return run
        from http_monitor.monitor.shown_run import ShownRun

        return ShownRun(run, self._progress)

    def close(self) -> None:
        """Leave the next output an empty line."""
        if self._progress is not None:
            self._progress.end()
        if self._display is not None:
            self._display.close()
