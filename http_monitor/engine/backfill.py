"""Fills the window of a run with the rows of before its beginning, which nothing else counts."""

import numpy as np

from http_monitor.counting.frame import WINDOW_DIMENSIONS, Frame
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.numbering import number_starts
from http_monitor.engine.state import EngineState
from http_monitor.eventtime.rows import MALFORMED, NEVER_US, Rows
from http_monitor.records import Int64s
from http_monitor.settings import Settings


class WindowFiller:
    """Adds rows to the buckets of a window that has begun; buckets that are still open take theirs when they close.

    No interval, total or counter of lines has these rows, and nothing is judged by them before the next close. The
    result does not depend on how they are cut into batches, as long as no table of a bucket is cut.

    Args:
        settings: caps, and whether malformed lines are judged.
        state: the state of an engine that has begun and counted nothing yet.
    """

    def __init__(self, settings: Settings, state: EngineState) -> None:
        self._state = state
        self._max_keys = settings.max_keys
        self._buckets_malformed = settings.alert_malformed is not None

    def add(self, rows: Rows) -> int:
        """Add rows; return the number of those that are in the window, or will be."""
        if self._buckets_malformed:
            self._count_malformed(rows)
        buckets = self._bucket_of(rows.time_us)
        wanted = buckets >= self._state.following_us - self._state.lengths.window_us
        if not wanted.any():
            return 0
        frame = Frame.of(rows).only(WINDOW_DIMENSIONS).filter_rows(wanted)
        buckets = buckets[wanted]
        is_closed = buckets <= self._state.closed_us
        for mask in (is_closed, ~is_closed):
            if mask.any():
                self._add_buckets(frame.filter_rows(mask), buckets[mask])
        frame.release()
        self._state.tally.count_backfilled(len(buckets))
        return len(buckets)

    def _add_buckets(self, frame: Frame, buckets: Int64s) -> None:
        """Add rows of buckets that have all closed, or are all open."""
        starts, group_of = number_starts(buckets, self._state.lengths.bucket_us)
        groups = FrameGroups(frame, group_of, len(starts))
        if starts[0] > self._state.closed_us:
            self._state.open.add(groups, starts)
            return
        self._state.changed = True
        for index, start_us in enumerate(starts.tolist()):
            self._state.window.add_late(groups, index, start_us, self._max_keys)

    def _count_malformed(self, rows: Rows) -> None:
        """Count malformed lines in the buckets of the lines accepted before them."""
        found: dict[int, int] = {}
        if rows.lead[MALFORMED] and rows.lead_us != NEVER_US:
            found[self._state.lengths.bucket_of(rows.lead_us)] = rows.lead[MALFORMED]
        if rows.after is not None:
            behind = np.flatnonzero(rows.after[MALFORMED])
            counts = rows.after[MALFORMED][behind].tolist()
            for start_us, count in zip(self._bucket_of(rows.time_us[behind]).tolist(), counts, strict=True):
                found[start_us] = found.get(start_us, 0) + count
        for start_us, count in found.items():
            is_closed = start_us <= self._state.closed_us
            if self._state.window.add_malformed(start_us, count, is_closed=is_closed):
                self._state.changed = True

    def _bucket_of(self, times_us: Int64s) -> Int64s:
        bucket_us = self._state.lengths.bucket_us
        return times_us // bucket_us * bucket_us
