"""The durations of a run by endpoint."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from http_monitor.codec import MAX_HITS, check_list, integer, key_of, text_of
from http_monitor.counting.frame import Column
from http_monitor.counting.histogram import BUCKETS, bucket_of, middle_of
from http_monitor.counting.keys import Codes, Keys
from http_monitor.counting.long_keys import room_of
from http_monitor.counting.slow import PERCENT, Timed, Times, rank_slow, renumber, sum_durations
from http_monitor.counting.whole_run.bounded_rows import BoundedRows
from http_monitor.records import Int64s
from http_monitor.report_tables import SlowRequests, SlowRow

_MAX_WAITING = 1 << 16
"""Maximum number of rows that are kept uncounted until the counts are needed."""
_MAX_PENDING = 1 << 18
"""Maximum number of cells that are kept unsorted, or as many as are sorted already."""
_NO_CELLS = np.empty(0, np.int64)


class _Cells:
    """Hits by cell, in 16 bytes each: a cell is a row and a bucket of its histogram."""

    __slots__ = ("_hits", "_keys", "_pending", "_size")

    def __init__(self) -> None:
        self._keys, self._hits = _NO_CELLS, _NO_CELLS
        self._pending: list[tuple[Int64s, Int64s | None]] = []
        self._size = 0

    def add(self, cells: Int64s, hits: Int64s | None = None) -> None:
        """Add cells, each with one hit unless the hits are given."""
        self._pending.append((cells, hits))
        self._size += len(cells)
        if self._size > max(_MAX_PENDING, len(self._keys)):
            self.sort()

    def sort(self) -> tuple[Int64s, Int64s]:
        """Return the cells, ascending, each once, and the hits of each."""
        if self._pending:
            single = [cells for cells, hits in self._pending if hits is None]
            parts = [(cells, hits) for cells, hits in self._pending if hits is not None]
            if single:
                parts.append(np.unique(np.concatenate(single), return_counts=True))
            self._pending, self._size = [], 0
            keys = np.concatenate([self._keys, *(cells for cells, _ in parts)])
            # Sorting two sorted runs is quick.
            order = np.argsort(keys, kind="stable")
            keys, hits = keys[order], np.concatenate([self._hits, *(hits for _, hits in parts)])[order]
            starts = np.flatnonzero(np.diff(keys, prepend=-1))
            self._keys, self._hits = keys[starts], np.add.reduceat(hits, starts) if len(starts) else _NO_CELLS
        return self._keys, self._hits

    def keep(self, rows: Int64s) -> None:
        """Keep the cells of some rows, which get the numbers from 0 on; forget the others."""
        keys, hits = self.sort()
        number_of = np.full(max(int(keys[-1]) // BUCKETS + 1 if len(keys) else 0, int(rows.max(initial=-1)) + 1), -1)
        number_of[rows] = np.arange(len(rows))
        numbers = number_of[keys // BUCKETS]
        kept = np.flatnonzero(numbers >= 0)
        keys = numbers[kept] * BUCKETS + keys[kept] % BUCKETS
        order = np.argsort(keys)
        self._keys, self._hits = keys[order], hits[kept][order]


class RunTimes(BoundedRows[bytes, int]):
    """Durations by endpoint; those with most time spent stay. Rows are numbers, from 0 on."""

    def __init__(self, cap: int) -> None:
        super().__init__(cap)
        self._cells = _Cells()
        self._totals: list[int] = []
        """Sum of microseconds of each row."""
        self._waiting: list[tuple[Codes, Int64s]] = []
        self._keys: Keys | None = None
        """The sums of the waiting rows."""
        self._count = 0

    def room_of(self, key: bytes) -> int:
        """Return the number of keys whose room a key takes."""
        return room_of(key)

    def rank_of(self, key: bytes, row: int) -> tuple[object, ...]:
        """Return a sort key of the rows: time spent down, then key."""
        return -self._totals[row], key

    def weight_of(self, row: int) -> int:
        """Return the microseconds spent."""
        return self._totals[row]

    def new_row(self) -> int:
        """Return a row without durations."""
        self._totals.append(0)
        return len(self._totals) - 1

    def cut(self) -> None:
        """Forget the rows with least time spent."""
        super().cut()
        kept = list(self.rows.values())
        self._cells.keep(np.array(kept, np.int64))
        self._totals = [self._totals[row] for row in kept]
        self.rows = {key: row for row, key in enumerate(self.rows)}

    def add(self, endpoints: Column, durations_us: Int64s) -> None:
        """Count rows; a negative code means no endpoint, a negative duration none."""
        if not len(endpoints.keys):
            return
        present = np.flatnonzero((durations_us >= 0) & (endpoints.codes >= 0))
        keys, codes = endpoints.keys.to_shared(endpoints.codes[present])
        if keys is not self._keys:
            self.count_waiting()
        self._keys = keys
        self._waiting.append((codes, durations_us[present]))
        self._count += len(present)
        # Keys that no other frame shares would stay in memory for a few rows.
        if keys is endpoints.keys or self._count > _MAX_WAITING:
            self.count_waiting()

    def count_waiting(self) -> None:
        """Count the rows that were kept uncounted."""
        waiting, keys = self._waiting, self._keys
        self._waiting, self._keys, self._count = [], None, 0
        if keys is None:
            return
        codes, durations_us = (np.concatenate(some) for some in zip(*waiting, strict=True))
        present, local = renumber(codes, len(keys))
        names = keys.at(present)
        for part in self.parts(names, local):
            self._count_rows(names, local[part], durations_us[part])

    def _count_rows(self, names: list[bytes], local: Int64s, durations_us: Int64s) -> None:
        present, local = renumber(local, len(names))
        rows = [self.row_of(names[place]) for place in present.tolist()]
        for row, total_us in zip(rows, sum_durations(local, durations_us, len(rows)), strict=True):
            self._totals[row] += total_us
        self._cells.add(np.array(rows, np.int64)[local] * BUCKETS + bucket_of(durations_us))

    def merge(self, others: Times) -> None:
        """Add the counts of another engine."""
        self.count_waiting()
        for key, (total, timed) in others.items():
            self._note(key, total[0], timed)

    def _note(self, key: bytes, total_us: int, timed: Mapping[int, int]) -> None:
        row = self.row_with_room(key)
        self._totals[row] += total_us
        self._cells.add(row * BUCKETS + np.array([*timed], np.int64), np.array([*timed.values()], np.int64))

    def slow(self) -> SlowRequests:
        """Return the endpoints whose 95th percentile is at least a millisecond."""
        self.count_waiting()
        cells, hits = self._cells.sort()
        bounds = np.searchsorted(cells, np.arange(len(self._totals) + 1) * BUCKETS)
        upto = np.concatenate([[0], np.cumsum(hits)])
        counts = upto[bounds[1:]] - upto[bounds[:-1]]
        ranks = -(-counts * PERCENT // 100)
        places = np.searchsorted(upto, upto[bounds[:-1]] + ranks) - 1
        buckets = (cells[places] % BUCKETS).tolist() if len(cells) else []
        return rank_slow(
            SlowRow(key, count, self._totals[row], middle_of(buckets[row]))
            for (key, row), count in zip(self.rows.items(), counts.tolist(), strict=True)
        )

    def save(self) -> list[Any]:
        """Return the counts as JSON."""
        self.count_waiting()
        cells, hits = self._cells.sort()
        bounds = np.searchsorted(cells, np.arange(len(self._totals) + 1) * BUCKETS).tolist()
        timed = np.stack([cells % BUCKETS, hits], axis=1).tolist()
        return [
            [text_of(key), self._totals[row], timed[bounds[row] : bounds[row + 1]]] for key, row in self.rows.items()
        ]

    def load(self, given: Any) -> None:
        """Restore saved durations. Raises TypeError or ValueError for anything else."""
        for key, total_us, timed in map(check_list, check_list(given)):
            counted = _read_timed(map(check_list, check_list(timed)))
            if not counted:
                raise ValueError("an endpoint without durations")
            self._note(key_of(key), integer(total_us, 0, 1 << 90), counted)


def _read_timed(given: Iterable[list[Any]]) -> Timed:
    return {integer(bucket, 0, BUCKETS - 1): integer(hits, 1, MAX_HITS) for bucket, hits in given}
