"""Counts rows by bucket, interval and run, and closes the buckets that each row makes due."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.frame import WINDOW_DIMENSIONS, Frame
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.keys import Numberings
from http_monitor.counting.malformed_lines import NOT_CLOSED, count_malformed_between
from http_monitor.counting.numbering import number_starts
from http_monitor.engine.closing import Closing
from http_monitor.engine.late_rows import LateGroup, late_groups
from http_monitor.engine.state import EngineState
from http_monitor.eventtime.lateness import Decisions, Moment, decide
from http_monitor.eventtime.rows import MALFORMED, NEVER_US, Rows
from http_monitor.records import Int64s
from http_monitor.settings import Settings

_MAX_INTERVALS = 1_000


class RowCounter:
    """Counts rows. Owned by the monitor's thread.

    Results depend on the rows and their order only, not on how they were cut into batches.

    Args:
        settings: caps, and whether malformed lines are judged.
        state: the counted rows.
        closing: closes the buckets that are due.
    """

    def __init__(self, settings: Settings, state: EngineState, closing: Closing) -> None:
        self._state = state
        self._lengths, self._open, self._reporter = state.lengths, state.open, state.reporter
        self._tally = state.tally
        self._closing = closing
        self._max_keys = settings.max_keys
        self._numberings = Numberings()
        # If no rule judges them, malformed lines belong to no bucket.
        self._buckets_malformed = settings.alert_malformed is not None

    def add(self, rows: Rows, *, greatest_us: int, cap_us: int) -> None:
        """Count rows, and after each of them close the buckets that are due.

        Args:
            rows: in the order in which they count.
            greatest_us: the greatest time of this input before these rows, `NEVER_US` for none.
            cap_us: the position of the other inputs and the wall clock, which now must not pass yet.
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
        stream = self._closing.stream
        if stream is not None:
            stream.begin(rows, frame, decisions)
        self._state.last_line.count(self._reporter.last_us, rows.time_us)
        self._reporter.count(frame, rows.time_us, decisions)
        self._count_buckets(frame, decisions)
        closing = decisions.closing
        late_between = late_groups(frame, decisions, closing)
        bad_between: dict[int, list[tuple[int, int]]] = {}
        if self._buckets_malformed:
            bad_between = count_malformed_between(rows, decisions, closing)
            # Lines of buckets that are still open when they arrive.
            self._count_malformed(bad_between.pop(NOT_CLOSED, ()))
        turn = 0
        for until in sorted({*late_between, *bad_between, len(closing)}):
            if until > turn:
                rows_closing = closing[turn:until]
                due = decisions.due[rows_closing]
                self._closing.close_until(int(due[-1]), (due, rows_closing))
                turn = until
            self._count_late(late_between.get(until, ()))
            self._count_malformed(bad_between.get(until, ()))
        if stream is not None:
            stream.end()
        self._tally.end()

    def add_delta(self, delta: BucketDelta) -> None:
        """Count the sums of rows of one bucket that another engine accepted; `advance` closes what is due.

        Rows of a closed bucket correct it, as late rows do. Tables are cut again, and the error bounds add up.
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
            state.window.merge_late(delta, self._max_keys)

    def _note_lateness(self, decisions: Decisions) -> None:
        missed = np.flatnonzero(decisions.late)
        if len(missed):
            # Time from the end of the row's bucket to its arrival, rounded up to buckets.
            gap_us = decisions.closed_before[missed] - decisions.bucket_of[missed]
            self._tally.begin_lateness(missed, gap_us + self._lengths.lateness_us + self._lengths.bucket_us)

    def _count_buckets(self, frame: Frame, decisions: Decisions) -> None:
        wanted, bucket_of = ~decisions.late, decisions.bucket_of
        if not wanted.any():
            return
        starts, group_of = number_starts(bucket_of if wanted.all() else bucket_of[wanted], self._lengths.bucket_us)
        groups = FrameGroups(frame.filter_rows(wanted).only(WINDOW_DIMENSIONS), group_of, len(starts))
        self._open.add(groups, starts)

    def _count_late(self, late: Sequence[LateGroup]) -> None:
        """Add late rows to their closed buckets, and to the window if it contains them."""
        for groups, group, start_us, passed in late:
            if start_us != NEVER_US:
                self._state.changed = True
                self._state.window.add_late(groups, group, start_us, self._max_keys)
            if passed:
                self._reporter.count_late(groups, group)

    def _count_malformed_lead(self, rows: Rows) -> None:
        """Count the malformed lines before the first row in the bucket of the line accepted before them."""
        count = rows.lead[MALFORMED]
        if count and rows.lead_us != NEVER_US:
            start_us = self._lengths.bucket_of(rows.lead_us)
            if self._state.window.knows(start_us) or self._open.knows(start_us):
                self._count_malformed([(start_us, count)])

    def _count_malformed(self, found: Sequence[tuple[int, int]]) -> None:
        """Add malformed lines to buckets: (start, count)."""
        for start_us, count in found:
            is_closed = self._state.has_begun and start_us <= self._state.closed_us
            if self._state.window.add_malformed(start_us, count, is_closed=is_closed):
                self._state.changed = True


def _parts(interval_no: Int64s) -> Iterator[slice]:
    """Yield slices of rows, each of few intervals: a batch of a quiet log spans too many to hold in memory at once."""
    changes = np.flatnonzero(np.diff(interval_no)) + 1
    cuts: list[int] = []
    if len(changes) >= _MAX_INTERVALS and np.count_nonzero(np.diff(np.sort(interval_no))) >= _MAX_INTERVALS:
        cuts = changes[_MAX_INTERVALS - 1 :: _MAX_INTERVALS].tolist()
    for start, stop in pairwise([0, *cuts, len(interval_no)]):
        yield slice(start, stop)
