"""Groups the late rows of a batch by the close after which they count, and by bucket."""

from typing import NamedTuple

import numpy as np

from http_monitor.counting.frame import WINDOW_DIMENSIONS, Frame
from http_monitor.counting.groups import FrameGroups
from http_monitor.eventtime.lateness import Decisions
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.records import Int64s


class LateGroup(NamedTuple):
    """The late rows of a bucket between two closes, or too late rows of passed intervals."""

    groups: FrameGroups
    group: int
    start_us: int
    """Start of the bucket; `NEVER_US` for rows that are too late."""
    passed: bool
    """Their interval has been passed."""


def late_groups(frame: Frame, decisions: Decisions, closing: Int64s) -> dict[int, list[LateGroup]]:
    """Return the late rows by the number of closing rows before them, grouped by bucket.

    Args:
        frame: the rows.
        decisions: the decision on each row.
        closing: indices of the rows that cause closes, ascending.
    """
    found: dict[int, list[LateGroup]] = {}
    # Rows that are too late enter no window; if their interval is open, they were counted there.
    late_rows = np.flatnonzero(decisions.late & (decisions.passed | ~decisions.too_late))
    if len(late_rows):
        # A late row that itself causes a close is counted before it.
        turn_of = np.searchsorted(closing, late_rows)
        bucket_of = np.where(decisions.too_late[late_rows], NEVER_US, decisions.bucket_of[late_rows])
        starts, start_of = np.unique(bucket_of, return_inverse=True)
        cells, first, group_of = np.unique(turn_of * len(starts) + start_of, return_index=True, return_inverse=True)
        groups = FrameGroups(frame.take(late_rows).only(WINDOW_DIMENSIONS, with_lacks=True), group_of, len(cells))
        # All rows of a group have the same bucket and see the same last close, so all or none are passed.
        passed_of = decisions.passed[late_rows[first]].tolist()
        for index, (cell, is_passed) in enumerate(zip(cells.tolist(), passed_of, strict=True)):
            turn, start = divmod(cell, len(starts))
            found.setdefault(turn, []).append(LateGroup(groups, index, int(starts[start]), is_passed))
    return found
