"""Counts for the summary: totals, all tables, failures and durations."""

from collections.abc import Iterator
from typing import Any

from http_monitor.codec import moment_of
from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.frame import Frame
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.interval_stats import CAP_FACTOR, IntervalStats
from http_monitor.counting.whole_run.requests import RunRequests
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.records import Int64s, Json

_REQUESTS = "requests"
"""Stands for failures and durations among saved tables."""


class RunStats:
    """Counts all rows of a run. Owned by the monitor's thread.

    Args:
        max_keys: The cap of a table in a bucket of the window.
    """

    def __init__(self, max_keys: int) -> None:
        self._max_keys = max_keys
        self.totals = IntervalStats(max_keys)
        """Totals and tables."""
        self.requests = RunRequests(CAP_FACTOR * max_keys)
        self.first_us = -NEVER_US
        """The least accepted time; far in the future before the first."""
        self.last_us = NEVER_US
        """The greatest accepted time; `NEVER_US` before the first."""

    def add(self, frame: Frame, times_us: Int64s, groups: FrameGroups) -> None:
        """Count rows, which are one group."""
        self._widen(int(times_us.min()), int(times_us.max()))
        self.totals.add(groups, 0)
        self.requests.add(frame, groups.find_failed(0))

    def merge(self, delta: BucketDelta) -> None:
        """Count the sums of rows of a bucket."""
        self._widen(delta.first_us, delta.last_us)
        self.totals.merge(delta)
        self.requests.merge(delta.requests)

    def _widen(self, first_us: int, last_us: int) -> None:
        self.first_us, self.last_us = min(self.first_us, first_us), max(self.last_us, last_us)

    def save(self) -> Json:
        """Return the totals and the times as JSON."""
        return {"whole": self.totals.save_totals(), "first": self.first_us, "last": self.last_us}

    def save_tables(self) -> Iterator[tuple[str, Json]]:
        """Yield (name, JSON) of each table in the form that `load_table` accepts."""
        yield from self.totals.save_tables()
        yield _REQUESTS, self.requests.save()

    def load(self, given: Json) -> None:
        """Restore saved totals, without tables. Raises KeyError, TypeError or ValueError for anything else."""
        self.totals = IntervalStats.load(given["whole"], self._max_keys)
        self.first_us, self.last_us = moment_of(given["first"], -NEVER_US), moment_of(given["last"], NEVER_US)
        has_times = self.first_us <= self.last_us
        if has_times != (self.totals.hits > 0) or (self.last_us == NEVER_US) != (self.first_us == -NEVER_US):
            raise ValueError("times that do not go with the hits")

    def load_table(self, name: Any, given: Any) -> None:
        """Add a saved table. Raises KeyError, TypeError or ValueError for anything else."""
        if name == _REQUESTS:
            self.requests.load(given)
        else:
            self.totals.load_table(name, given)
