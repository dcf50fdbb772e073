"""Decides by its time whether a row is open, late or too late, and which buckets it closes.

The rules are those of docs/ARCHITECTURE.md, "Time".
"""

from dataclasses import dataclass

import numpy as np

from http_monitor.eventtime.rows import NEVER_US, Rows
from http_monitor.eventtime.running_max import running_max
from http_monitor.eventtime.time_grid import TimeGrid
from http_monitor.records import Bools, Int64s


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of the aggregator before some rows."""

    now_us: int
    closed_us: int
    """Start of the last bucket that closed; `NEVER_US` before the first close."""
    earliest_us: int | None
    """Start of the earliest open bucket with rows."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """One entry per row, in the order of the rows."""

    bucket_of: Int64s
    interval_of: Int64s
    due: Int64s
    """Start of the last bucket closed after the row."""
    closed_before: Int64s
    """Start of the last bucket closed before the row."""
    late: Bools
    """The row's bucket had closed; all other rows fall into an open one."""
    too_late: Bools
    """Late, and the bucket is before the window of the last close."""
    passed: Bools
    """Late, and its interval has been reported or skipped as empty."""
    now_us: int
    """Now after the last row."""

    @property
    def closing(self) -> Int64s:
        """Indices of the rows after which buckets are closed."""
        return np.flatnonzero(self.due > self.closed_before)


def decide(rows: Rows, lengths: TimeGrid, moment: Moment, greatest_us: int, cap_us: int) -> Decisions:
    """Return the decisions; for each row, now depends on the rows before it.

    Args:
        rows: in the order in which they count.
        lengths: lengths of buckets, intervals, window and lateness.
        moment: the state of the aggregator.
        greatest_us: the greatest time of this input before these rows, `NEVER_US` for none.
        cap_us: upper limit of now for the moment.
    """
    bucket_us = lengths.bucket_us
    bucket_of = rows.time_us // bucket_us * bucket_us
    interval_of = rows.time_us // lengths.interval_us * lengths.interval_us
    position = np.minimum(np.maximum(running_max(rows.time_us), greatest_us), cap_us)
    # If the cap has moved on since the last rows, the first row moves now.
    now = np.maximum(position, moment.now_us)
    due = (now - lengths.lateness_us) // bucket_us * bucket_us - bucket_us
    if moment.closed_us == NEVER_US:
        earliest = np.minimum.accumulate(bucket_of)
        if moment.earliest_us is not None:
            earliest = np.minimum(earliest, moment.earliest_us)
        # Once the first bucket has closed, a row from before it is late and opens no bucket.
        due = np.maximum.accumulate(np.where(due >= earliest, due, NEVER_US))
    due = np.maximum(due, moment.closed_us)
    closed_before = np.concatenate(([moment.closed_us], due[:-1]))
    late = bucket_of <= closed_before
    end_us = closed_before + bucket_us
    return Decisions(
        bucket_of=bucket_of,
        interval_of=interval_of,
        due=due,
        closed_before=closed_before,
        late=late,
        too_late=late & (bucket_of < end_us - lengths.window_us),
        passed=late & (interval_of + lengths.interval_us <= end_us),
        now_us=int(now[-1]),
    )
