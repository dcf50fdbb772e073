"""Fills the window of a live run that starts at the ends of its logs."""

from collections.abc import Callable

from http_monitor.cli.beginning import Beginning
from http_monitor.cli.formats import Formats
from http_monitor.cli.margins import window_before
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.inputs.look import Select
from http_monitor.monitor.backfill import Backfill
from http_monitor.report import Notice
from http_monitor.settings import Settings
from http_monitor.sources.files.access import FileStatus


class WindowFill:
    """Called with the engine of a new run.

    Args:
        settings: The settings of the run.
        beginning: Knows the ends of its logs at the start.
        formats: The formats of its files.
        select: Removes rows that the filter options exclude; None: keeps all.
        stopping: Returns whether the user asked to stop.
    """

    def __init__(
        self,
        settings: Settings,
        beginning: Beginning,
        formats: Formats,
        select: Select | None,
        stopping: Callable[[], bool],
    ) -> None:
        self._seen = {path: seen for path, seen in beginning.seen.items() if isinstance(seen, FileStatus)}
        since = window_before(settings, beginning.started_us)
        self._backfill = Backfill(
            settings, beginning.clock, beginning.started_us, since, formats.of_end, select, stopping
        )
        self.notice: Notice | None = None
        """The notice for the user."""

    def __call__(self, engine: MetricsAggregator) -> None:
        """Fill the window of the engine."""
        self.notice = self._backfill.fill(engine, self._seen)
