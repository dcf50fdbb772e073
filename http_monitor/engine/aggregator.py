"""The heart: rows in, closed buckets, alert events and reports out, in event time (DESIGN §3)."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.frame import WINDOW_DIMENSIONS, Frame
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.keys import Numberings
from http_monitor.counting.malformed_lines import NOT_CLOSED, malformed_between
from http_monitor.counting.numbering import numbered
from http_monitor.counting.window import SlidingWindow
from http_monitor.engine.alert_tracker import AlertTracker
from http_monitor.engine.close_prefilter import Prefilter, prefilter
from http_monitor.engine.late_rows import LateGroup, late_groups
from http_monitor.engine.reporter import Reporter
from http_monitor.engine.row_stream import RowStream
from http_monitor.engine.state import EngineState
from http_monitor.eventtime.lateness import Decisions, Moment, decide
from http_monitor.eventtime.rows import MALFORMED, NEVER_US, Rows
from http_monitor.health import Health
from http_monitor.ports.agent import ClassifyAgent
from http_monitor.ports.alert import Alert
from http_monitor.ports.stream import StreamListener
from http_monitor.records import Int64s, Json
from http_monitor.report import Message, Mode, Summary
from http_monitor.settings import Settings

_MOST_INTERVALS = 1_000


class MetricsAggregator:
    """Counts rows into buckets, closes what is due, judges the window, and publishes what is to be told.

    Owned by the monitor's thread. Its time is the greatest time it was shown, never a clock. Results depend
    on the rows and their order only, not on how they were cut into batches.
    """

    def __init__(
        self,
        settings: Settings,
        mode: Mode,
        publish: Callable[[Message], None],
        *,
        classify: ClassifyAgent | None = None,
    ) -> None:
        """Begin.

        Args:
            settings: lengths, caps and the number of rows in a report.
            mode: what reports say they are.
            publish: takes alert events and reports, in order.
            classify: tells the families of the agents in a report; None: they are not told.
        """
        self._settings = settings
        self._mode: Mode = mode
        self._reporter = Reporter(settings, mode, classify)
        self._state = EngineState(settings, self._reporter)
        self._lengths, self._open = self._state.lengths, self._state.open
        self._tally, self._tracker = self._state.tally, self._state.tracker
        self._publish = publish
        self._stream: RowStream | None = None
        self._numberings = Numberings()
        # Where nobody judges them, malformed lines belong to no bucket.
        self._buckets_malformed = settings.alert_malformed is not None
        # The alerts have been judged since they or the lengths were given.
        self._settled = False
        self._report_empty = False
        self._catching_up = False

    @property
    def now_us(self) -> int:
        """The greatest time it was shown; `NEVER_US` before the first."""
        return self._state.now_us

    @property
    def first_us(self) -> int:
        """The least accepted time; far in the future before the first."""
        return self._reporter.first_us

    @property
    def last_us(self) -> int:
        """The greatest accepted time; `NEVER_US` before the first."""
        return self._reporter.last_us

    @property
    def watermark_us(self) -> int | None:
        """Before that only late rows will still come; None: no bucket has closed yet."""
        return self._state.following_us if self._state.has_begun else None

    @property
    def report_empty(self) -> bool:
        """Live and caught up: intervals without anything in them are reported too."""
        return self._report_empty

    @property
    def open_buckets(self) -> int:
        """How many buckets with rows have not closed yet."""
        return len(self._open)

    @property
    def open_intervals(self) -> int:
        """How many intervals with rows have not been reported yet."""
        return len(self._reporter.starts)

    @property
    def has_begun(self) -> bool:
        """Whether a bucket has closed, or counts as closed."""
        return self._state.has_begun

    @property
    def window(self) -> SlidingWindow:
        """The window at the last bucket that closed."""
        return self._state.window

    @property
    def tracker(self) -> AlertTracker:
        """Who remembers which alerts are raised."""
        return self._tracker

    def health(self) -> Health:
        """Return where every line passed on so far went; what inputs have counted is not in it."""
        return self._tally.before_look(None)

    def begin_at(self, time_us: int) -> None:
        """Begin live at the end of a file: now is that time, and the buckets before it count as closed."""
        self._state.now_us = time_us
        self._begin_at(time_us)

    def publish_to(self, publish: Callable[[Message], None]) -> None:
        """Let another take alert events and reports from now on: the state was restored, and goes on live."""
        self._publish = publish
        self._report_empty = self._catching_up = False

    def stream_to(self, listener: StreamListener) -> None:
        """Let another take the accepted rows from now on; without one no frame is made."""
        self._stream = RowStream(listener)

    def catch_up(self, is_behind: bool) -> None:
        """Say whether what comes live is a backlog: its reports say so, and empty intervals are not reported."""
        self._report_empty, self._catching_up = not is_behind, is_behind

    def register(self, alert: Alert) -> None:
        """Judge every closed bucket's window by this rule too."""
        self._tracker.register(alert)
        self._settled = False

    def add(self, rows: Rows, *, greatest_us: int, cap_us: int) -> None:
        """Count rows, and after each of them close what is due.

        Args:
            rows: in the order in which they count.
            greatest_us: the greatest time of this input before these rows, `NEVER_US` for none.
            cap_us: the position of the other inputs and the wall clock: now does not go beyond it yet.
        """
        self._tally.add_lead(rows)
        if self._buckets_malformed:
            self._count_malformed_lead(rows)
        if not len(rows):
            return
        frame = Frame.of(rows, self._numberings)
        for part in _parts(rows.time_us // self._lengths.interval_us):
            piece = rows.part(part.start, part.stop)
            self._count(piece, frame.take(part), greatest_us, cap_us)
            greatest_us = max(greatest_us, int(piece.time_us.max()))
        frame.release()

    def _count(self, rows: Rows, frame: Frame, greatest_us: int, cap_us: int) -> None:
        moment = Moment(self._state.now_us, self._state.closed_us, self._open.first_us)
        decisions = decide(rows, self._lengths, moment, greatest_us, cap_us)
        self._state.now_us = decisions.now_us
        self._tally.begin(rows, decisions.late, decisions.too_late)
        self._note_lateness(decisions)
        if self._stream is not None:
            self._stream.begin(rows, frame, decisions)
        self._reporter.count(frame, rows.time_us, decisions)
        self._count_buckets(frame, decisions)
        closing = decisions.closing
        late_between = late_groups(frame, decisions, closing)
        bad_between: dict[int, list[tuple[int, int]]] = {}
        if self._buckets_malformed:
            bad_between = malformed_between(rows, decisions, closing)
            # Those of buckets that are open still when they come.
            self._count_malformed(bad_between.pop(NOT_CLOSED, ()))
        turn = 0
        for until in sorted({*late_between, *bad_between, len(closing)}):
            if until > turn:
                rows_closing = closing[turn:until]
                due = decisions.due[rows_closing]
                self._close_until(int(due[-1]), (due, rows_closing))
                turn = until
            self._count_late(late_between.get(until, ()))
            self._count_malformed(bad_between.get(until, ()))
        if self._stream is not None:
            self._stream.end()
        self._tally.end()

    def add_delta(self, delta: BucketDelta) -> None:
        """Count the sums of rows of one bucket that another engine accepted; `advance` closes what is due.

        A bucket that has closed here is corrected, as by late rows. Tables are cut again, and the error bounds add up.
        """
        lengths, state = self._lengths, self._state
        late = state.has_begun and delta.start_us <= state.closed_us
        too_late = late and delta.start_us < state.following_us - lengths.window_us
        interval_end_us = lengths.interval_of(delta.start_us) + lengths.interval_us
        passed = late and interval_end_us <= state.following_us
        self._tally.merge(delta.hits, late=late, too_late=too_late)
        self._reporter.merge(delta, passed=passed)
        if not late:
            self._open.merge(delta)
        elif not too_late:
            state.changed = True
            state.window.merge_late(delta, self._settings.max_keys)

    def advance(self, now_us: int) -> None:
        """Move now on, and close what is due by it."""
        if now_us > self._state.now_us:
            self._state.now_us = now_us
            due_us = self._lengths.due_at(now_us)
            first_us = self._open.first_us
            if not self._state.has_begun and first_us is None and self.report_empty:
                # There was nothing to catch up with: it begins here, like from the end of a file.
                self._begin_at(due_us + self._lengths.bucket_us)
            elif self._state.has_begun or (first_us is not None and due_us >= first_us):
                self._close_until(due_us)

    def finish(self) -> None:
        """End a replay: close the buckets up to that of the greatest time, report the open interval."""
        if self.last_us == NEVER_US:
            return
        last_bucket_us = self._lengths.bucket_of(self.last_us)
        if last_bucket_us > self._state.closed_us and (len(self._open) or self._state.has_begun):
            self._close_until(last_bucket_us)
        for start_us in self._reporter.starts:
            self._report(start_us, self._tally.before_look(None))
        if self._reporter.has_news:
            self._report(
                self._lengths.interval_of(max(self._state.closed_us, self.last_us)), self._tally.before_look(None)
            )

    def stop(self) -> None:
        """End at once: close no bucket, judge nothing, report what is open as partial."""
        lengths = self._lengths
        starts = set(self._reporter.starts)
        if self._mode == "live" and self._state.now_us != NEVER_US:
            known_us = min(starts, default=self._state.now_us)
            open_us = self._state.following_us if self._state.has_begun else known_us
            first_us = lengths.interval_of(min(open_us, self._state.now_us))
            starts.update(range(first_us, self._state.now_us + 1, lengths.interval_us))
        elif not starts and self._reporter.has_news:
            known_us = self._state.following_us if self._state.has_begun else self.last_us
            starts.add(lengths.interval_of(known_us))
        for start_us in sorted(starts):
            self._report(start_us, self._tally.before_look(None), partial=True)

    def restart_at(self, now_us: int) -> None:
        """Follow a wall clock that was set back by more than the window: close all, empty the window."""
        last_us, report_empty = self._open.last_us, self.report_empty
        if last_us is not None:
            if self._state.has_begun:
                self._close_until(min(last_us, self._lengths.bucket_of(self._state.now_us)))
            # A line of the year 2099 may be waiting; that nothing came until then is no news.
            self._report_empty = False
            self._close_until(last_us)
            self._report_empty = report_empty
        for start_us in self._reporter.starts:
            self._report(start_us, self._tally.before_look(None))
        self._state.now_us = now_us
        self._begin_at(now_us)
        self._state.changed = True

    def summary(self) -> Summary:
        """Return the whole run."""
        return self._reporter.summary(self._tracker.raises, self._tracker.active(), self._tally.before_look(None))

    def save(self) -> Generator[Json, None, None]:
        """Yield everything that later results depend on, as JSON, part by part; nothing may be counted meanwhile."""
        return self._state.save()

    def load(self, parts: Iterable[Json]) -> None:
        """Go on where another with the same lengths was saved; this one must be new, its rules registered.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        self._state.load(parts)

    def load_counters(self, parts: Iterable[Json]) -> None:
        """Go on with the counters of another with other lengths; window and alerts start empty.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        self._state.load_counters(parts)

    def next_report_us(self) -> int:
        """Return when, by the clock, the interval that is open now will be reported."""
        state = self._state
        open_us = state.following_us if state.has_begun else max(state.now_us, 0)
        return self._lengths.interval_of(open_us) + self._lengths.interval_us + self._lengths.lateness_us

    def _begin_at(self, time_us: int) -> None:
        """Let the buckets before that time count as closed, and the window be empty."""
        self._settled = False
        self._state.begin_at(time_us)

    def _note_lateness(self, decisions: Decisions) -> None:
        missed = np.flatnonzero(decisions.late)
        if len(missed):
            # So long before the row came had its bucket ended, rounded up to buckets.
            gap_us = decisions.closed_before[missed] - decisions.bucket_of[missed]
            self._tally.begin_lateness(missed, gap_us + self._lengths.lateness_us + self._lengths.bucket_us)

    def _count_buckets(self, frame: Frame, decisions: Decisions) -> None:
        wanted, bucket_of = ~decisions.late, decisions.bucket_of
        if not wanted.any():
            return
        starts, group_of = numbered(bucket_of if wanted.all() else bucket_of[wanted], self._lengths.bucket_us)
        groups = FrameGroups(frame.take_if(wanted).only(WINDOW_DIMENSIONS), group_of, len(starts))
        self._open.add(groups, starts)

    def _count_late(self, late: Sequence[LateGroup]) -> None:
        """Add late rows to the buckets that had closed, and so to the window, if they are in it."""
        for groups, group, start_us, passed in late:
            if start_us != NEVER_US:
                self._state.changed = True
                self._state.window.add_late(groups, group, start_us, self._settings.max_keys)
            if passed:
                self._reporter.count_late(groups, group)

    def _count_malformed_lead(self, rows: Rows) -> None:
        """Count malformed lines in front of rows in the bucket of the line accepted before them, if it is there yet."""
        count = rows.lead[MALFORMED]
        if count and rows.lead_us != NEVER_US:
            start_us = self._lengths.bucket_of(rows.lead_us)
            if self._state.window.knows(start_us) or self._open.knows(start_us):
                self._count_malformed([(start_us, count)])

    def _count_malformed(self, found: Sequence[tuple[int, int]]) -> None:
        """Add malformed lines to buckets: (start, how many)."""
        for start_us, count in found:
            is_closed = self.has_begun and start_us <= self._state.closed_us
            if self._state.window.add_malformed(start_us, count, is_closed=is_closed):
                self._state.changed = True

    def _close_until(self, due_us: int, brought_by: tuple[Int64s, Int64s] | None = None) -> None:
        """Close, in order, every bucket up to the one that starts at `due_us`.

        Args:
            due_us: the last one to close.
            brought_by: the rows that bring the closes about, each with the last bucket it closes: (buckets, rows).
        """
        if self._stream is not None and brought_by is not None:
            self._stream.closing(*brought_by)
        ahead = None
        while self._state.closed_us < due_us:
            # Where the window is empty, the next bucket with hits can be gone to at once.
            unknown = ahead is None or ahead.last_us <= self._state.closed_us
            if unknown and self._settled and not self._state.changed and self._state.window.oldest_us is not None:
                ahead = prefilter(self._state.window, self._tracker, self._open, due_us, self._lengths.bucket_us)
            bucket_us = min(self._next_close(ahead), due_us)
            # The interval that ends with it may be all there is to be told.
            foreseen = ahead is not None and bucket_us <= ahead.last_us and not ahead.marks(bucket_us)
            self._close(bucket_us, foreseen=foreseen)
            end_us = bucket_us + self._lengths.bucket_us
            if end_us % self._lengths.interval_us == 0:
                self._pass_interval(end_us - self._lengths.interval_us, brought_by)

    def _next_close(self, ahead: Prefilter | None) -> int:
        """Return the next bucket whose close can change or tell anything; those before it cannot."""
        if not self._state.has_begun:
            first_us = self._open.first_us
            assert first_us is not None
            return first_us
        following_us = self._state.following_us
        if self._state.changed:
            return following_us
        candidates = [-NEVER_US]
        if ahead is not None and ahead.last_us > self._state.closed_us:
            candidates.append(ahead.next_from(following_us))
        else:
            first_us = self._open.first_us
            if first_us is not None:
                candidates.append(first_us)
            if self._state.window.oldest_us is not None:
                candidates.append(self._state.window.oldest_us + self._lengths.window_us)
        # An interval is told of at the close of its last bucket.
        to_last_us = self._lengths.interval_us - self._lengths.bucket_us
        if self._reporter.next_start_us is not None:
            candidates.append(self._reporter.next_start_us + to_last_us)
        if self.report_empty or self._reporter.has_news:
            candidates.append(self._lengths.interval_of(following_us) + to_last_us)
        return max(following_us, min(candidates))

    def _close(self, bucket_us: int, *, foreseen: bool) -> None:
        """Close that bucket, and those before it, whose closes change nothing.

        Args:
            bucket_us: its start.
            foreseen: rules that foresee have said that nothing changes for them.
        """
        end_us = bucket_us + self._lengths.bucket_us
        self._state.closed_us = bucket_us
        changed = self._state.changed
        self._state.changed = False
        window_us = end_us - self._lengths.window_us
        closed = self._open.close(bucket_us, window_us)
        for bucket in closed:
            self._state.window.append(bucket)
            changed = True
        if (self._state.window.move_to(end_us) or changed) and not (foreseen and self._tracker.foresees_all):
            for event in self._tracker.judge(self._state.window, end_us, foreseen=foreseen):
                self._reporter.count_event()
                self._tell(event)
            self._settled = True

    def _pass_interval(self, start_us: int, brought_by: tuple[Int64s, Int64s] | None) -> None:
        if self.report_empty or self._reporter.has_hits(start_us) or self._reporter.has_news:
            row = None
            if brought_by is not None:
                buckets, rows = brought_by
                row = int(rows[np.searchsorted(buckets, self._state.closed_us)])
            self._report(start_us, self._tally.before_look(row))

    def _report(self, start_us: int, health: Health, *, partial: bool = False) -> None:
        window, active = self._state.window.totals(), self._tracker.active()
        report = self._reporter.report(
            start_us,
            window,
            active,
            health,
            partial=partial,
            catch_up=self._catching_up,
            rules=self._tracker.rules,
        )
        self._tell(report)

    def _tell(self, message: Message) -> None:
        if self._stream is not None:
            self._stream.before_message(self._state.closed_us)
        self._publish(message)


def _parts(interval_no: Int64s) -> Iterator[slice]:
    """Yield slices of rows, each of few intervals: a batch of a quiet log spans more than memory should hold open."""
    changes = np.flatnonzero(np.diff(interval_no)) + 1
    cuts: list[int] = []
    if len(changes) >= _MOST_INTERVALS and len(np.unique(interval_no)) > _MOST_INTERVALS:
        cuts = changes[_MOST_INTERVALS - 1 :: _MOST_INTERVALS].tolist()
    for start, stop in pairwise([0, *cuts, len(interval_no)]):
        yield slice(start, stop)
