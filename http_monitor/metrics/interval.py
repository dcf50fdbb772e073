"""Everything that is counted for a report or for the summary: totals and all tables."""

from typing import Self

from http_monitor.metrics.frame import DIMENSIONS
from http_monitor.metrics.groups import FrameGroups
from http_monitor.metrics.saving import totals
from http_monitor.metrics.table import KeyTable
from http_monitor.ports import Json
from http_monitor.report import Table

TABLES = ("status", *DIMENSIONS)
CAP_FACTOR = 10
"""A table of an interval or of the summary holds so many times the keys of a window bucket's."""


class IntervalStats:
    """Hits, bytes and errors of some rows, in total and by every dimension."""

    __slots__ = ("errors", "hits", "size_bytes", "tables")

    def __init__(self, max_keys: int) -> None:
        self.hits = 0
        self.size_bytes = 0
        self.errors = 0
        self.tables = {name: KeyTable(CAP_FACTOR * max_keys) for name in TABLES}

    def add(self, groups: FrameGroups, index: int) -> None:
        """Count the rows that a frame has for this interval."""
        self.hits += groups.hits[index]
        self.size_bytes += groups.sizes[index]
        self.errors += groups.errors[index]
        for name, table in self.tables.items():
            table.add(groups, name, index)

    def save(self) -> Json:
        """Return it as JSON."""
        return {
            "totals": [self.hits, self.size_bytes, self.errors],
            "tables": {name: table.save() for name, table in self.tables.items()},
        }

    @classmethod
    def load(cls, given: Json, max_keys: int) -> Self:
        """Return what was saved. Raises KeyError, TypeError or ValueError for anything else."""
        stats = cls(max_keys)
        stats.hits, stats.size_bytes, stats.errors = totals(given["totals"])
        stats.tables = {name: KeyTable.load(given["tables"][name], CAP_FACTOR * max_keys) for name in TABLES}
        stats.tables["status"].check_codes()
        return stats

    def status(self) -> tuple[tuple[int, int], ...]:
        """Return (code, hits), by code."""
        return tuple(sorted((int(key), counts[0]) for key, counts in self.tables["status"].items()))

    def methods(self) -> tuple[tuple[bytes, int], ...]:
        """Return (method, hits), by method."""
        return tuple(sorted((key, counts[0]) for key, counts in self.tables["methods"].items()))

    def top(self, name: str, count: int) -> Table:
        """Return the largest keys of a table."""
        return self.tables[name].top(count)
