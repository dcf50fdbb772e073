"""Finds the future closes at which an alert may be raised."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from http_monitor.counting.open_buckets import OpenBuckets
from http_monitor.counting.window import SlidingWindow
from http_monitor.engine.alert_tracker import AlertTracker
from http_monitor.ports.alert import Peak
from http_monitor.records import Int64s
from http_monitor.units import US_PER_S

# Fewer closes are judged one by one.
_MIN_CLOSES = 16
_MAX_CLOSES = 1 << 14
# For each close, at most this many buckets of the window are examined.
_WINDOW_SHARE = 16


class Prefilter:
    """A range of closes; unmarked ones change nothing for the rules that foresee.

    Args:
        last_us: Start of the last bucket examined.
        marked_us: Closes at which such a rule may change state.
        moving_us: Closes that change the window; None: there are no other rules.
        peaks: Peaks that no marked close shows, with the name of their rule, in order of their closes.
    """

    def __init__(
        self,
        last_us: int,
        marked_us: list[int],
        moving_us: list[int] | None,
        peaks: Iterable[tuple[int, tuple[str, Peak]]],
    ) -> None:
        self.last_us = last_us
        self._peaks = deque(peaks)
        self._marked_us = marked_us
        self._visited_us = marked_us if moving_us is None else moving_us

    def marks(self, start_us: int) -> bool:
        """Return whether the close of an examined bucket may change a foreseeing rule."""
        at = bisect_left(self._marked_us, start_us)
        return at < len(self._marked_us) and self._marked_us[at] == start_us

    def take_peaks(self, start_us: int) -> Iterator[tuple[str, Peak]]:
        """Yield, once, each peak up to the close of a bucket; to be called before that close is judged."""
        # Its alert was raised at an earlier close, and recovers at a later one.
        while self._peaks and self._peaks[0][0] <= start_us:
            yield self._peaks.popleft()[1]

    def next_from(self, start_us: int) -> int:
        """Return the first bucket from `start_us` on that some rule must judge; without one, the last examined."""
        at = bisect_left(self._visited_us, start_us)
        return self._visited_us[at] if at < len(self._visited_us) else self.last_us


def prefilter(
    window: SlidingWindow, tracker: AlertTracker, coming: OpenBuckets, due_us: int, bucket_us: int
) -> Prefilter | None:
    """Examine the window at each future close, all at once.

    Args:
        window: the current window, unchanged since it was last judged.
        tracker: the alerts.
        coming: buckets with hits that have not closed yet.
        due_us: start of the last bucket that is due.
        bucket_us: length of a bucket.

    Returns:
        The prefilter, valid until rows are added to a bucket; None if there are too few closes or no rule foresees.
    """
    first_us = window.end_us
    closes = min((due_us - first_us) // bucket_us + 1, _MAX_CLOSES)
    length = window.seconds * US_PER_S // bucket_us
    if closes < _MIN_CLOSES or length > _WINDOW_SHARE * closes or not tracker.foresees:
        return None
    hits, errors = np.zeros((2, length + closes), np.int64)
    hits[:length], errors[:length] = window.history()
    starts, coming_hits, coming_errors = coming.totals()
    place = length + (starts - first_us) // bucket_us
    soon = place < length + closes
    hits[place[soon]] = coming_hits[soon]
    errors[place[soon]] = coming_errors[soon]
    # A close changes something only if a bucket with hits enters or leaves the window: malformed lines count in the
    # bucket of the line accepted before them, so that no bucket has nothing else.
    moves = (hits[length:] > 0) | (hits[:closes] > 0)
    ahead = _Ahead(window, coming, _sliding_sums(hits, length), _sliding_sums(errors, length))
    may_change, found = tracker.foresee(ahead)
    marked = np.flatnonzero(moves & may_change)
    # The first window is that of the last close.
    peaks = [(first_us + (peak.window - 1) * bucket_us, (name, peak)) for name, peak in found]
    last_us, marked_us = first_us + (closes - 1) * bucket_us, (first_us + marked * bucket_us).tolist()
    if tracker.foresees_all:
        return Prefilter(last_us, marked_us, None, peaks)
    return Prefilter(last_us, marked_us, (first_us + np.flatnonzero(moves) * bucket_us).tolist(), peaks)


class _Ahead:
    """The window at the last close and at each future one (`ports.alert.FutureWindows`)."""

    def __init__(self, window: SlidingWindow, coming: OpenBuckets, hits: Int64s, errors: Int64s) -> None:
        self._window = window
        self._coming = coming
        self.hits = hits
        self.errors = errors

    @property
    def seconds(self) -> int:
        """Length of the window."""
        return self._window.seconds

    @property
    def malformed(self) -> Int64s:
        """Malformed lines in each of the windows."""
        closes = len(self.hits) - 1
        counts = self._window.malformed_history(closes)
        return _sliding_sums(counts, len(counts) - closes)

    def hosts_above(self, hits: float) -> tuple[list[bytes], Int64s] | None:
        """Return the hosts that may have more than `hits`, with their hits in each window."""
        if not (self.hits > hits).any():
            return [], np.zeros((0, len(self.hits)), np.int64)
        closes = len(self.hits) - 1
        buckets = self._coming.buckets_until(self._window.last_of(closes))
        return None if buckets is None else self._window.hosts_ahead(hits, buckets, closes)


def _sliding_sums(counts: Int64s, length: int) -> Int64s:
    """Return the sums over all windows of `length` counts."""
    total = np.concatenate(([0], np.cumsum(counts)))
    sums: Int64s = total[length:] - total[:-length]
    return sums
