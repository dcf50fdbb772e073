"""Folds the stream of accepted rows into deltas for another engine or a history."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.interval_stats import IntervalStats
from http_monitor.counting.row_frame import AcceptedRows
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.ports.stream import RowFrame
from http_monitor.records import Int64s
from http_monitor.report import Mark
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S


@dataclass(slots=True)
class _Sums:
    stats: IntervalStats
    first_us: int = -NEVER_US
    last_us: int = NEVER_US


class DeltaFold:
    """A `ports.stream.StreamListener` that makes one delta of each closed bucket, and one of its late rows.

    Deltas are made at marks: first those of buckets that have closed, in order, then those of late rows.

    Args:
        settings: The length of a bucket, and the caps of its tables.
        emit: Receives each delta.
    """

    def __init__(self, settings: Settings, emit: Callable[[BucketDelta], None]) -> None:
        self._bucket_us = settings.bucket_size_s * US_PER_S
        self._max_keys = settings.max_keys
        self._emit_delta = emit
        self._open: dict[int, _Sums] = {}
        self._late: dict[int, _Sums] = {}

    def frame(self, frame: RowFrame) -> None:
        """Sum up rows."""
        assert isinstance(frame, AcceptedRows)
        for late, kept in ((False, self._open), (True, self._late)):
            sums = frame.sums(self._bucket_us, late=late)
            if sums.groups is None:
                continue
            first_us, last_us = _bounds(frame, sums.starts_us, late=late)
            for index, start_us in enumerate(sums.starts_us.tolist()):
                found = kept.setdefault(start_us, _Sums(IntervalStats(self._max_keys, keeps_requests=True)))
                found.stats.add(sums.groups, index)
                found.first_us = min(found.first_us, first_us[index])
                found.last_us = max(found.last_us, last_us[index])

    def mark(self, mark: Mark) -> None:
        """Emit the deltas of closed buckets."""
        if mark.before_us is not None:
            self._emit(self._open, mark.before_us - self._bucket_us, late=False)
        self._emit(self._late, -NEVER_US, late=True)

    def finish(self) -> None:
        """Emit the deltas of the buckets still open at the end of the run."""
        self._emit(self._open, -NEVER_US, late=False)

    def _emit(self, kept: dict[int, _Sums], until_us: int, *, late: bool) -> None:
        for start_us in sorted(start_us for start_us in kept if start_us <= until_us):
            sums = kept.pop(start_us)
            self._emit_delta(sums.stats.delta(start_us, sums.first_us, sums.last_us, late=late))


def _bounds(frame: AcceptedRows, starts_us: Int64s, *, late: bool) -> tuple[list[int], list[int]]:
    """Return the least and the greatest time of the rows of each bucket."""
    wanted = frame.late == late
    times_us, group_of = frame.time_us[wanted], np.searchsorted(starts_us, frame.bucket_us[wanted])
    first_us, last_us = np.full(len(starts_us), -NEVER_US), np.full(len(starts_us), NEVER_US)
    np.minimum.at(first_us, group_of, times_us)
    np.maximum.at(last_us, group_of, times_us)
    return first_us.tolist(), last_us.tolist()
