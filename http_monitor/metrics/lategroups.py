"""Groups the late rows of a batch by when they count, and for which bucket."""

from typing import NamedTuple

import numpy as np

from http_monitor.metrics.decisions import Decisions
from http_monitor.metrics.frame import WINDOW_DIMENSIONS, Frame
from http_monitor.metrics.groups import FrameGroups
from http_monitor.records import Int64s


class LateGroup(NamedTuple):
    """The late rows of a bucket between two closes."""

    groups: FrameGroups
    group: int
    start_us: int
    passed: bool
    """Their interval has been passed."""


def late_groups(frame: Frame, decisions: Decisions, closing: Int64s) -> dict[int, list[LateGroup]]:
    """Return the late rows by the number of closing rows before them, grouped by bucket, all in one go.

    Args:
        frame: the rows.
        decisions: what becomes of each.
        closing: which of them bring closes about, ascending.
    """
    found: dict[int, list[LateGroup]] = {}
    late_rows = np.flatnonzero(decisions.late)
    if len(late_rows):
        # A late row that brings about a close itself is counted before it.
        turn_of = np.searchsorted(closing, late_rows)
        starts, start_of = np.unique(decisions.bucket_of[late_rows], return_inverse=True)
        cells, first, group_of = np.unique(turn_of * len(starts) + start_of, return_index=True, return_inverse=True)
        groups = FrameGroups(frame.take(late_rows).only(WINDOW_DIMENSIONS), group_of, len(cells))
        # All rows of a group have the same bucket and see the same last close, so all or none are passed.
        passed_of = decisions.passed[late_rows[first]].tolist()
        for index, (cell, is_passed) in enumerate(zip(cells.tolist(), passed_of, strict=True)):
            turn, start = divmod(cell, len(starts))
            found.setdefault(turn, []).append(LateGroup(groups, index, int(starts[start]), is_passed))
    return found
