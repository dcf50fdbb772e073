"""Rows grouped by (bucket or interval, key), with exact integer sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from http_monitor.counting.failing.failed_rows import FailedRows, find_failed_rows
from http_monitor.counting.frame import Column, Frame, Measures
from http_monitor.counting.keys import Codes, Keys
from http_monitor.records import Int64s
from http_monitor.sizes import MAX_INT64, Sizes

# Up to this many cells per row, counting into a dense array beats sorting.
_DENSE_CELLS = 8
_NO_INTS = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Piece:
    """Hits, bytes and errors by key, each key once."""

    keys: Keys
    codes: Codes
    """Index into `keys`."""
    hits: Int64s
    sizes: Sizes
    errors: Int64s

    def __len__(self) -> int:
        return len(self.codes)

    def at(self, places: Int64s | slice) -> "Piece":
        """Return the selected entries."""
        return Piece(self.keys, self.codes[places], self.hits[places], self.sizes[places], self.errors[places])

    def with_shared_keys(self) -> "Piece":
        """Return the same counts with codes into keys shared between batches."""
        keys, codes = self.keys.to_shared(self.codes)
        return self if keys is self.keys else Piece(keys, codes, self.hits, self.sizes, self.errors)

    def names(self) -> list[bytes]:
        """Return the key of each entry."""
        return self.keys.at(self.codes)


@dataclass(frozen=True, slots=True)
class KeyRows:
    """The rows that have a key in one dimension, in their order."""

    keys: Keys
    codes: Codes
    measures: Measures


@dataclass(frozen=True, slots=True)
class Groups:
    """The sums of one dimension by (group, key): group g owns the slots [bounds[g], bounds[g + 1])."""

    piece: Piece
    """Sums of all groups; codes are ascending within a group, and repeat from group to group."""
    bounds: Int64s

    def of(self, index: int) -> Piece:
        """Return the sums of one group."""
        return self.piece.at(slice(int(self.bounds[index]), int(self.bounds[index + 1])))

    def as_one_group(self) -> "Groups":
        """Return the sums of all groups merged into one group."""
        if len(self.bounds) == 2:
            return self
        whole = merge_pieces((self.piece,))
        return Groups(whole, np.array([0, len(whole)]))


def merge_pieces(pieces: Sequence[Piece]) -> Piece:
    """Return the sums of all entries by key.

    Args:
        pieces: at least one, all with the same `Keys` object; a key may occur repeatedly.
    """
    keys = pieces[0].keys
    width = len(keys)
    codes = np.concatenate([piece.codes for piece in pieces])
    hits = np.zeros(width, np.int64)
    errors = np.zeros(width, np.int64)
    sizes: Sizes = np.zeros(width, np.int64)
    some_sizes = [piece.sizes for piece in pieces]
    if sum(int(some.sum()) for some in some_sizes) > MAX_INT64 or any(some.dtype == np.object_ for some in some_sizes):
        sizes = np.zeros(width, np.object_)
    np.add.at(hits, codes, np.concatenate([piece.hits for piece in pieces]))
    np.add.at(errors, codes, np.concatenate([piece.errors for piece in pieces]))
    np.add.at(sizes, codes, np.concatenate(some_sizes))
    slots = np.flatnonzero(hits)
    return Piece(keys, slots, hits[slots], sizes[slots], errors[slots])


class FrameGroups:
    """The sums of a frame by group; those of a dimension are computed on first use.

    A group is a bucket or an interval; its rows keep their order, for callers that must count row by row.
    """

    __slots__ = (
        "_bounds",
        "_by_dimension",
        "_failed",
        "_finer",
        "_frame",
        "_group_of",
        "errors",
        "hits",
        "in_order",
        "lacks",
        "sizes",
        "some_long",
    )

    def __init__(self, frame: Frame, group_of: Codes, count: int) -> None:
        """Group rows.

        Args:
            frame: the rows.
            group_of: the group of each row, from 0; each group has rows.
            count: the number of groups.
        """
        self.in_order = count == 1 or not (group_of[1:] < group_of[:-1]).any()
        """The rows came in the order of their groups."""
        if not self.in_order:
            order = np.argsort(group_of, kind="stable")
            frame, group_of = frame.take(order), group_of[order]
        self._frame = frame
        self._group_of = group_of
        self._bounds: Int64s = np.searchsorted(group_of, np.arange(count + 1))
        self._by_dimension: dict[str, Groups] = {}
        self._finer: FrameGroups | None = None
        self._failed: FailedRows | None = None
        measures = frame.measures
        self.hits: list[int] = np.diff(self._bounds).tolist()
        self.errors: list[int] = np.diff(np.searchsorted(np.flatnonzero(measures.errors), self._bounds)).tolist()
        self.lacks: dict[str, list[int]] = {
            name: self.hits if rows is None else np.diff(np.searchsorted(np.flatnonzero(rows), self._bounds)).tolist()
            for name, rows in frame.lacks.items()
        }
        """Number of rows in each group that lack each of `frame.COVERED`, for names that some row lacks."""
        self.some_long = any(column.keys.some_long for column in frame.columns.values())
        """Some keys may take the room of several in a table."""
        if measures.weights is None:
            self.sizes: list[int] = size_sums(group_of, count, measures).tolist()
        else:
            self.sizes = np.add.reduceat(measures.sizes, self._bounds[:-1]).tolist()

    @property
    def dimensions(self) -> Iterable[str]:
        """The dimensions for which a row of the frame may have a key."""
        return self._frame.columns

    def as_one_group(self) -> "FrameGroups":
        """Return all rows as one group; they must have come in the order of their groups."""
        result = FrameGroups.__new__(FrameGroups)
        result.in_order = True
        result._frame = self._frame
        result._group_of = np.zeros(len(self._group_of), np.int8)
        result._bounds = np.array([0, len(self._group_of)])
        result._by_dimension = {}
        result._finer = self
        result._failed = None
        result.hits, result.errors, result.sizes = [sum(self.hits)], [sum(self.errors)], [sum(self.sizes)]
        result.lacks = {name: [sum(counts)] for name, counts in self.lacks.items()}
        result.some_long = self.some_long
        return result

    def piece(self, dimension: str, index: int) -> Piece:
        """Return the sums by key of one group."""
        return self._groups(dimension).of(index)

    def codes(self, dimension: str, index: int) -> tuple[Keys, Codes]:
        """Return the keys of a dimension, and the code of each row of one group that has a key."""
        column = self._frame.columns[dimension]
        codes = column.codes[self._bounds[index] : self._bounds[index + 1]]
        return column.keys, codes[codes >= 0] if column.some_absent else codes

    def part(self, index: int) -> tuple[Frame, slice]:
        """Return the frame in the order of its groups, and the rows of one group in it."""
        return self._frame, slice(int(self._bounds[index]), int(self._bounds[index + 1]))

    def find_failed(self, index: int) -> FailedRows:
        """Return the failed rows of one group."""
        return self._find_failed().between(int(self._bounds[index]), int(self._bounds[index + 1]))

    def rows(self, dimension: str, index: int) -> KeyRows:
        """Return the rows of one group that have a key."""
        rows = slice(int(self._bounds[index]), int(self._bounds[index + 1]))
        column = self._frame.columns[dimension].take(rows)
        codes, measures = column.codes, column.measures or self._frame.measures.take(rows)
        if column.some_absent:
            present = codes >= 0
            codes, measures = codes[present], measures.take(present)
        return KeyRows(column.keys, codes, measures)

    def _find_failed(self) -> FailedRows:
        if self._failed is None:
            self._failed = find_failed_rows(self._frame) if self._finer is None else self._finer._find_failed()
        return self._failed

    def _groups(self, dimension: str) -> Groups:
        groups = self._by_dimension.get(dimension)
        if groups is None:
            if self._finer is not None:
                groups = self._finer._groups(dimension).as_one_group()
            else:
                column = self._frame.columns[dimension]
                groups = group(column, self._group_of, len(self.hits), column.measures or self._frame.measures)
            self._by_dimension[dimension] = groups
        return groups


def group(column: Column, group_of: Codes, groups: int, measures: Measures) -> Groups:
    """Return the sums by (group, key).

    Args:
        column: the key of each row.
        group_of: the group of each row, from 0.
        groups: the number of groups.
        measures: what is summed.
    """
    width = len(column.keys)
    if not width:
        return Groups(Piece(column.keys, _NO_INTS, _NO_INTS, _NO_INTS, _NO_INTS), np.zeros(groups + 1, np.int64))
    codes = column.codes
    if column.some_absent:
        present = np.flatnonzero(codes >= 0)
        codes, group_of, measures = codes[present], group_of[present], measures.take(present)
    # Counting numbers of 32 bits takes three times as long.
    cells = codes.astype(np.int64) if groups == 1 else group_of.astype(np.int64) * width + codes
    count = groups * width
    if count <= _DENSE_CELLS * max(len(cells), 64):
        hits = np.bincount(cells, minlength=count)
        slots = np.flatnonzero(hits)
        hits = hits[slots]
        errors = np.bincount(cells[np.flatnonzero(measures.errors)], minlength=count)[slots]
        sizes = size_sums(cells, count, measures)[slots]
    else:
        slots, inverse = np.unique(cells, return_inverse=True)
        hits = np.bincount(inverse, minlength=len(slots))
        errors = np.bincount(inverse[measures.errors], minlength=len(slots))
        sizes = size_sums(inverse, len(slots), measures)
    bounds = np.searchsorted(slots, np.arange(groups + 1) * width)
    return Groups(Piece(column.keys, slots % width, hits, sizes, errors), bounds)


def size_sums(cells: Codes, width: int, measures: Measures) -> Sizes:
    """Return the exact sums of sizes by cell."""
    if measures.weights is not None:
        return np.bincount(cells, weights=measures.weights, minlength=width).astype(np.int64)
    total = np.zeros(width, np.object_)
    np.add.at(total, cells, measures.sizes.astype(np.object_))
    return total
