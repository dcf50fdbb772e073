"""Fills the window of a live run that begins at the ends of its logs."""

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
    """Called with the engine of a run that has just begun.

    Args:
        settings: Of the run.
        beginning: Knows where its logs ended then.
        formats: Of its files.
        select: Takes out lines that are not to be counted; None: all are.
        stopping: Whether the user wants no more.
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
        """What the user is told."""

    def __call__(self, engine: MetricsAggregator) -> None:
        """Fill its window."""
        self.notice = self._backfill.fill(engine, self._seen)
