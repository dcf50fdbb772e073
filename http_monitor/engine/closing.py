"""Closes the buckets that are due: moves the window, lets the rules judge it, reports passed intervals."""

from collections.abc import Callable

import numpy as np

from http_monitor.engine.close_prefilter import Prefilter, prefilter
from http_monitor.engine.row_stream import RowStream
from http_monitor.engine.state import EngineState
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.ports.alert import Alert
from http_monitor.records import Int64s
from http_monitor.report import Message, Mode, PassedInterval


class Closing:
    """Closes buckets in order, and publishes the resulting alert events and reports.

    Owned by the monitor's thread. It never reads a clock: now is the greatest time passed in.

    Args:
        state: the counted rows.
        mode: a live run reports its open interval when it stops, even if it is empty.
        publish: receives alert events and reports, in order.
        pass_over: receives intervals without alert events, which are then not reported; None: all are.
    """

    def __init__(
        self,
        state: EngineState,
        mode: Mode,
        publish: Callable[[Message], None],
        pass_over: Callable[[PassedInterval], None] | None = None,
    ) -> None:
        self._state = state
        self._lengths, self._open, self._reporter = state.lengths, state.open, state.reporter
        self._tally, self._tracker = state.tally, state.tracker
        self._mode: Mode = mode
        self._publish = publish
        self._pass_over = pass_over
        self._may_pass: Callable[[int], bool] = lambda _: True
        self.stream: RowStream | None = None
        """Emits rows before the messages that they cause; None: there is no listener."""
        self.report_empty = False
        """Live and caught up: empty intervals are reported too."""
        self._catching_up = False
        # The alerts have been judged since they were registered and the lengths were set.
        self._settled = False

    def publish_to(self, publish: Callable[[Message], None]) -> None:
        """Send alert events and reports to another receiver, once the state is restored."""
        self._publish = publish
        self.report_empty = self._catching_up = False

    def pass_backlog_over(self, pass_over: Callable[[PassedInterval], None], in_backlog: Callable[[int], bool]) -> None:
        """In a live run, report only those intervals of a backlog that have alert events.

        Args:
            pass_over: Receives the others.
            in_backlog: Returns whether an interval with that end is part of the backlog; called only while rows are a
                backlog.
        """
        self._pass_over = pass_over
        self._may_pass = lambda end_us: self._catching_up and in_backlog(end_us)

    def catch_up(self, is_behind: bool) -> None:
        """Set whether live rows are a backlog: reports say so, and empty intervals are not reported."""
        self.report_empty, self._catching_up = not is_behind, is_behind
        if self._pass_over is not None:
            self._reporter.passes_over = is_behind

    def register(self, alert: Alert) -> None:
        """Judge the window of every closed bucket by this rule too."""
        self._tracker.register(alert)
        self._settled = False

    def begin_at(self, time_us: int) -> None:
        """Treat the buckets before `time_us` as closed, and empty the window."""
        self._settled = False
        self._state.begin_at(time_us)

    def advance(self, now_us: int) -> None:
        """Advance now, and close the buckets that are due."""
        if now_us > self._state.now_us:
            self._state.now_us = now_us
            due_us = self._lengths.due_at(now_us)
            first_us = self._open.first_us
            if not self._state.has_begun and first_us is None and self.report_empty:
                # There was no backlog, so the run begins here, as from the end of a file.
                self.begin_at(due_us + self._lengths.bucket_us)
            elif self._state.has_begun or (first_us is not None and due_us >= first_us):
                self.close_until(due_us)

    def finish(self) -> None:
        """End a replay: close the buckets up to the greatest time, and report the open interval."""
        if self._reporter.last_us == NEVER_US:
            return
        last_bucket_us = self._lengths.bucket_of(self._reporter.last_us)
        if last_bucket_us > self._state.closed_us and (len(self._open) or self._state.has_begun):
            self.close_until(last_bucket_us)
        for start_us in self._reporter.starts:
            self._report(start_us)
        if self._reporter.has_news:
            self._report(self._lengths.interval_of(max(self._state.closed_us, self._reporter.last_us)))

    def stop(self) -> None:
        """End at once: close no bucket, judge nothing, report open rows as partial."""
        lengths = self._lengths
        starts = set(self._reporter.starts)
        if self._mode == "live" and self._state.now_us != NEVER_US:
            known_us = min(starts, default=self._state.now_us)
            open_us = self._state.following_us if self._state.has_begun else known_us
            first_us = lengths.interval_of(min(open_us, self._state.now_us))
            starts.update(range(first_us, self._state.now_us + 1, lengths.interval_us))
        elif not starts and self._reporter.has_news:
            known_us = self._state.following_us if self._state.has_begun else self._reporter.last_us
            starts.add(lengths.interval_of(known_us))
        for start_us in sorted(starts):
            self._report(start_us, partial=True)

    def restart_at(self, now_us: int) -> None:
        """Follow a wall clock that was set back by more than the window: close all buckets, empty the window."""
        last_us, report_empty = self._open.last_us, self.report_empty
        if last_us is not None:
            if self._state.has_begun:
                self.close_until(min(last_us, self._lengths.bucket_of(self._state.now_us)))
            # A line of the year 2099 may be waiting; empty intervals until then are not worth a report.
            self.report_empty = False
            self.close_until(last_us)
            self.report_empty = report_empty
        for start_us in self._reporter.starts:
            self._report(start_us)
        self._state.now_us = now_us
        self.begin_at(now_us)
        self._state.changed = True

    def next_report_us(self) -> int:
        """Return the clock time at which the open interval will be reported."""
        state = self._state
        open_us = state.following_us if state.has_begun else max(state.now_us, 0)
        return self._lengths.interval_of(open_us) + self._lengths.interval_us + self._lengths.lateness_us

    def close_until(self, due_us: int, brought_by: tuple[Int64s, Int64s] | None = None) -> None:
        """Close, in order, every bucket up to the one that starts at `due_us`.

        Args:
            due_us: start of the last bucket to close.
            brought_by: the rows that cause the closes: (last bucket that each closes, rows).
        """
        if self.stream is not None and brought_by is not None:
            self.stream.expect_closes(*brought_by)
        ahead = None
        while self._state.closed_us < due_us:
            # With an empty window, closing can jump to the next bucket with hits.
            unknown = ahead is None or ahead.last_us <= self._state.closed_us
            if unknown and self._settled and not self._state.changed and self._state.window.oldest_us is not None:
                ahead = prefilter(self._state.window, self._tracker, self._open, due_us, self._lengths.bucket_us)
            bucket_us = min(self._next_close(ahead), due_us)
            # The interval that ends with it may be all there is to report.
            foreseen = ahead is not None and bucket_us <= ahead.last_us and not ahead.marks(bucket_us)
            if ahead is not None:
                self._tracker.see(ahead.take_peaks(bucket_us))
            self._close(bucket_us, foreseen=foreseen)
            end_us = bucket_us + self._lengths.bucket_us
            if end_us % self._lengths.interval_us == 0:
                self._pass_interval(end_us - self._lengths.interval_us, brought_by)

    def _next_close(self, ahead: Prefilter | None) -> int:
        """Return the next bucket whose close can change or report anything; those before it cannot."""
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
        due_us = self._tracker.due_us
        if due_us is not None:
            # The first close at or after it.
            candidates.append(-(-due_us // self._lengths.bucket_us) * self._lengths.bucket_us - self._lengths.bucket_us)
        # An interval is reported at the close of its last bucket.
        to_last_us = self._lengths.interval_us - self._lengths.bucket_us
        if self._reporter.next_start_us is not None:
            candidates.append(self._reporter.next_start_us + to_last_us)
        if self.report_empty or self._reporter.has_news:
            candidates.append(self._lengths.interval_of(following_us) + to_last_us)
        return max(following_us, min(candidates))

    def _close(self, bucket_us: int, *, foreseen: bool) -> None:
        """Close a bucket, and those before it, whose closes change nothing.

        Args:
            bucket_us: start of the bucket.
            foreseen: foreseeing rules have found no change.
        """
        end_us = bucket_us + self._lengths.bucket_us
        if not self._state.has_begun:
            self._state.window.known_us = bucket_us
        self._state.closed_us = bucket_us
        changed = self._state.changed
        self._state.changed = False
        window_us = end_us - self._lengths.window_us
        closed = self._open.close(bucket_us, window_us)
        for bucket in closed:
            self._state.window.append(bucket)
            changed = True
        due_us = self._tracker.due_us
        changed |= due_us is not None and due_us <= end_us
        if (self._state.window.move_to(end_us) or changed) and not (foreseen and self._tracker.foresees_all):
            for event in self._tracker.judge(self._state.window, end_us, foreseen=foreseen):
                self._reporter.count_event()
                self._publish_message(event)
            for notice in self._tracker.flapping.drain():
                # After all alerts of the close, so that many of them can still share a line.
                self._publish_message(notice)
            self._settled = True

    def _pass_interval(self, start_us: int, brought_by: tuple[Int64s, Int64s] | None) -> None:
        if self.report_empty or self._reporter.has_hits(start_us) or self._reporter.has_news:
            row = None
            if brought_by is not None:
                buckets, rows = brought_by
                row = int(rows[np.searchsorted(buckets, self._state.closed_us)])
            self._report(start_us, row)

    def _report(self, start_us: int, row: int | None = None, *, partial: bool = False) -> None:
        """Report an interval.

        Args:
            start_us: start of the interval.
            row: the health is that before this row of the current look; None: that after all rows.
            partial: the interval is still open.
        """
        end_us = start_us + self._lengths.interval_us
        if self._pass_over is not None and not self._reporter.has_events and self._may_pass(end_us):
            coverage, window_s = self._reporter.pass_over(start_us), self._state.window.seconds
            self._pass_over(PassedInterval(end_us, coverage, window_s, self._tracker.rules))
            return
        report = self._reporter.report(
            start_us,
            self._state.window.totals(),
            self._tracker,
            self._tally.before_look(row),
            partial=partial,
            catch_up=self._catching_up,
            last_us=self._state.last_line.before(row, self._reporter.last_us),
        )
        self._publish_message(report)

    def _publish_message(self, message: Message) -> None:
        if self.stream is not None:
            self.stream.before_message(self._state.closed_us)
        self._publish(message)
