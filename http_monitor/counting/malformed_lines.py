"""Counts malformed lines by bucket, for open buckets and those in the window."""

import heapq

import numpy as np

from http_monitor.codec import MAX_HITS, check_list, distinct, integer, start_of
from http_monitor.eventtime.lateness import Decisions
from http_monitor.eventtime.rows import MALFORMED, Rows
from http_monitor.records import Int64s, Json

NOT_CLOSED = -1
"""Key in `count_malformed_between` for lines of buckets that are open when they arrive."""


def count_malformed_between(rows: Rows, decisions: Decisions, closing: Int64s) -> dict[int, list[tuple[int, int]]]:
    """Return the malformed lines after rows, as (start of the bucket, count), by the time at which they count.

    Args:
        rows: the rows; a malformed line counts in the bucket of the row before it.
        decisions: the decision on each row.
        closing: indices of the rows that cause closes, ascending.

    Returns:
        Lines of open buckets at `NOT_CLOSED`, the others by the number of closing rows up to their row.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    if rows.after is None:
        return found
    behind = np.flatnonzero(rows.after[MALFORMED])
    if not len(behind):
        return found
    buckets = decisions.bucket_of[behind]
    # A row's closes have happened before the line after it arrives.
    is_open = buckets > decisions.due[behind]
    turns = np.where(is_open, NOT_CLOSED, np.searchsorted(closing, behind, side="right"))
    counts = rows.after[MALFORMED][behind]
    for turn, start_us, count in zip(turns.tolist(), buckets.tolist(), counts.tolist(), strict=True):
        found.setdefault(turn, []).append((start_us, count))
    return found


class MalformedCounts:
    """Malformed lines by the bucket of the line accepted before each, with their sum over the window.

    Owned by the window, which reports each move to it.
    """

    def __init__(self) -> None:
        self._at: dict[int, int] = {}
        # Heaps: starts of the buckets that have not closed, and of those in the window.
        self._open: list[int] = []
        self._closed: list[int] = []
        self.in_window = 0
        """Number of lines in buckets of the window."""

    def add(self, start_us: int, count: int, *, is_closed: bool) -> None:
        """Count lines in the bucket that starts at `start_us`, which is in the window if it has closed."""
        is_new = start_us not in self._at
        self._at[start_us] = self._at.get(start_us, 0) + count
        if is_new:
            heapq.heappush(self._closed if is_closed else self._open, start_us)
        if is_closed:
            self.in_window += count

    def move_to(self, start_us: int, end_us: int) -> None:
        """Move the window to [start_us, end_us)."""
        while self._open and self._open[0] < end_us:
            bucket_us = heapq.heappop(self._open)
            heapq.heappush(self._closed, bucket_us)
            self.in_window += self._at[bucket_us]
        while self._closed and self._closed[0] < start_us:
            self.in_window -= self._at.pop(heapq.heappop(self._closed))

    def by_start(self) -> dict[int, int]:
        """Return the number of lines of each bucket with malformed lines, open ones included."""
        return self._at

    def save(self) -> list[list[int]]:
        """Return the counts as JSON."""
        return [[start_us, self._at[start_us]] for start_us in sorted(self._at)]

    def load(self, given: Json, window_us: int, end_us: int, bucket_us: int) -> None:
        """Restore the saved state of a window that begins and ends there; this object must be new.

        Raises:
            TypeError, ValueError: it is no such state.
        """
        saved = [(start_of(start_us, bucket_us), integer(count, 1, MAX_HITS)) for start_us, count in check_list(given)]
        distinct(start_us for start_us, _ in saved)
        for start_us, count in saved:
            if start_us < window_us:
                raise ValueError("malformed lines before the window")
            self.add(start_us, count, is_closed=start_us < end_us)
