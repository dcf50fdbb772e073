"""A bucket of time: its counts, and the algebra by which buckets add and subtract exactly."""

from typing import Self

from http_monitor.codec import moment_of, totals
from http_monitor.counting.delta import BucketDelta
from http_monitor.counting.frame import WINDOW_DIMENSIONS
from http_monitor.counting.groups import FrameGroups
from http_monitor.counting.keys import Codes, Keys
from http_monitor.counting.tables.table import Counts, KeyTable
from http_monitor.records import Int64s, Json

HostPart = tuple[Keys, Codes, Int64s | None]
"""Host codes with the hits of each, which may be of an unsigned type; None: one hit for each code, codes may
repeat."""

# A bucket with rows from this many batches is small once it has tables.
_MANY_PIECES = 3


class MetricsBucket:
    """Hits, bytes and errors of ``[start, start + bucket_size)``, in total and by key.

    Totals are always exact; a table is exact until it has to be cut to its cap. Groups are kept as the batches
    delivered them, and become tables by key only on request or when the cap comes near.
    Two buckets add and subtract, whatever their times, without cutting a table: ``(a + b) - b == a``.
    """

    __slots__ = ("_cap", "_pieces", "_tables", "errors", "hits", "most_host_hits", "size_bytes", "start_us")

    def __init__(self, start_us: int, cap: int) -> None:
        self.start_us = start_us
        self.hits = 0
        self.size_bytes = 0
        self.errors = 0
        self.most_host_hits = 0
        """Upper bound for the hits of any host, as of the last `pack`."""
        self._cap = cap
        self._pieces: list[tuple[FrameGroups, int]] = []
        self._tables: dict[str, KeyTable] | None = None

    def add(self, groups: FrameGroups, index: int) -> None:
        """Count the rows of one group of a frame."""
        hits = groups.hits[index]
        as_it_came = self._has_room(groups, hits)
        self.hits += hits
        self.size_bytes += groups.sizes[index]
        self.errors += groups.errors[index]
        if as_it_came:
            self._pieces.append((groups, index))
            return
        for name, table in self.tables().items():
            table.add(groups, name, index)

    def merge(self, delta: BucketDelta) -> None:
        """Count the sums of rows of this bucket."""
        tables = self.tables()
        self.hits += delta.hits
        self.size_bytes += delta.size_bytes
        self.errors += delta.errors
        for name in WINDOW_DIMENSIONS:
            if name in delta.tables:
                tables[name].merge(delta.tables[name])

    def keeps_all_hosts(self, groups: FrameGroups, index: int) -> bool:
        """Return whether `add` of the same group will cut no host."""
        if self._has_room(groups, groups.hits[index]):
            return True
        return self.tables()["hosts"].fits(groups.piece("hosts", index))

    def has_status(self) -> bool:
        """Return whether some row has a status; no table is made for that."""
        if self._tables is not None:
            return len(self._tables["status"]) > 0
        return any(len(groups.codes("status", index)[1]) for groups, index in self._pieces)

    def tables(self) -> dict[str, KeyTable]:
        """Return the tables by dimension, after merging the groups kept so far."""
        if self._tables is None:
            self._tables = self._make_tables()
            self._pieces = []
        return self._tables

    def pack(self) -> None:
        """Use less memory: the bucket has closed, and will stay for minutes."""
        if len(self._pieces) >= _MANY_PIECES:
            self.tables()
        self.most_host_hits = self.hits
        if self._tables is not None:
            for table in self._tables.values():
                table.pack()
            self.most_host_hits = int(self._tables["hosts"].hits_by_code()[2].max(initial=0))

    def host_parts(self) -> list[HostPart]:
        """Return the hosts with their hits, after `pack`; later changes of the bucket do not affect these parts."""
        if self._tables is None:
            return [host_rows(groups, index) for groups, index in self._pieces]
        return [self._tables["hosts"].hits_by_code()]

    def save(self) -> Json:
        """Return the bucket as JSON, without changing it."""
        tables = self._tables
        if tables is None:
            tables = self._make_tables()
        return {
            "start": self.start_us,
            "totals": [self.hits, self.size_bytes, self.errors],
            "tables": {name: table.save() for name, table in tables.items()},
        }

    @classmethod
    def load(cls, given: Json, cap: int) -> Self:
        """Return a saved bucket. Raises KeyError, TypeError or ValueError for anything else."""
        bucket = cls(moment_of(given["start"]), cap)
        bucket.hits, bucket.size_bytes, bucket.errors = totals(given["totals"])
        if not bucket.hits:
            raise ValueError("a bucket without hits")
        bucket._tables = {name: KeyTable.load(given["tables"][name], cap) for name in WINDOW_DIMENSIONS}
        bucket._tables["status"].check_codes()
        return bucket

    def counts(self) -> dict[str, dict[bytes, Counts]]:
        """Return a copy of every table as key → [hits, bytes, errors]."""
        return {name: dict(table.items()) for name, table in self.tables().items()}

    def __add__(self, other: Self) -> "MetricsBucket":
        return self._combine(other, 1)

    def __sub__(self, other: Self) -> "MetricsBucket":
        return self._combine(other, -1)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MetricsBucket):
            return NotImplemented
        mine, others = (self.hits, self.size_bytes, self.errors), (other.hits, other.size_bytes, other.errors)
        return mine == others and self.tables() == other.tables()

    def _has_room(self, groups: FrameGroups, hits: int) -> bool:
        """Return whether rows can be kept ungrouped: they cannot have more keys than the tables hold."""
        return self._tables is None and self.hits + hits <= 2 * self._cap and not groups.some_long

    def _make_tables(self) -> dict[str, KeyTable]:
        tables = {name: KeyTable(self._cap) for name in WINDOW_DIMENSIONS}
        for groups, index in self._pieces:
            for name, table in tables.items():
                table.add(groups, name, index)
        return tables

    def _combine(self, other: Self, sign: int) -> "MetricsBucket":
        result = MetricsBucket(self.start_us, max(self._cap, other._cap))
        result.hits = self.hits + sign * other.hits
        result.size_bytes = self.size_bytes + sign * other.size_bytes
        result.errors = self.errors + sign * other.errors
        theirs = other.tables()
        result._tables = {name: table.combine(theirs[name], sign) for name, table in self.tables().items()}
        return result


def host_rows(groups: FrameGroups, index: int) -> HostPart:
    """Return the hosts of the rows of one group."""
    return *groups.codes("hosts", index), None
