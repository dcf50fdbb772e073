"""Counts for one report or for the summary: totals and all tables."""

from collections.abc import Iterator
from typing import Any, Self

from http_monitor.codec import check_list, fields_of, integer, totals
from http_monitor.counting.agent_families import families_of
from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.durations import durations_of, slowest_of
from http_monitor.counting.frame import BYTES_IN, COVERED, DIMENSIONS, HISTOGRAMS, TIMED
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.histogram import BUCKETS
from http_monitor.counting.interval_requests import IntervalRequests, RequestSums
from http_monitor.counting.networks import Networks
from http_monitor.counting.tables.table import KeyTable
from http_monitor.ports.agent import ClassifyAgent
from http_monitor.records import Json
from http_monitor.report_tables import Coverage, Details, KeyCount, Table

TABLES = ("status", *DIMENSIONS, *HISTOGRAMS, TIMED, BYTES_IN)
_DISTINCT = "hosts"
_REQUESTS = "requests"
"""Stands for `IntervalStats.requests` among saved tables."""
CAP_FACTOR = 10
"""Ratio of the cap of an interval's or the summary's table to that of a window bucket's."""


_NO_TABLE = Table()


class IntervalStats:
    """Hits, bytes and errors of some rows, in total and by every dimension for which some row has a key."""

    __slots__ = ("_cap", "_lacks", "_tables", "errors", "hits", "requests", "size_bytes")

    def __init__(self, max_keys: int, *, keeps_requests: bool = False) -> None:
        """Start with nothing counted.

        Args:
            max_keys: the cap of a table in a bucket of the window.
            keeps_requests: count failures and durations too.
        """
        self.hits = 0
        self.size_bytes = 0
        self.errors = 0
        self._lacks: dict[str, int] = {}
        self._cap = CAP_FACTOR * max_keys
        self.requests = IntervalRequests(self._cap) if keeps_requests else None
        """Failures and durations by endpoint; None if they are not needed."""
        # Most logs have few of the dimensions, and a quiet log has many intervals, so empty tables are not kept.
        self._tables: dict[str, KeyTable] = {}

    def add(self, groups: FrameGroups, index: int) -> None:
        """Count the rows of one group of a frame."""
        self.hits += groups.hits[index]
        self.size_bytes += groups.sizes[index]
        self.errors += groups.errors[index]
        for name, lacks in groups.lacks.items():
            self._lacks[name] = self._lacks.get(name, 0) + lacks[index]
        for name in groups.dimensions:
            if name in self._tables:
                self._tables[name].add(groups, name, index)
            elif len(groups.piece(name, index)):
                table = self._tables[name] = self.table(name)
                table.add(groups, name, index)
        if self.requests is not None:
            self.requests.add(groups, index)

    def merge(self, delta: BucketDelta) -> None:
        """Count the sums of rows of this interval."""
        self.hits += delta.hits
        self.size_bytes += delta.size_bytes
        self.errors += delta.errors
        for name, lacks in delta.lacks.items():
            self._lacks[name] = self._lacks.get(name, 0) + lacks
        for name, table in delta.tables.items():
            if name not in self._tables:
                self._tables[name] = self.table(name)
            self._tables[name].merge(table)
        if self.requests is not None:
            self.requests.merge(delta.requests)

    def delta(self, start_us: int, first_us: int, last_us: int, *, late: bool) -> BucketDelta:
        """Return these sums as a delta of one bucket; they must not change afterwards."""
        sums = self.hits, self.size_bytes, self.errors
        requests = RequestSums() if self.requests is None else self.requests.sums()
        return BucketDelta(start_us, late, *sums, first_us, last_us, self._lacks, self._tables, requests)

    def table(self, name: str) -> KeyTable:
        """Return the counts by key of a dimension, read only."""
        found = self._tables.get(name)
        if found is None:
            found = KeyTable(_cap_of(name, self._cap), counts_distinct=name == _DISTINCT)
        return found

    def save_totals(self) -> list[int]:
        """Return the totals, without the tables, as JSON."""
        return [self.hits, self.size_bytes, self.errors, *(self._lacks.get(name, 0) for name in COVERED)]

    def save_tables(self) -> Iterator[tuple[str, Json]]:
        """Yield (name, JSON) of each table that has keys, then of the failures and durations."""
        for name in TABLES:
            if name in self._tables:
                yield name, self._tables[name].save()
        if self.requests is not None:
            yield _REQUESTS, self.requests.save()

    @classmethod
    def load(cls, given_totals: Any, max_keys: int, *, keeps_requests: bool = False) -> Self:
        """Return saved totals, without tables. Raises TypeError or ValueError for anything else."""
        stats = cls(max_keys, keeps_requests=keeps_requests)
        sums, lacks = check_list(given_totals)[:3], check_list(given_totals)[3:]
        stats.hits, stats.size_bytes, stats.errors = totals(sums)
        stats._lacks = {name: integer(count, 0, stats.hits) for name, count in zip(COVERED, lacks, strict=True)}
        return stats

    def load_table(self, name: Any, given: Any) -> None:
        """Add a saved table. Raises KeyError, TypeError or ValueError for anything else."""
        if name == _REQUESTS and self.requests is not None:
            self.requests = IntervalRequests.load(given, self._cap)
            return
        if name not in TABLES or name in self._tables:
            raise ValueError("an unknown or repeated table")
        table = KeyTable.load(fields_of(given), _cap_of(name, self._cap), counts_distinct=name == _DISTINCT)
        if not len(table):
            raise ValueError("a table without keys")
        if name == "status":
            table.check_codes()
        if name in HISTOGRAMS:
            for key, _ in table.items():
                integer(int(key), 0, BUCKETS - 1)
        self._tables[name] = table

    def coverage(self) -> Coverage:
        """Return the number of rows that have the field needed for each figure."""
        return Coverage(self.hits, **{name: self.hits - self._lacks.get(name, 0) for name in COVERED})

    def status(self) -> tuple[tuple[int, int], ...]:
        """Return (code, hits), by code."""
        return tuple((int(key), hits) for key, hits in self.by_key("status"))

    def by_key(self, name: str) -> tuple[tuple[bytes, int], ...]:
        """Return (key, hits) of a table, by key."""
        if name not in self._tables:
            return ()
        return tuple(sorted((key, counts[0]) for key, counts in self._tables[name].items()))

    def rank(self, name: str) -> Table:
        """Return the keys of a table, largest first; the counts must not change afterwards."""
        # Most logs have few of the dimensions.
        return self._tables[name].rank() if name in self._tables else _NO_TABLE

    def details(self, classify: ClassifyAgent | None) -> Details:
        """Return the figures that only some logs have."""
        browsers, systems, kinds = families_of(self.table("agents"), self.hits, classify)
        received = [counts[1] for _, counts in self.table(BYTES_IN).items()]
        return Details(
            vhosts=self.rank("vhosts"),
            duration=durations_of(self.table("durations")),
            upstream=durations_of(self.table("upstreams")),
            slowest=slowest_of(self.table(TIMED)),
            bytes_in=received[0] if received else None,
            cache=self.by_key("cache"),
            tls=self.by_key("tls"),
            browsers=browsers,
            systems=systems,
            kinds=kinds,
            sources=self.rank("sources"),
            servers=self.rank("servers"),
            without_agent=self._without_agent(),
            networks=Networks(self.table(_DISTINCT).piece()),
        )

    def _without_agent(self) -> KeyCount | None:
        """Return the requests without an agent; None if there are none, or if no line can have one."""
        if self._lacks.get("agent", 0) == self.hits:
            return None
        table = self.table("agents")
        piece, rest = table.piece(), table.remainder
        hits = self.hits - int(piece.hits.sum()) - rest.hits
        if not hits:
            return None
        size_bytes = self.size_bytes - sum(piece.sizes.tolist()) - rest.size_bytes
        return KeyCount(b"-", hits, size_bytes, self.errors - int(piece.errors.sum()) - rest.errors)


def _cap_of(name: str, cap: int) -> int:
    # A histogram has few buckets, and none may be cut.
    return BUCKETS if name in HISTOGRAMS else cap
