"""The heart: rows in, closed buckets, alert events and reports out, in event time (docs/ARCHITECTURE.md, "Time")."""

from collections.abc import Callable, Generator, Iterable

from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.window import SlidingWindow
from http_monitor.engine.alert_tracker import AlertTracker
from http_monitor.engine.backfill import fill_window
from http_monitor.engine.closing import Closing
from http_monitor.engine.reporter import Reporter
from http_monitor.engine.row_counter import RowCounter
from http_monitor.engine.row_stream import RowStream
from http_monitor.engine.state import EngineState
from http_monitor.eventtime.rows import Rows
from http_monitor.health import Health
from http_monitor.ports.agent import ClassifyAgent
from http_monitor.ports.alert import Alert
from http_monitor.ports.stream import RowListeners
from http_monitor.records import Json
from http_monitor.report import Message, Mode, PassedInterval, Summary
from http_monitor.settings import Settings


class MetricsAggregator:
    """Counts rows into buckets, closes the buckets that are due, judges the window, and publishes messages.

    Owned by the monitor's thread. It never reads a clock: now is the greatest time passed in. Results depend on the
    rows and their order only, not on how they were cut into batches.
    """

    def __init__(
        self,
        settings: Settings,
        mode: Mode,
        publish: Callable[[Message], None],
        *,
        classify: ClassifyAgent | None = None,
        pass_over: Callable[[PassedInterval], None] | None = None,
    ) -> None:
        """Start with nothing counted.

        Args:
            settings: lengths, caps and the number of rows in a report.
            mode: the mode shown in reports.
            publish: receives alert events and reports, in order.
            classify: returns the families of the agents in a report; None: agents are not classified.
            pass_over: receives intervals without alert events, which are then not reported; None: all are.
        """
        self._settings = settings
        self._state = EngineState(settings, Reporter(settings, mode, classify, passes_over=pass_over is not None))
        self._closing = Closing(self._state, mode, publish, pass_over)
        self._counter = RowCounter(settings, self._state, self._closing)

    @property
    def now_us(self) -> int:
        """The greatest time passed in; `NEVER_US` before the first."""
        return self._state.now_us

    @property
    def span_us(self) -> tuple[int, int]:
        """The least and the greatest accepted time; before the first the least is the greater one."""
        return self._state.reporter.first_us, self._state.reporter.last_us

    @property
    def watermark_us(self) -> int | None:
        """Rows before this time are late; None: no bucket has closed yet."""
        return self._state.following_us if self._state.has_begun else None

    @property
    def report_empty(self) -> bool:
        """Live and caught up: empty intervals are reported too."""
        return self._closing.report_empty

    @property
    def has_begun(self) -> bool:
        """Whether a bucket has closed, or counts as closed."""
        return self._state.has_begun

    @property
    def window(self) -> SlidingWindow:
        """The window as of the last bucket that closed."""
        return self._state.window

    @property
    def tracker(self) -> AlertTracker:
        """Tracks which alerts are raised."""
        return self._state.tracker

    def health(self) -> Health:
        """Return the counters of all lines passed on so far, without those of the inputs."""
        return self._state.tally.before_look(None)

    def begin_at(self, time_us: int) -> None:
        """Begin live at the end of a file: set now, and treat earlier buckets as closed."""
        self._state.now_us = time_us
        self._closing.begin_at(time_us)

    def backfill(self, parts: Iterable[Rows]) -> int:
        """Fill the window with rows from before the beginning, once, after `begin_at`; return their number.

        They are in no interval, total or counter except `backfilled`, and are first judged at the next close. No frame
        has them, but listeners that keep the rows of the window receive them.
        """
        return fill_window(self._state, self._settings, parts, self._closing.stream)

    @property
    def wants_offsets(self) -> bool:
        """Whether a listener needs the places of rows' lines."""
        return self._closing.stream is not None and self._closing.stream.wants_offsets

    def publish_to(self, publish: Callable[[Message], None]) -> None:
        """Send alert events and reports to another receiver, once the state is restored."""
        self._closing.publish_to(publish)

    def pass_backlog_over(self, pass_over: Callable[[PassedInterval], None], in_backlog: Callable[[int], bool]) -> None:
        """In a live run, report only those intervals of a backlog that have alert events; no listener needs the others.

        Args:
            pass_over: Receives the others.
            in_backlog: Returns whether an interval with that end is part of the backlog; called only while rows are a
                backlog.
        """
        self._closing.pass_backlog_over(pass_over, in_backlog)

    def stream_to(self, listeners: RowListeners) -> None:
        """Send accepted rows to listeners; no frame is made before this, or after all of them have been released."""
        self._closing.stream = RowStream(listeners)

    def catch_up(self, is_behind: bool) -> None:
        """Set whether live rows are a backlog: reports say so, and empty intervals are not reported."""
        self._closing.catch_up(is_behind)

    def register(self, alert: Alert) -> None:
        """Judge the window of every closed bucket by this rule too."""
        self._closing.register(alert)

    def add(self, rows: Rows, *, greatest_us: int, cap_us: int) -> None:
        """Count rows, and after each of them close the buckets that are due.

        Args:
            rows: in the order in which they count.
            greatest_us: the greatest time of this input before these rows, `NEVER_US` for none.
            cap_us: the position of the other inputs and the wall clock, which now must not pass yet.
        """
        self._counter.add(rows, greatest_us=greatest_us, cap_us=cap_us)

    def add_delta(self, delta: BucketDelta) -> None:
        """Count the sums of rows of one bucket that another engine accepted; `advance` closes what is due.

        Rows of a closed bucket correct it, as late rows do. Tables are cut again, and the error bounds add up.
        """
        self._counter.add_delta(delta)

    def advance(self, now_us: int) -> None:
        """Advance now, and close the buckets that are due."""
        self._closing.advance(now_us)

    def finish(self) -> None:
        """End a replay: close the buckets up to the greatest time, and report the open interval."""
        self._closing.finish()

    def stop(self) -> None:
        """End at once: close no bucket, judge nothing, report open rows as partial."""
        self._closing.stop()

    def restart_at(self, now_us: int) -> None:
        """Follow a wall clock that was set back by more than the window: close all buckets, empty the window."""
        self._closing.restart_at(now_us)

    def summary(self) -> Summary:
        """Return the summary of the whole run."""
        state = self._state
        return state.reporter.summary(state.tracker, self.health())

    def save(self) -> Generator[Json, None, None]:
        """Yield the state that later results depend on as JSON parts; nothing may be counted meanwhile."""
        return self._state.save()

    def load(self, parts: Iterable[Json]) -> None:
        """Resume from a saved state with the same lengths; this object must be new, its rules registered.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        self._state.load(parts)

    def load_counters(self, parts: Iterable[Json]) -> None:
        """Resume from the counters of a saved state with other lengths; window and alerts start empty.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        self._state.load_counters(parts)

    def next_report_us(self) -> int:
        """Return the clock time at which the open interval will be reported."""
        return self._closing.next_report_us()
