"""Finds, among many closes to come, those at which an alert may be raised."""

from bisect import bisect_left

import numpy as np

from http_monitor.metrics.opened import OpenBuckets
from http_monitor.metrics.tracker import AlertTracker
from http_monitor.metrics.window import SlidingWindow
from http_monitor.records import Int64s
from http_monitor.units import US_PER_S

# Fewer closes are judged before they could be screened.
_LEAST_CLOSES = 16
_MOST_CLOSES = 1 << 14
# The window is looked through for this many of its buckets, at most, for each close.
_WINDOW_SHARE = 16


class Screen:
    """Closes from one to another, screened while no alert is raised: all others among them change nothing."""

    def __init__(self, last_us: int, marked_us: list[int]) -> None:
        self.last_us = last_us
        """Start of the last bucket that was screened."""
        self._marked_us = marked_us

    def next_from(self, start_us: int) -> int:
        """Return the first bucket from there on that must be judged; the last one screened where there is none."""
        at = bisect_left(self._marked_us, start_us)
        return self._marked_us[at] if at < len(self._marked_us) else self.last_us


def screen(
    window: SlidingWindow, tracker: AlertTracker, coming: OpenBuckets, due_us: int, bucket_us: int
) -> Screen | None:
    """Look at the window at each close to come, all at once.

    Args:
        window: as it is now.
        tracker: knows the alerts.
        coming: buckets with hits that have not closed yet.
        due_us: start of the last bucket that is due.
        bucket_us: length of a bucket.

    Returns:
        The screen, or None where there are too few closes to be worth it, or where an alert cannot foresee.
    """
    first_us = window.end_us
    closes = min((due_us - first_us) // bucket_us + 1, _MOST_CLOSES)
    length = window.seconds * US_PER_S // bucket_us
    if closes < _LEAST_CLOSES or length > _WINDOW_SHARE * closes or not tracker.foresees:
        return None
    hits, errors = np.zeros((2, length + closes), np.int64)
    hits[:length], errors[:length] = window.history()
    starts, coming_hits, coming_errors = coming.totals()
    place = length + (starts - first_us) // bucket_us
    soon = place < length + closes
    hits[place[soon]] = coming_hits[soon]
    errors[place[soon]] = coming_errors[soon]
    # A close can change something only where a bucket with hits enters the window, or leaves it.
    moves = (hits[length:] > 0) | (hits[:closes] > 0)
    marked = np.flatnonzero(moves & tracker.may_rise(_sliding(hits, length), _sliding(errors, length), window.seconds))
    return Screen(first_us + (closes - 1) * bucket_us, (first_us + marked * bucket_us).tolist())


def _sliding(counts: Int64s, length: int) -> Int64s:
    """Return the sums over the windows that end with each of the counts after the first `length`."""
    total = np.concatenate(([0], np.cumsum(counts)))
    sums: Int64s = total[length + 1 :] - total[1:-length]
    return sums
