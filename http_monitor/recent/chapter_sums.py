"""Counts chosen rows of a chapter by the code of their key."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from http_monitor.filtering.derived import Derive
from http_monitor.recent.columns import BUCKET
from http_monitor.recent.keys import ChapterKeys, keys_of
from http_monitor.recent.packed import Ints
from http_monitor.recent.selection import ChosenRows
from http_monitor.recent.sums import add_sizes, sum_by
from http_monitor.records import LACKS_SIZE, Int64s
from http_monitor.sizes import Sizes

_ROWS_PER_CODE = 8
_FIRST_SERVER_ERROR, _LAST_SERVER_ERROR = 500, 599


@dataclass(frozen=True, slots=True)
class ChapterSums:
    """The sums of a chapter by code."""

    keys: ChapterKeys
    present: Int64s
    """The codes that rows have; also one that stands for no key."""
    hits: Int64s
    errors: Int64s
    sizes: Sizes
    with_status: int
    with_size: int
    timed: list[tuple[Ints, Ints]]
    """Codes, and the histogram buckets of durations; of rows that may have one."""


def sum_chapter(rows: ChosenRows, dimension: str, derivations: Mapping[str, Derive]) -> ChapterSums | None:
    """Return the sums by a dimension; None if there are no rows."""
    keys = keys_of(rows.chapter, dimension, derivations)
    sums = _Sums(keys.count)
    with_status = with_size = 0
    timed: list[tuple[Ints, Ints]] = []
    for piece in rows.pieces():
        codes, status = keys.codes(piece), piece.column("status")
        failed = np.flatnonzero((status >= _FIRST_SERVER_ERROR) & (status <= _LAST_SERVER_ERROR))
        sums.add(codes, piece.column("size_bytes"), codes.take(failed))
        with_status += int(np.count_nonzero(status))
        lacking = np.count_nonzero(piece.column("lacks") & LACKS_SIZE) if piece.has("lacks") else 0
        with_size += piece.count - int(lacking)
        if piece.has(BUCKET):
            timed.append((codes, piece.column(BUCKET)))
    sums.count()
    present = np.flatnonzero(sums.hits)
    if not len(present):
        return None
    return ChapterSums(keys, present, sums.hits, sums.errors, sums.sizes, with_status, with_size, timed)


class _Sums:
    """Sums by code; rows wait until there are enough for all the codes that there are.

    Args:
        codes: All are below this.
    """

    def __init__(self, codes: int) -> None:
        self.hits, self.errors = np.zeros(codes, np.int64), np.zeros(codes, np.int64)
        self.sizes: Sizes = np.zeros(codes, np.int64)
        self._codes = codes
        self._waiting: list[tuple[Ints, Ints, Ints]] = []
        self._rows = 0

    def add(self, codes: Ints, sizes: Ints, failed: Ints) -> None:
        """Add rows.

        Args:
            codes: Of each.
            sizes: Of each.
            failed: The codes of those that are errors.
        """
        self._waiting.append((codes, sizes, failed))
        self._rows += len(codes)
        if self._rows >= _ROWS_PER_CODE * self._codes:
            self.count()

    def count(self) -> None:
        """Count the rows that wait."""
        if self._waiting:
            columns = zip(*self._waiting, strict=True)
            codes, sizes, failed = (parts[0] if len(parts) == 1 else np.concatenate(parts) for parts in columns)
            self.hits += np.bincount(codes, minlength=self._codes)
            self.errors += np.bincount(failed, minlength=self._codes)
            self.sizes = add_sizes(self.sizes, sum_by(codes, sizes, self._codes))
            self._waiting, self._rows = [], 0
