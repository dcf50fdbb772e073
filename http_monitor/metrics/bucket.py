"""A bucket of time: its counts, and the algebra by which buckets add and subtract exactly."""

from collections.abc import Iterator
from typing import Self

import numpy as np

from http_monitor.metrics.groups import WINDOW_DIMENSIONS, Frame, Groups
from http_monitor.metrics.table import Counts, KeyTable
from http_monitor.report import BucketStats


class BatchGroups:
    """What one batch contributed to the buckets it touched: group g is the g-th of them."""

    __slots__ = ("by_dimension", "hosts", "most_keys")

    def __init__(self, by_dimension: dict[str, Groups]) -> None:
        self.by_dimension = by_dimension
        self.hosts = by_dimension["hosts"]
        widths = [np.diff(groups.bounds) for groups in by_dimension.values()]
        self.most_keys: list[int] = np.maximum.reduce(widths).tolist()
        """For each group, the keys of its largest table."""

    def sums(self, dimension: str, group: int) -> Iterator[tuple[bytes, int, int, int]]:
        """Yield (key, hits, bytes, errors) of one group."""
        groups = self.by_dimension[dimension]
        slot = slice(int(groups.bounds[group]), int(groups.bounds[group + 1]))
        keys = groups.keys
        return zip(
            [keys[code] for code in groups.codes[slot].tolist()],
            groups.hits[slot].tolist(),
            groups.sizes[slot].tolist(),
            groups.errors[slot].tolist(),
            strict=True,
        )


class MetricsBucket:
    """Hits, bytes and errors of ``[start, start + bucket_size)``, in total and by key.

    Totals are exact always; a table is exact until it has to be cut to its cap. What batches contributed is
    kept as they grouped it, and becomes tables of keys only when somebody asks or the cap comes near.
    Two buckets add and subtract, whatever their times: ``(a + b) - b == a`` while no table was cut.
    """

    __slots__ = ("_cap", "_key_bound", "_pieces", "_tables", "errors", "hits", "size_bytes", "start_us")

    def __init__(self, start_us: int, cap: int) -> None:
        self.start_us = start_us
        self.hits = 0
        self.size_bytes = 0
        self.errors = 0
        self._cap = cap
        self._key_bound = 0
        self._pieces: list[tuple[BatchGroups, int]] = []
        self._tables: dict[str, KeyTable] | None = None

    def add_totals(self, hits: int, size_bytes: int, errors: int) -> None:
        """Count rows whose keys are added by the caller too."""
        self.hits += hits
        self.size_bytes += size_bytes
        self.errors += errors

    def add_group(self, groups: BatchGroups, group: int) -> bool:
        """Add what a batch grouped for this bucket; False, and nothing added, where only row by row is exact."""
        bound = self._key_bound + groups.most_keys[group]
        if self._tables is not None or bound > 2 * self._cap:
            return False
        self._key_bound = bound
        self._pieces.append((groups, group))
        return True

    def add_frame(self, frame: Frame) -> None:
        """Add rows in their order, cutting tables where the cap says so."""
        tables = self.tables()
        for name, table in tables.items():
            table.add_rows(frame.columns[name], frame.measures)

    def tables(self) -> dict[str, KeyTable]:
        """Return the tables by dimension, making them of what was put by."""
        if self._tables is None:
            self._tables = {name: KeyTable(self._cap) for name in WINDOW_DIMENSIONS}
            for groups, group in self._pieces:
                for name, table in self._tables.items():
                    table.add_sums(groups.sums(name, group))
            self._pieces = []
        return self._tables

    def host_pieces(self) -> Iterator[tuple[BatchGroups, int]] | None:
        """Yield what batches contributed; None once the bucket has tables."""
        return iter(self._pieces) if self._tables is None else None

    def stats(self, seconds: int) -> BucketStats:
        """Return the closed bucket as it leaves the monitor."""
        return BucketStats(
            start_us=self.start_us,
            seconds=seconds,
            hits=self.hits,
            size_bytes=self.size_bytes,
            errors=self.errors,
            status={int(key): counts[0] for key, counts in sorted(self.tables()["status"].items())},
        )

    def counts(self) -> dict[str, dict[bytes, Counts]]:
        """Return a copy of every table as key → [hits, bytes, errors]."""
        return {name: {key: list(counts) for key, counts in table.items()} for name, table in self.tables().items()}

    def __add__(self, other: Self) -> "MetricsBucket":
        return self._combined(other, 1)

    def __sub__(self, other: Self) -> "MetricsBucket":
        return self._combined(other, -1)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MetricsBucket):
            return NotImplemented
        mine, others = (self.hits, self.size_bytes, self.errors), (other.hits, other.size_bytes, other.errors)
        return mine == others and self.counts() == other.counts()

    __hash__ = None  # type: ignore[assignment]  # a bucket changes

    def _combined(self, other: Self, sign: int) -> "MetricsBucket":
        result = MetricsBucket(self.start_us, max(self._cap, other._cap))
        result.add_totals(
            self.hits + sign * other.hits,
            self.size_bytes + sign * other.size_bytes,
            self.errors + sign * other.errors,
        )
        result._tables = {}
        theirs = other.counts()
        for name, table in self.counts().items():
            for key, counts in theirs[name].items():
                mine = table.setdefault(key, [0, 0, 0])
                for index, count in enumerate(counts):
                    mine[index] += sign * count
            result._tables[name] = KeyTable(result._cap)
            result._tables[name].add_sums(
                (key, counts[0], counts[1], counts[2]) for key, counts in table.items() if any(counts)
            )
        return result
