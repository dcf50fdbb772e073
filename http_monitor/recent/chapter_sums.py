"""Counts chosen rows of a chapter by the code of their key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from http_monitor.filtering.derived import Derive
from http_monitor.recent.columns import BUCKET
from http_monitor.recent.keys import ChapterKeys, keys_of
from http_monitor.recent.packed import Ints, narrow
from http_monitor.recent.piece import Piece
from http_monitor.recent.remembered import Asking, PieceSums
from http_monitor.recent.selection import ChosenPiece, ChosenRows
from http_monitor.recent.sums import add_sizes, count_buckets, sum_by
from http_monitor.records import LACKS_SIZE, Int64s
from http_monitor.sizes import MAX_INT64, Sizes

_ROWS_PER_CODE = 8
_GREAT = 1 << 52
"""Sums of sizes below this are exact, whatever is added."""
_FIRST_SERVER_ERROR, _LAST_SERVER_ERROR = 500, 599


_Timed = tuple[Ints, Ints]


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
    buckets: list[Ints]
    """The number of rows in each histogram bucket, of parts of the rows."""
    timed: list[Callable[[], _Timed]]
    """Each returns codes, and the histogram buckets of durations; of rows that may have one."""

    def timed_rows(self) -> list[_Timed]:
        """Return codes, and the histogram buckets of durations, of all rows that may have one."""
        return [some() for some in self.timed]


def sum_chapter(
    rows: ChosenRows, dimension: str, derivations: Mapping[str, Derive], asking: Asking
) -> ChapterSums | None:
    """Return the sums by a dimension; None if there are no rows."""
    keys = keys_of(rows.chapter, dimension, derivations)
    sums = _Sums(keys)
    for piece in rows.candidates():
        is_whole = rows.has_whole(piece)
        known = asking.find(piece) if is_whole else None
        if known is not None:
            sums.add_known(known, _later(rows, piece, keys))
            continue
        chosen = rows.choose(piece)
        summed = _sum_piece(chosen, keys) if is_whole and asking.is_wanted(piece) else None
        if summed is not None:
            asking.keep(piece, summed[0])
            sums.add_known(*summed)
        elif chosen.count:
            sums.add(chosen)
    return sums.result()


def _later(rows: ChosenRows, piece: Piece, keys: ChapterKeys) -> Callable[[], _Timed]:
    def timed() -> _Timed:
        chosen = rows.choose(piece)
        return keys.codes(chosen), chosen.column(BUCKET)

    return timed


class _Sums:
    """Sums by code; rows wait until there are enough for all the codes that there are.

    Args:
        keys: Have the codes.
    """

    def __init__(self, keys: ChapterKeys) -> None:
        self._keys = keys
        self._hits, self._errors = np.zeros(keys.count, np.int64), np.zeros(keys.count, np.int64)
        self._sizes: Sizes = np.zeros(keys.count, np.int64)
        self._known_sizes = np.zeros(keys.count, np.int64)
        self._known_bytes = 0
        self._with_status = self._with_size = 0
        self._buckets: list[Ints] = []
        self._timed: list[Callable[[], _Timed]] = []
        self._waiting: list[tuple[Ints, Ints, Ints]] = []
        self._rows = 0

    def add(self, rows: ChosenPiece) -> None:
        """Add at least one row."""
        codes, status = self._keys.codes(rows), rows.column("status")
        self._waiting.append((codes, rows.column("size_bytes"), codes.take(_failed(status))))
        self._rows += len(codes)
        if self._rows >= _ROWS_PER_CODE * self._keys.count:
            self._count()
        self._with_status += int(np.count_nonzero(status))
        self._with_size += _with_size(rows)
        if rows.has(BUCKET):
            buckets = rows.column(BUCKET)
            self._buckets.append(count_buckets(buckets))
            self._timed.append(lambda: (codes, buckets))

    def add_known(self, known: PieceSums, timed: Callable[[], _Timed]) -> None:
        """Add rows of which the sums are known.

        Args:
            known: The sums.
            timed: Returns their codes, and the histogram buckets of their durations.
        """
        self._hits[known.codes] += known.hits
        self._errors[known.codes] += known.errors
        if self._known_bytes + known.size_bytes > MAX_INT64:
            self._settle()
        self._known_sizes[known.codes] += known.sizes
        self._known_bytes += known.size_bytes
        self._with_status += known.with_status
        self._with_size += known.with_size
        if known.buckets is not None:
            self._buckets.append(known.buckets)
            self._timed.append(timed)

    def result(self) -> ChapterSums | None:
        """Return the sums; None if there are no rows."""
        self._count()
        self._settle()
        present = np.flatnonzero(self._hits)
        if not len(present):
            return None
        return ChapterSums(
            self._keys,
            present,
            self._hits,
            self._errors,
            self._sizes,
            self._with_status,
            self._with_size,
            self._buckets,
            self._timed,
        )

    def _settle(self) -> None:
        if self._known_bytes:
            self._sizes = add_sizes(self._sizes, self._known_sizes)
            self._known_sizes, self._known_bytes = np.zeros(self._keys.count, np.int64), 0

    def _count(self) -> None:
        if self._waiting:
            count, columns = self._keys.count, zip(*self._waiting, strict=True)
            codes, sizes, failed = (parts[0] if len(parts) == 1 else np.concatenate(parts) for parts in columns)
            self._hits += np.bincount(codes, minlength=count)
            self._errors += np.bincount(failed, minlength=count)
            self._sizes = add_sizes(self._sizes, sum_by(codes, sizes, count))
            self._waiting, self._rows = [], 0


def _sum_piece(rows: ChosenPiece, keys: ChapterKeys) -> tuple[PieceSums, Callable[[], _Timed]] | None:
    """Return the sums of rows; None if they are too great to be remembered."""
    codes, status, sizes = keys.codes(rows), rows.column("status"), rows.column("size_bytes")
    if int(sizes.max(initial=0)) * len(sizes) >= _GREAT:
        return None
    failed = _failed(status)
    count, numbers, present = keys.count, codes, None
    if len(codes) < count:
        present, numbers = np.unique(codes, return_inverse=True)
        count = len(present)
    hits = np.bincount(numbers, minlength=count)
    errors = np.bincount(numbers.take(failed), minlength=count)
    by_code: Any = sum_by(numbers, sizes, count)
    if present is None:
        present = np.flatnonzero(hits)
        hits, errors, by_code = hits.take(present), errors.take(present), by_code.take(present)
    buckets = rows.column(BUCKET) if rows.has(BUCKET) else None
    sums = PieceSums(
        narrow(present),
        narrow(hits),
        narrow(errors),
        narrow(by_code),
        int(by_code.sum()),
        int(np.count_nonzero(status)),
        _with_size(rows),
        None if buckets is None else narrow(count_buckets(buckets)),
    )
    return sums, lambda: (codes, rows.column(BUCKET) if buckets is None else buckets)


def _failed(status: Ints) -> Int64s:
    # Few are.
    return np.flatnonzero((status >= _FIRST_SERVER_ERROR) & (status <= _LAST_SERVER_ERROR))


def _with_size(rows: ChosenPiece) -> int:
    lacking = np.count_nonzero(rows.column("lacks") & LACKS_SIZE) if rows.has("lacks") else 0
    return rows.count - int(lacking)
