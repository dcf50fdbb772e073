"""Hits over the whole span of a run, in slots that grow with it."""

from collections import Counter

import numpy as np

from http_monitor.ports.stream import RowFrame
from http_monitor.records import Int64s
from http_monitor.report_tables import TimeSlots
from http_monitor.units import US_PER_S

MAX_SLOTS = 36_000
"""Maximum length of the span in slots."""
# Offsets of time zones are multiples of 15 minutes, so local days begin with a slot in a span of up to a year.
_LENGTHS_S = (10, 60, 900, 86_400, 28 * 86_400, 364 * 86_400)
_ENOUGH_ROWS = 1 << 13
_DENSE_SLOTS = 8
"""Up to this many slots per row, counting into an array beats sorting."""


class HitsOverTime:
    """A `RowListener` that counts rows by time. Owned by the monitor's thread.

    The result depends on the rows only, not on their order or cuts: slots have the least length with which the span
    has at most `MAX_SLOTS`.
    """

    def __init__(self) -> None:
        self._length_no = 0
        self._hits: Counter[int] = Counter()
        """By the number of the slot, counted from the epoch."""
        self._first = self._last = 0
        """The first and the last of them."""
        self._waiting: list[Int64s] = []
        self._rows_waiting = 0

    def frame(self, frame: RowFrame) -> None:
        """Count rows, late ones too."""
        times_us = frame.time_us
        self._waiting.append(times_us)
        self._rows_waiting += len(times_us)
        # Frames of a few rows, one for each message of a quiet log, are counted together.
        if self._rows_waiting >= _ENOUGH_ROWS:
            self._count_waiting()

    def add(self, times_us: Int64s) -> None:
        """Count rows by their times; at least one."""
        slots = times_us // (_LENGTHS_S[self._length_no] * US_PER_S)
        first, last = int(slots.min()), int(slots.max())
        if self._hits:
            self._first, self._last = min(self._first, first), max(self._last, last)
        else:
            self._first, self._last = first, last
        if first == last:
            self._hits[first] += len(slots)
        elif last - first < _DENSE_SLOTS * len(slots):
            counts = np.bincount(slots - first)
            found = np.flatnonzero(counts)
            self._add(found + first, counts[found])
        else:
            self._add(*np.unique(slots, return_counts=True))
        while self._last - self._first >= MAX_SLOTS and self._length_no < len(_LENGTHS_S) - 1:
            self._lengthen()

    def slots(self) -> TimeSlots:
        """Return what has been counted."""
        self._count_waiting()
        length_us = _LENGTHS_S[self._length_no] * US_PER_S
        return TimeSlots(length_us, tuple((slot * length_us, self._hits[slot]) for slot in sorted(self._hits)))

    def _count_waiting(self) -> None:
        waiting, self._waiting, self._rows_waiting = self._waiting, [], 0
        if any(map(len, waiting)):
            self.add(np.concatenate(waiting))

    def _add(self, slots: Int64s, hits: Int64s) -> None:
        for slot, count in zip(slots.tolist(), hits.tolist(), strict=True):
            self._hits[slot] += count

    def _lengthen(self) -> None:
        """Change to the next length of a slot."""
        before_s = _LENGTHS_S[self._length_no]
        self._length_no += 1
        after_s = _LENGTHS_S[self._length_no]
        hits: Counter[int] = Counter()
        for slot, count in self._hits.items():
            hits[slot * before_s // after_s] += count
        self._hits = hits
        self._first, self._last = min(hits), max(hits)
