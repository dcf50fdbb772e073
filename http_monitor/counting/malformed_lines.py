"""How many malformed lines each bucket has, of those that are open and those in the window."""

import heapq

import numpy as np

from http_monitor.codec import MOST_HITS, distinct, integer, listed, start_of
from http_monitor.eventtime.lateness import Decisions
from http_monitor.eventtime.rows import MALFORMED, Rows
from http_monitor.records import Int64s, Json

NOT_CLOSED = -1
"""Of `malformed_between`: lines of buckets that are open when they come."""


def malformed_between(rows: Rows, decisions: Decisions, closing: Int64s) -> dict[int, list[tuple[int, int]]]:
    """Return the malformed lines behind rows, as (start of the bucket, how many), by when they count.

    Args:
        rows: the rows; a malformed line counts in the bucket of the one it stands behind.
        decisions: what becomes of each.
        closing: which of them bring closes about, ascending.

    Returns:
        Those of open buckets at `NOT_CLOSED`, the others by the number of closing rows up to theirs.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    if rows.after is None:
        return found
    behind = np.flatnonzero(rows.after[MALFORMED])
    if not len(behind):
        return found
    buckets = decisions.bucket_of[behind]
    # What a row closes has been closed when the line behind it comes.
    is_open = buckets > decisions.due[behind]
    turns = np.where(is_open, NOT_CLOSED, np.searchsorted(closing, behind, side="right"))
    counts = rows.after[MALFORMED][behind]
    for turn, start_us, count in zip(turns.tolist(), buckets.tolist(), counts.tolist(), strict=True):
        found.setdefault(turn, []).append((start_us, count))
    return found


class MalformedCounts:
    """Malformed lines by the bucket of the line accepted before each, with their sum over the window.

    Owned by the window, which tells where it stands.
    """

    def __init__(self) -> None:
        self._at: dict[int, int] = {}
        # Starts of the buckets that have not closed, and of those in the window: heaps.
        self._open: list[int] = []
        self._closed: list[int] = []
        self.in_window = 0
        """So many are in buckets of the window."""

    def add(self, start_us: int, count: int, *, is_closed: bool) -> None:
        """Count lines in the bucket of that start, which the window has if it has closed."""
        is_new = start_us not in self._at
        self._at[start_us] = self._at.get(start_us, 0) + count
        if is_new:
            heapq.heappush(self._closed if is_closed else self._open, start_us)
        if is_closed:
            self.in_window += count

    def move_to(self, start_us: int, end_us: int) -> None:
        """Let the window begin and end there."""
        while self._open and self._open[0] < end_us:
            bucket_us = heapq.heappop(self._open)
            heapq.heappush(self._closed, bucket_us)
            self.in_window += self._at[bucket_us]
        while self._closed and self._closed[0] < start_us:
            self.in_window -= self._at.pop(heapq.heappop(self._closed))

    def by_start(self) -> dict[int, int]:
        """Return the lines of each bucket that has some, open ones too."""
        return self._at

    def save(self) -> list[list[int]]:
        """Return them as JSON."""
        return [[start_us, self._at[start_us]] for start_us in sorted(self._at)]

    def load(self, given: Json, window_us: int, end_us: int, bucket_us: int) -> None:
        """Become what was saved of a window that begins and ends there; this one must be new.

        Raises:
            TypeError, ValueError: it is no such state.
        """
        saved = [(start_of(start_us, bucket_us), integer(count, 1, MOST_HITS)) for start_us, count in listed(given)]
        distinct(start_us for start_us, _ in saved)
        for start_us, count in saved:
            if start_us < window_us:
                raise ValueError("malformed lines before the window")
            self.add(start_us, count, is_closed=start_us < end_us)
