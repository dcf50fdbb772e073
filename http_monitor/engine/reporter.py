"""Accumulates intervals, late hits and run totals, and builds reports from them."""

import heapq
from collections.abc import Iterator
from typing import Any

import numpy as np

from http_monitor.codec import check_list, distinct, integer, moment_of, start_of
from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.failing.since import FailingSince
from http_monitor.counting.frame import Frame
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.interval_stats import CAP_FACTOR, IntervalStats
from http_monitor.counting.numbering import number_starts
from http_monitor.counting.open_interval import OpenInterval
from http_monitor.counting.whole_run.run_stats import RunStats
from http_monitor.engine.alert_tracker import AlertTracker
from http_monitor.engine.late_hits import LateHits
from http_monitor.eventtime.lateness import Decisions
from http_monitor.health import Health
from http_monitor.ports.agent import ClassifyAgent
from http_monitor.records import Int64s, Json
from http_monitor.report import ActiveAlert, Mode, Report, Summary, WindowTotals
from http_monitor.report_tables import Coverage, SlowRequests
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S


class Reporter:
    """Counts accepted rows by interval and in total. Owned by the monitor's thread.

    Args:
        settings: lengths and caps.
        mode: the mode shown in reports.
        classify: returns the families of agents; None: they are not classified.
        passes_over: most intervals pass without a report, see `pass_over`.
    """

    def __init__(
        self, settings: Settings, mode: Mode, classify: ClassifyAgent | None = None, *, passes_over: bool = False
    ) -> None:
        self._mode: Mode = mode
        self.passes_over = passes_over  # the intervals that are opened now
        self._classify = classify
        self._filter = settings.filter
        self._trusted = settings.trusted_proxies
        self._max_keys = settings.max_keys
        self._interval_us = settings.interval_s * US_PER_S
        self._whole = RunStats(settings.max_keys)
        self._intervals: dict[int, OpenInterval] = {}
        self._starts: list[int] = []
        self.failing = FailingSince(CAP_FACTOR * settings.max_keys, settings.window_s * US_PER_S)
        self._late = LateHits()
        self._events = 0
        self._seq = 0

    @property
    def first_us(self) -> int:
        """The least accepted time; far in the future before the first."""
        return self._whole.first_us

    @property
    def last_us(self) -> int:
        """The greatest accepted time; `NEVER_US` before the first."""
        return self._whole.last_us

    @property
    def starts(self) -> list[int]:
        """The intervals that have hits and were not reported, ascending."""
        return sorted(self._intervals)

    @property
    def next_start_us(self) -> int | None:
        """The first of these intervals."""
        return self._starts[0] if self._starts else None

    @property
    def has_news(self) -> bool:
        """Whether the next report has late hits or alert events, whatever its interval."""
        return bool(self._events) or bool(self._late)

    @property
    def has_events(self) -> bool:
        """Whether the next report has alert events."""
        return bool(self._events)

    def has_hits(self, start_us: int) -> bool:
        """Return whether an interval has unreported hits."""
        return start_us in self._intervals

    def count(self, frame: Frame, times_us: Int64s, decisions: Decisions) -> None:
        """Count rows; those of passed intervals only for the whole run, see `count_late`."""
        groups = self._count_intervals(frame, decisions)
        if groups is None or not groups.in_order or decisions.passed.any():
            groups = FrameGroups(frame, np.zeros(len(frame), np.int64), 1)
        self._whole.add(frame, times_us, groups.as_one_group())

    def merge(self, delta: BucketDelta, *, passed: bool) -> None:
        """Count the sums of rows of a bucket; those of a passed interval are late hits for the next report."""
        self._whole.merge(delta)
        if passed:
            self._late.merge(delta)
        else:
            self._interval_at(delta.start_us - delta.start_us % self._interval_us).merge(delta)

    def count_late(self, groups: FrameGroups, index: int) -> None:
        """Count late rows of passed intervals, for the next report."""
        self._late.add(groups, index)

    def count_event(self) -> None:
        """Count an alert event, for the next report."""
        self._events += 1

    def report(
        self,
        start_us: int,
        window: WindowTotals,
        tracker: AlertTracker,
        health: Health,
        *,
        partial: bool,
        catch_up: bool,
        last_us: int | None,
    ) -> Report:
        """Return the report of an interval, and reset what it reported."""
        stats = self._take(start_us).count()
        late, events = self._late, self._events
        self._begin_next()
        return Report(
            seq=self._seq,
            start_us=start_us,
            end_us=start_us + self._interval_us,
            late_hits=late.hits,
            late_bytes=late.size_bytes,
            late_errors=late.errors,
            distinct_hosts=stats.table("hosts").distinct,
            window=window,
            partial=partial,
            catch_up=catch_up,
            events=events,
            rules=tracker.rules,
            late_coverage=late.coverage(),
            failing=() if stats.requests is None else self.failing.report(stats.requests.failing, start_us),
            slow=SlowRequests() if stats.requests is None else stats.requests.slow.slow(),
            last_us=None if stats.hits else last_us,
            **self._traffic(stats, tracker.active(), health),
        )

    def pass_over(self, start_us: int) -> Coverage:
        """Forget an interval instead of reporting it, and the late hits that its report would have had.

        Returns: which of its figures would have been known. All later reports are as if this one had been made.
        """
        coverage, failing = (interval := self._take(start_us)).coverage(), interval.take_failing()
        if failing is not None:
            self.failing.note(failing, start_us)
        self._begin_next()
        return coverage

    def save(self) -> Json:
        """Return the state as JSON, without its tables."""
        return {
            **self._whole.save(),
            "intervals": [[start_us, self._intervals[start_us].count().save_totals()] for start_us in self.starts],
            **self._late.save(),
            "events": self._events,
            "seq": self._seq,
            "failing": self.failing.save(),
        }

    def save_tables(self) -> Iterator[Json]:
        """Yield the tables in the form that `load_table` accepts."""
        intervals = ((start, self._intervals[start].count()) for start in self.starts)
        for name, table in self._whole.save_tables():
            yield {"interval": None, "name": name, "table": table}
        for start_us, stats in intervals:
            for name, table in stats.save_tables():
                yield {"interval": start_us, "name": name, "table": table}

    def load(self, given: Json) -> None:
        """Restore a saved state with the same interval length, without its tables.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        self._load_whole(given)
        self._late.load(given)
        self._events = integer(given["events"], least=0)
        self.failing.load(given.get("failing", []))
        self._intervals = {start_us: self._open(stats) for start_us, stats in self._load_intervals(given)}
        self._starts = sorted(self._intervals)
        for start_us in self._starts:
            start_of(start_us, self._interval_us)

    def load_counters(self, given: Json) -> None:
        """Restore the totals, without tables; hits not yet reported become late hits of the next report.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        self._load_whole(given)
        self._late.load(given)
        for _, stats in self._load_intervals(given):
            self._late.add_stats(stats)

    def load_table(self, given: Json) -> None:
        """Add a table of the whole run or of a known interval; ignore that of another.

        Raises:
            KeyError, TypeError, ValueError: it is no such table.
        """
        start_us = given["interval"]
        if start_us is None:
            self._whole.load_table(given["name"], given["table"])
        elif integer(start_us) in self._intervals:
            self._intervals[start_us].count().load_table(given["name"], given["table"])

    def _load_whole(self, given: Json) -> None:
        self._whole.load(given)
        self._seq = integer(given["seq"], least=0)

    def _load_intervals(self, given: Json) -> list[tuple[int, IntervalStats]]:
        loaded = [
            (moment_of(start_us), IntervalStats.load(stats, self._max_keys, keeps_requests=True))
            for start_us, stats in check_list(given["intervals"])
        ]
        distinct(start_us for start_us, _ in loaded)
        return loaded

    def summary(self, tracker: AlertTracker, health: Health) -> Summary:
        """Return the summary of the whole run."""
        whole = self._whole
        return Summary(
            first_us=whole.first_us if whole.totals.hits else None,
            last_us=whole.last_us if whole.totals.hits else None,
            alerts=tracker.raises,
            episodes=tracker.log.episodes(),
            failing=whole.requests.rank_failing(),
            slow=whole.requests.slow(),
            lost=whole.requests.lost,
            **self._traffic(whole.totals, tracker.active(), health),
        )

    def _traffic(self, stats: IntervalStats, active: tuple[ActiveAlert, ...], health: Health) -> dict[str, Any]:
        """Return the fields of `Traffic` by name; Any: they have many types."""
        return {
            "mode": self._mode,
            "filter": self._filter,
            "trusted_proxies": self._trusted,
            "hits": stats.hits,
            "size_bytes": stats.size_bytes,
            "errors": stats.errors,
            "status": stats.status(),
            "methods": stats.by_key("methods"),
            "sections": stats.rank("sections"),
            "endpoints": stats.rank("endpoints"),
            "hosts": stats.rank("hosts"),
            "users": stats.rank("users"),
            "agents": stats.rank("agents"),
            "referers": stats.rank("referers"),
            "active": active,
            "health": health,
            "details": stats.details(self._classify),
            "coverage": stats.coverage(),
        }

    def _open(self, stats: IntervalStats | None = None) -> OpenInterval:
        stats = stats or IntervalStats(self._max_keys, keeps_requests=True)
        return OpenInterval(stats, may_pass=self.passes_over)

    def _take(self, start_us: int) -> OpenInterval:
        """Return an interval, empty if it has no hits; it is no longer open."""
        if self._starts and self._starts[0] == start_us:
            heapq.heappop(self._starts)
        return self._intervals.pop(start_us, None) or self._open()

    def _begin_next(self) -> None:
        """Begin the next report: nothing is reported twice."""
        self._late, self._events = LateHits(), 0
        self._seq += 1

    def _count_intervals(self, frame: Frame, decisions: Decisions) -> FrameGroups | None:
        """Add rows to their intervals; return the groups made for that."""
        wanted = ~decisions.passed
        if not wanted.any():
            return None
        interval_of = decisions.interval_of
        starts, group_of = number_starts(interval_of if wanted.all() else interval_of[wanted], self._interval_us)
        groups = FrameGroups(frame.filter_rows(wanted), group_of, len(starts))
        for index, start_us in enumerate(starts.tolist()):
            self._interval_at(start_us).add(groups, index)
        return groups

    def _interval_at(self, start_us: int) -> OpenInterval:
        interval = self._intervals.get(start_us)
        if interval is None:
            interval = self._intervals[start_us] = self._open()
            heapq.heappush(self._starts, start_us)
        return interval
