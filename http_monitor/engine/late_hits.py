"""Late hits of intervals that have been reported, for the next report."""

from http_monitor.codec import fields_of, integer, totals
from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.interval_stats import IntervalStats
from http_monitor.records import Json
from http_monitor.report_tables import Coverage

_COVERED = ("status", "size")
"""Fields that the sums of late hits depend on."""


class LateHits:
    """Sums of late rows. Owned by the reporter."""

    def __init__(self) -> None:
        self.hits = 0
        self.size_bytes = 0
        self.errors = 0
        self._lacks = dict.fromkeys(_COVERED, 0)
        """Number of hits that lack the field, by field."""

    def __bool__(self) -> bool:
        return bool(self.hits or self.size_bytes or self.errors)

    def add(self, groups: FrameGroups, index: int) -> None:
        """Count the rows of one group of a frame."""
        self._add(groups.hits[index], groups.sizes[index], groups.errors[index])
        for name in _COVERED:
            if name in groups.lacks:
                self._lacks[name] += groups.lacks[name][index]

    def merge(self, delta: BucketDelta) -> None:
        """Count the sums of rows of a passed interval."""
        self._add(delta.hits, delta.size_bytes, delta.errors)
        for name in _COVERED:
            self._lacks[name] += delta.lacks.get(name, 0)

    def add_stats(self, stats: IntervalStats) -> None:
        """Count an interval that will not be reported by itself."""
        self._add(stats.hits, stats.size_bytes, stats.errors)
        coverage = stats.coverage()
        for name in _COVERED:
            self._lacks[name] += stats.hits - int(getattr(coverage, name))

    def coverage(self) -> Coverage:
        """Return the number of hits that have the fields needed for the sums."""
        return Coverage(self.hits, **{name: self.hits - lacks for name, lacks in self._lacks.items()})

    def save(self) -> Json:
        """Return the sums as JSON."""
        return {"late": [self.hits, self.size_bytes, self.errors], "late_lacks": {**self._lacks}}

    def load(self, given: Json) -> None:
        """Restore saved sums. Raises KeyError, TypeError or ValueError for anything else."""
        self.hits, self.size_bytes, self.errors = totals(given["late"])
        lacks = fields_of(given.get("late_lacks", {}))
        self._lacks = {name: integer(lacks.get(name, 0), 0, self.hits) for name in _COVERED}

    def _add(self, hits: int, size_bytes: int, errors: int) -> None:
        self.hits += hits
        self.size_bytes += size_bytes
        self.errors += errors
