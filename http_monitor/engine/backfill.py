"""Fills the window of a run with rows from before its beginning, which nothing else counts."""

from collections.abc import Iterable

import numpy as np

from http_monitor.counting.failing.failed_rows import find_failed_rows
from http_monitor.counting.failing.interval_rows import FailingRows
from http_monitor.counting.frame import WINDOW_DIMENSIONS, Frame
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.interval_stats import CAP_FACTOR
from http_monitor.counting.keys import Numberings
from http_monitor.counting.numbering import number_starts
from http_monitor.engine.row_stream import RowStream
from http_monitor.engine.state import EngineState
from http_monitor.eventtime.rows import MALFORMED, NEVER_US, Rows
from http_monitor.records import Int64s
from http_monitor.settings import Settings


def fill_window(state: EngineState, settings: Settings, parts: Iterable[Rows], stream: RowStream | None = None) -> int:
    """Add rows to the buckets of the window, and to those that are open; return how many.

    No interval, total or counter of lines has these rows, and nothing is judged by them before the next close, but they
    count for the time since when endpoints fail. The result does not depend on how they are cut, as long as no table of
    a bucket is cut.

    Args:
        state: the state of an engine that has begun and has counted nothing yet.
        settings: determine whether malformed lines are judged.
        parts: the rows; those before the window of the beginning are ignored.
        stream: emits the rows taken; None: nothing listens.
    """
    state.window.known_us = NEVER_US
    buckets_malformed = settings.alert_malformed is not None
    numberings, failing = Numberings(), FailingRows(CAP_FACTOR * settings.max_keys)
    taken = 0
    for rows in parts:
        if buckets_malformed:
            _count_malformed(state, rows)
        if len(rows):
            state.last_line.fill(int(rows.time_us.max()))
        taken += _open(state, rows, numberings, failing, stream)
    window_us = state.following_us - state.lengths.window_us
    for bucket in state.open.close(state.closed_us, window_us):
        state.window.append(bucket)
        state.changed = True
    state.reporter.failing.note(failing, window_us)
    state.tally.count_backfilled(taken)
    return taken


def _open(
    state: EngineState, rows: Rows, numberings: Numberings, failing: FailingRows, stream: RowStream | None
) -> int:
    """Add rows to their buckets, as if all of these were open; return the number of rows."""
    bucket_us = state.lengths.bucket_us
    buckets = rows.time_us // bucket_us * bucket_us
    wanted = buckets >= state.following_us - state.lengths.window_us
    if not wanted.any():
        return 0
    whole = Frame.of(rows, numberings)
    if stream is not None:
        some = rows if wanted.all() else rows.take(np.flatnonzero(wanted))
        stream.backfill(some, whole.filter_rows(wanted), buckets[wanted])
    failed = np.flatnonzero(whole.measures.errors & wanted)
    if len(failed):
        failing.add(find_failed_rows(whole, failed))
    frame = whole.only(WINDOW_DIMENSIONS).filter_rows(wanted)
    buckets = buckets[wanted]
    starts, group_of = number_starts(buckets, bucket_us)
    state.open.add(FrameGroups(frame, group_of, len(starts)), starts)
    frame.release()
    return len(buckets)


def _count_malformed(state: EngineState, rows: Rows) -> None:
    """Count malformed lines in the buckets of the lines accepted before them."""
    found: dict[int, int] = {}
    if rows.lead[MALFORMED] and rows.lead_us != NEVER_US:
        found[state.lengths.bucket_of(rows.lead_us)] = rows.lead[MALFORMED]
    if rows.after is not None:
        behind = np.flatnonzero(rows.after[MALFORMED])
        counts: Int64s = rows.after[MALFORMED][behind]
        for time_us, count in zip(rows.time_us[behind].tolist(), counts.tolist(), strict=True):
            start_us = state.lengths.bucket_of(time_us)
            found[start_us] = found.get(start_us, 0) + count
    for start_us, count in found.items():
        if state.window.add_malformed(start_us, count, is_closed=start_us <= state.closed_us):
            state.changed = True
