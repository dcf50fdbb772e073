"""The heart: rows in, closed buckets, alert events and reports out, in event time (DESIGN §3)."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from http_monitor.metrics.bucket import MetricsBucket
from http_monitor.metrics.frame import WINDOW_DIMENSIONS, Frame
from http_monitor.metrics.groups import FrameGroups
from http_monitor.metrics.interval import IntervalStats
from http_monitor.metrics.rows import NEVER_US, Rows
from http_monitor.metrics.screen import Screen, screen
from http_monitor.metrics.tally import Elsewhere, LineCounts, Tally, health_of
from http_monitor.metrics.tracker import AlertTracker
from http_monitor.metrics.window import SlidingWindow
from http_monitor.ports import Alert, BucketSink
from http_monitor.records import Bools, Int64s
from http_monitor.report import Health, Message, Mode, Report, Summary
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S

NOTHING_ELSEWHERE = Elsewhere()
_MOST_BUCKETS = 1_000
# Up to so many numbers per row, counting which occur beats sorting.
_DENSE_SPAN = 8


class _LateGroup(NamedTuple):
    """The late rows of a bucket between two closes."""

    groups: FrameGroups
    group: int
    start_us: int
    passed: bool
    """Their interval has been passed."""


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
        start_us: int | None = None,
        bucket_sinks: Sequence[BucketSink] = (),
    ) -> None:
        """Begin.

        Args:
            settings: lengths, caps and the number of rows in a report.
            mode: what reports say they are.
            publish: takes alert events and reports, in order.
            start_us: live from the end of a file: the buckets before this time count as closed.
            bucket_sinks: take every bucket that closes with hits.
        """
        self._settings = settings
        self._mode: Mode = mode
        self._publish = publish
        self._bucket_sinks = tuple(bucket_sinks)
        self._bucket_us = settings.bucket_size_s * US_PER_S
        self._interval_us = settings.interval_s * US_PER_S
        self._window_us = settings.window_s * US_PER_S
        self._lateness_us = settings.lateness_s * US_PER_S
        self._tracker = AlertTracker()
        self._tally = Tally()
        self._window = SlidingWindow(settings.window_s, settings.bucket_size_s)
        self._summary = IntervalStats(settings.max_keys)
        self._first_us = -NEVER_US
        self._last_us = NEVER_US
        self._intervals: dict[int, IntervalStats] = {}
        self._interval_starts: list[int] = []
        self._open: dict[int, MetricsBucket] = {}
        self._open_starts: list[int] = []
        self._now_us = NEVER_US
        self._closed_us = NEVER_US
        self._changed = False
        self._late = [0, 0, 0]
        self._events = 0
        self._seq = 0
        self.report_empty = False
        """Live and caught up: intervals without anything in them are reported too."""
        self.catch_up = False
        """Reports are made from a backlog."""
        if start_us is not None:
            self._now_us = start_us
            self._begin_at(start_us)

    @property
    def now_us(self) -> int:
        """The greatest time it was shown; `NEVER_US` before the first."""
        return self._now_us

    @property
    def first_us(self) -> int:
        """The least accepted time; far in the future before the first."""
        return self._first_us

    @property
    def last_us(self) -> int:
        """The greatest accepted time; `NEVER_US` before the first."""
        return self._last_us

    @property
    def open_buckets(self) -> int:
        """How many buckets with rows have not closed yet."""
        return len(self._open)

    @property
    def window(self) -> SlidingWindow:
        """The window at the last bucket that closed."""
        return self._window

    @property
    def tracker(self) -> AlertTracker:
        """Who remembers which alerts are raised."""
        return self._tracker

    @property
    def counts(self) -> LineCounts:
        """Lines passed on so far, by what became of them."""
        return self._tally.before(None)

    def health(self, elsewhere: Elsewhere) -> Health:
        """Return where every line passed on so far went, with what waits elsewhere."""
        return self._health(None, elsewhere)

    def register(self, alert: Alert) -> None:
        """Judge every closed bucket's window by this rule too."""
        self._tracker.register(alert)

    def add(self, rows: Rows, *, greatest_us: int, cap_us: int, elsewhere: Elsewhere = NOTHING_ELSEWHERE) -> None:
        """Count rows, and after each of them close what is due.

        Args:
            rows: in the order in which they count.
            greatest_us: the greatest time of this input before these rows, `NEVER_US` for none.
            cap_us: the position of the other inputs and the wall clock: now does not go beyond it yet.
            elsewhere: health for the reports that these rows bring about.
        """
        self._tally.add_malformed(rows.lead_malformed, rows.lead_oversized)
        if not len(rows):
            return
        frame = Frame.of(rows)
        for part in _parts(rows.time_us // self._bucket_us):
            piece = rows.part(part.start, part.stop)
            self._count(piece, frame.take(part), greatest_us, cap_us, elsewhere)
            greatest_us = max(greatest_us, int(np.where(piece.ahead, NEVER_US, piece.time_us).max()))
        frame.release()

    def _count(self, rows: Rows, frame: Frame, greatest_us: int, cap_us: int, elsewhere: Elsewhere) -> None:
        bucket_of = rows.time_us // self._bucket_us * self._bucket_us
        due, closed_before = self._closes(rows, bucket_of, greatest_us, cap_us)
        candidate = ~rows.ahead
        is_open = bucket_of > closed_before
        late = candidate & ~is_open & (bucket_of >= closed_before + self._bucket_us - self._window_us)
        accepted = candidate & (is_open | late)
        too_late = candidate & ~accepted
        self._tally.begin(rows, accepted, late, too_late)
        self._note_lateness(bucket_of, late | too_late, closed_before)
        interval_of = rows.time_us // self._interval_us * self._interval_us
        passed = accepted & (interval_of + self._interval_us <= closed_before + self._bucket_us)
        if accepted.any():
            times = rows.time_us[accepted]
            self._first_us = min(self._first_us, int(times.min()))
            self._last_us = max(self._last_us, int(times.max()))
            in_interval = accepted & ~passed
            groups = self._count_intervals(frame, interval_of, in_interval)
            if groups is None or not groups.in_order or passed.any():
                everyone = frame.take_if(accepted)
                groups = FrameGroups(everyone, np.zeros(len(everyone), np.int64), 1)
            self._summary.add(groups.united(), 0)
        self._count_buckets(frame, bucket_of, candidate & is_open)
        closing = np.flatnonzero(due > closed_before)
        late_between = self._late_groups(frame, bucket_of, passed, np.flatnonzero(late), closing)
        turn = 0
        for until in sorted({*late_between, len(closing)}):
            if until > turn:
                rows_closing = closing[turn:until]
                self._close_until(int(due[rows_closing[-1]]), elsewhere, (due[rows_closing], rows_closing))
                turn = until
            self._count_late(late_between.get(until, ()))
        self._tally.end()

    def advance(self, now_us: int, elsewhere: Elsewhere) -> None:
        """Move now on, and close what is due by it."""
        if now_us > self._now_us:
            self._now_us = now_us
            due_us = (now_us - self._lateness_us) // self._bucket_us * self._bucket_us - self._bucket_us
            if self._closed_us == NEVER_US and not self._open_starts and self.report_empty:
                # There was nothing to catch up with: it begins here, like from the end of a file.
                self._begin_at(due_us + self._bucket_us)
            elif self._closed_us != NEVER_US or (self._open_starts and due_us >= self._open_starts[0]):
                self._close_until(due_us, elsewhere)

    def finish(self, elsewhere: Elsewhere) -> None:
        """End a replay: close the buckets up to that of the greatest time, report the open interval."""
        if self._last_us == NEVER_US:
            return
        last_bucket_us = self._bucket_of(self._last_us)
        if last_bucket_us > self._closed_us:
            self._close_until(last_bucket_us, elsewhere)
        for start_us in sorted(self._intervals):
            self._report(start_us, self._health(None, elsewhere))
        if any(self._late):
            self._report(self._interval_of(self._closed_us), self._health(None, elsewhere))

    def stop(self, elsewhere: Elsewhere) -> None:
        """End at once: close no bucket, judge nothing, report what is open as partial."""
        starts = set(self._intervals)
        if self._mode == "live" and self._now_us != NEVER_US:
            known_us = min(starts, default=self._now_us)
            open_us = known_us if self._closed_us == NEVER_US else self._closed_us + self._bucket_us
            first_us = self._interval_of(min(open_us, self._now_us))
            starts.update(range(first_us, self._now_us + 1, self._interval_us))
        elif not starts and (any(self._late) or self._events):
            starts.add(self._interval_of(self._closed_us + self._bucket_us))
        for start_us in sorted(starts):
            self._report(start_us, self._health(None, elsewhere), partial=True)

    def restart_at(self, now_us: int, elsewhere: Elsewhere) -> None:
        """Follow a wall clock that was set back by more than the window: close all, empty the window."""
        if self._open:
            self._close_until(max(self._open), elsewhere)
        for start_us in sorted(self._intervals):
            self._report(start_us, self._health(None, elsewhere))
        self._now_us = now_us
        self._begin_at(now_us)
        self._changed = True

    def summary(self, elsewhere: Elsewhere) -> Summary:
        """Return the whole run."""
        whole, top = self._summary, self._settings.top
        return Summary(
            mode=self._mode,
            first_us=self._first_us if whole.hits else None,
            last_us=self._last_us if whole.hits else None,
            hits=whole.hits,
            size_bytes=whole.size_bytes,
            errors=whole.errors,
            status=whole.status(),
            methods=whole.methods(),
            sections=whole.top("sections", top),
            endpoints=whole.top("endpoints", top),
            hosts=whole.top("hosts", top),
            users=whole.top("users", top),
            agents=whole.top("agents", top),
            referers=whole.top("referers", top),
            alerts=self._tracker.raises,
            active=self._tracker.active(),
            health=self._health(None, elsewhere),
        )

    def next_report_us(self) -> int:
        """Return when, by the clock, the interval that is open now will be reported."""
        known = self._closed_us != NEVER_US
        open_us = self._closed_us + self._bucket_us if known else max(self._now_us, 0)
        return self._interval_of(open_us) + self._interval_us + self._lateness_us

    def _begin_at(self, time_us: int) -> None:
        """Let the buckets before that time count as closed, and the window be empty."""
        self._closed_us = self._bucket_of(time_us) - self._bucket_us
        settings = self._settings
        self._window = SlidingWindow(settings.window_s, settings.bucket_size_s, self._closed_us + self._bucket_us)

    def _closes(self, rows: Rows, bucket_of: Int64s, greatest_us: int, cap_us: int) -> tuple[Int64s, Int64s]:
        """Return for each row (last bucket closed after it, last bucket closed before it); now moves on."""
        times = np.where(rows.ahead, NEVER_US, rows.time_us)
        position = np.minimum(np.maximum(np.maximum.accumulate(times), greatest_us), cap_us)
        # Where the cap has moved on since the last rows, the first one that counts moves now.
        now = np.maximum(np.maximum.accumulate(np.where(rows.ahead, NEVER_US, position)), self._now_us)
        due = (now - self._lateness_us) // self._bucket_us * self._bucket_us - self._bucket_us
        closed = self._closed_us
        if closed == NEVER_US:
            earliest = np.minimum.accumulate(np.where(rows.ahead, -NEVER_US, bucket_of))
            if self._open_starts:
                earliest = np.minimum(earliest, self._open_starts[0])
            due = np.where(due >= earliest, due, NEVER_US)
            # Once the first bucket has closed, a row from before it is late and opens nothing.
            due = np.maximum.accumulate(due)
        due = np.maximum(due, closed)
        self._now_us = int(now[-1])
        return due, np.concatenate(([closed], due[:-1]))

    def _note_lateness(self, bucket_of: Int64s, missed: Bools, closed_before: Int64s) -> None:
        if missed.any():
            # So long before the row came had its bucket ended, rounded up to buckets.
            needed_us = closed_before[missed] - bucket_of[missed] + self._lateness_us + self._bucket_us
            self._tally.begin_lateness(np.flatnonzero(missed), needed_us)

    def _count_intervals(self, frame: Frame, interval_of: Int64s, wanted: Bools) -> FrameGroups | None:
        """Add rows to their intervals; return them as they were grouped for that."""
        if not wanted.any():
            return None
        starts, group_of = _numbered(interval_of if wanted.all() else interval_of[wanted], self._interval_us)
        groups = FrameGroups(frame.take_if(wanted), group_of, len(starts))
        for index, start_us in enumerate(starts.tolist()):
            stats = self._intervals.get(start_us)
            if stats is None:
                stats = self._intervals[start_us] = IntervalStats(self._settings.max_keys)
                heapq.heappush(self._interval_starts, start_us)
            stats.add(groups, index)
        return groups

    def _count_buckets(self, frame: Frame, bucket_of: Int64s, wanted: Bools) -> None:
        if not wanted.any():
            return
        starts, group_of = _numbered(bucket_of if wanted.all() else bucket_of[wanted], self._bucket_us)
        groups = FrameGroups(frame.take_if(wanted).only(WINDOW_DIMENSIONS), group_of, len(starts))
        for index, start_us in enumerate(starts.tolist()):
            bucket = self._open.get(start_us)
            if bucket is None:
                bucket = self._open[start_us] = MetricsBucket(start_us, self._settings.max_keys)
                heapq.heappush(self._open_starts, start_us)
            bucket.add(groups, index)

    def _late_groups(
        self, frame: Frame, bucket_of: Int64s, passed: Bools, late_rows: Int64s, closing: Int64s
    ) -> dict[int, list[_LateGroup]]:
        """Return the late rows by the number of closing rows before them, grouped by bucket, all in one go."""
        found: dict[int, list[_LateGroup]] = {}
        if len(late_rows):
            # A late row that brings about a close itself is counted before it.
            turn_of = np.searchsorted(closing, late_rows)
            starts, start_of = np.unique(bucket_of[late_rows], return_inverse=True)
            cells, first, group_of = np.unique(turn_of * len(starts) + start_of, return_index=True, return_inverse=True)
            groups = FrameGroups(frame.take(late_rows).only(WINDOW_DIMENSIONS), group_of, len(cells))
            # All rows of a group have the same bucket and see the same last close, so all or none are passed.
            passed_of = passed[late_rows[first]].tolist()
            for index, (cell, is_passed) in enumerate(zip(cells.tolist(), passed_of, strict=True)):
                turn, start = divmod(cell, len(starts))
                found.setdefault(turn, []).append(_LateGroup(groups, index, int(starts[start]), is_passed))
        return found

    def _count_late(self, late: Sequence[_LateGroup]) -> None:
        """Add late rows to the buckets that had closed, and so to the window."""
        for groups, group, start_us, passed in late:
            self._changed = True
            self._window.add_late(groups, group, start_us, self._settings.max_keys)
            if passed:
                self._late[0] += groups.hits[group]
                self._late[1] += groups.sizes[group]
                self._late[2] += groups.errors[group]

    def _close_until(self, due_us: int, elsewhere: Elsewhere, brought_by: tuple[Int64s, Int64s] | None = None) -> None:
        """Close, in order, every bucket up to the one that starts at `due_us`.

        Args:
            due_us: the last one to close.
            elsewhere: health for the reports.
            brought_by: the rows that bring the closes about, each with the last bucket it closes: (buckets, rows).
        """
        ahead = None
        while self._closed_us < due_us:
            # Where the window is empty, the next bucket with hits can be gone to at once.
            if self._window.oldest_us is not None and (ahead is None or ahead.last_us <= self._closed_us):
                ahead = screen(self._window, self._tracker, self._open.values(), due_us, self._bucket_us)
            bucket_us = min(self._next_close(ahead), due_us)
            self._close(bucket_us)
            end_us = bucket_us + self._bucket_us
            if end_us % self._interval_us == 0:
                self._pass_interval(end_us - self._interval_us, elsewhere, brought_by)

    def _next_close(self, ahead: Screen | None) -> int:
        """Return the next bucket whose close can change or tell anything; those before it cannot."""
        if self._closed_us == NEVER_US:
            return self._open_starts[0]
        following_us = self._closed_us + self._bucket_us
        if self._changed:
            return following_us
        candidates = [-NEVER_US]
        if ahead is not None and ahead.last_us > self._closed_us and not self._tracker.any_active:
            candidates.append(ahead.next_from(following_us))
        else:
            if self._open_starts:
                candidates.append(self._open_starts[0])
            if self._window.oldest_us is not None:
                candidates.append(self._window.oldest_us + self._window_us)
        if self._interval_starts:
            candidates.append(self._interval_starts[0] + self._interval_us - self._bucket_us)
        if self.report_empty or self._events or any(self._late):
            candidates.append(self._interval_of(following_us) + self._interval_us - self._bucket_us)
        return max(following_us, min(candidates))

    def _close(self, bucket_us: int) -> None:
        """Close that bucket, and those before it, whose closes change nothing."""
        end_us = bucket_us + self._bucket_us
        self._closed_us = bucket_us
        changed = self._changed
        self._changed = False
        while self._open_starts and self._open_starts[0] <= bucket_us:
            bucket = self._open.pop(heapq.heappop(self._open_starts))
            if bucket.start_us >= end_us - self._window_us:
                self._window.append(bucket)
                changed = True
            if self._bucket_sinks:
                stats = bucket.stats(self._settings.bucket_size_s)
                for sink in self._bucket_sinks:
                    sink.bucket(stats)
        if self._window.move_to(end_us) or changed:
            for event in self._tracker.judge(self._window, end_us):
                self._events += 1
                self._publish(event)

    def _pass_interval(self, start_us: int, elsewhere: Elsewhere, brought_by: tuple[Int64s, Int64s] | None) -> None:
        if self.report_empty or start_us in self._intervals or self._events or any(self._late):
            row = None
            if brought_by is not None:
                buckets, rows = brought_by
                row = int(rows[np.searchsorted(buckets, self._closed_us)])
            self._report(start_us, self._health(row, elsewhere))

    def _report(self, start_us: int, health: Health, *, partial: bool = False) -> None:
        stats = self._intervals.pop(start_us, None) or IntervalStats(self._settings.max_keys)
        if self._interval_starts and self._interval_starts[0] == start_us:
            heapq.heappop(self._interval_starts)
        late_hits, late_bytes, late_errors = self._late
        events, self._late, self._events = self._events, [0, 0, 0], 0
        self._seq += 1
        top = self._settings.top
        self._publish(
            Report(
                seq=self._seq,
                mode=self._mode,
                start_us=start_us,
                end_us=start_us + self._interval_us,
                hits=stats.hits,
                size_bytes=stats.size_bytes,
                errors=stats.errors,
                late_hits=late_hits,
                late_bytes=late_bytes,
                late_errors=late_errors,
                distinct_hosts=len(stats.tables["hosts"]),
                status=stats.status(),
                methods=stats.methods(),
                sections=stats.top("sections", top),
                endpoints=stats.top("endpoints", top),
                hosts=stats.top("hosts", top),
                users=stats.top("users", top),
                agents=stats.top("agents", top),
                referers=stats.top("referers", top),
                window=self._window.totals(),
                active=self._tracker.active(),
                health=health,
                partial=partial,
                catch_up=self.catch_up,
                events=events,
            )
        )

    def _health(self, row: int | None, elsewhere: Elsewhere) -> Health:
        return health_of(self._tally.before(row), elsewhere, self._tally.lateness_advice_s(row))

    def _bucket_of(self, time_us: int) -> int:
        return time_us // self._bucket_us * self._bucket_us

    def _interval_of(self, time_us: int) -> int:
        return time_us // self._interval_us * self._interval_us


def _parts(bucket_no: Int64s) -> Iterator[slice]:
    """Yield slices of rows, each of few buckets: a batch of a quiet log spans more than memory should hold open."""
    changes = np.flatnonzero(np.diff(bucket_no)) + 1
    cuts: list[int] = []
    if len(changes) >= _MOST_BUCKETS and len(np.unique(bucket_no)) > _MOST_BUCKETS:
        cuts = changes[_MOST_BUCKETS - 1 :: _MOST_BUCKETS].tolist()
    for start, stop in pairwise([0, *cuts, len(bucket_no)]):
        yield slice(start, stop)


def _numbered(starts: Int64s, step_us: int) -> tuple[Int64s, Int64s]:
    """Return the distinct starts, ascending, and for each start its place among them.

    Args:
        starts: of buckets or intervals.
        step_us: their length.
    """
    least = int(starts.min())
    number = (starts - least) // step_us
    span = int(number.max()) + 1
    if span > _DENSE_SPAN * len(starts):
        return np.unique(starts, return_inverse=True)
    present = np.bincount(number) > 0
    place = np.cumsum(present) - 1
    return np.flatnonzero(present) * step_us + least, place[number]
