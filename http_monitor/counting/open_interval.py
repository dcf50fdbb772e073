"""An interval that has rows and has not been reported yet."""

from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.failing.interval_rows import FailingRows
from http_monitor.counting.frame import COVERED
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.interval_stats import IntervalStats
from http_monitor.report_tables import Coverage

MAX_UNCOUNTED = 2_000
"""Maximum number of rows of an interval that are kept ungrouped."""


class OpenInterval:
    """Counts rows at once, or, if most intervals pass without a report, when the counts are needed.

    Args:
        stats: Counts the rows.
        may_pass: The interval may pass without a report.
    """

    __slots__ = ("_pieces", "_room", "_stats")

    def __init__(self, stats: IntervalStats, *, may_pass: bool) -> None:
        self._stats = stats
        self._room = MAX_UNCOUNTED if may_pass else 0
        self._pieces: list[tuple[FrameGroups, int]] = []

    def add(self, groups: FrameGroups, index: int) -> None:
        """Count the rows of one group of a frame."""
        # Long keys take much room until they are counted.
        self._room = -1 if groups.some_long else self._room - groups.hits[index]
        if self._room >= 0:
            self._pieces.append((groups, index))
        else:
            self.count().add(groups, index)

    def merge(self, delta: BucketDelta) -> None:
        """Count the sums of rows of this interval."""
        self.count().merge(delta)

    def count(self) -> IntervalStats:
        """Return the counts of all rows up to now."""
        for groups, index in self._pieces:
            self._stats.add(groups, index)
        self._pieces = []
        return self._stats

    def coverage(self) -> Coverage:
        """Return the number of rows that have the field needed for each figure, without counting by key."""
        if not self._pieces:
            return self._stats.coverage()
        hits = sum(groups.hits[index] for groups, index in self._pieces)
        lacks = {
            name: sum(groups.lacks[name][index] for groups, index in self._pieces if name in groups.lacks)
            for name in COVERED
        }
        known = self._stats.coverage()
        sums = {name: getattr(known, name) + hits - lacks[name] for name in COVERED}
        return Coverage(known.lines + hits, **sums)

    def take_failing(self) -> FailingRows | None:
        """Return the failed rows, without counting by key; None: there are none. Nothing may be added afterwards."""
        assert self._stats.requests is not None
        if not self._stats.errors and not any(groups.errors[index] for groups, index in self._pieces):
            return None
        for groups, index in self._pieces:
            self._stats.requests.add_failing(groups, index)
        self._pieces = []
        return self._stats.requests.failing
