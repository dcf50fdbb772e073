"""Rows grouped by (bucket or interval, key), with exact integer sums."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from http_monitor.metrics.rows import Bools, Rows
from http_monitor.records import Int64s

Codes = npt.NDArray[np.int64]

DIMENSIONS = {
    "hosts": "host",
    "sections": "section",
    "endpoints": "path",
    "methods": "method",
    "users": "user",
    "agents": "agent",
    "referers": "referer",
}
"""Table name: column of `records.SCHEMA`. The table ``status`` is made from the numbers."""
WINDOW_DIMENSIONS = ("status", "hosts", "sections", "endpoints")
"""What a window bucket keeps by key; the other tables exist for intervals and the summary only."""

_EXACT_FLOAT = float(1 << 52)
# Up to so many cells per row, counting into a dense array beats sorting.
_DENSE_CELLS = 8


@dataclass(frozen=True, slots=True)
class Measures:
    """What is summed, a value per row."""

    sizes: Int64s
    """Bytes, 0 for ``-``."""
    errors: Bools
    exact_as_float: bool
    """No sum of these sizes can leave the integers that a float holds exactly."""

    def total_size(self) -> int:
        """Return the exact sum of all sizes."""
        return int(self.sizes.sum()) if self.exact_as_float else sum(self.sizes.tolist())

    def take(self, index: npt.NDArray[np.int64] | Bools | slice) -> "Measures":
        """Return those of some rows."""
        return Measures(self.sizes[index], self.errors[index], self.exact_as_float)


@dataclass(frozen=True, slots=True)
class Column:
    """One dimension of some rows: a code per row into the keys, -1 where the line has none."""

    codes: Codes
    keys: list[bytes]

    def take(self, index: npt.NDArray[np.int64] | Bools | slice) -> "Column":
        """Return that of some rows."""
        return Column(self.codes[index], self.keys)


@dataclass(frozen=True, slots=True)
class Frame:
    """The dimensions and measures of some rows."""

    columns: dict[str, Column]
    measures: Measures

    @staticmethod
    def of(rows: Rows) -> "Frame":
        """Return the frame of rows; its columns are in the order of `DIMENSIONS`, after ``status``."""
        batch = rows.batch
        status = batch.column("status").to_numpy()
        sizes = batch.column("size_bytes").fill_null(0).to_numpy(zero_copy_only=False)
        columns = {"status": _status_column(status)}
        for name, field in DIMENSIONS.items():
            columns[name] = _column(batch.column(field))
        measures = Measures(
            sizes=sizes,
            errors=(status >= 500) & (status <= 599),
            exact_as_float=float(sizes.astype(np.float64).sum()) < _EXACT_FLOAT,
        )
        return Frame(columns, measures)

    def take(self, index: npt.NDArray[np.int64] | Bools | slice) -> "Frame":
        """Return some of the rows."""
        return Frame({name: column.take(index) for name, column in self.columns.items()}, self.measures.take(index))

    def take_if(self, wanted: Bools) -> "Frame":
        """Return the rows where `wanted` is true."""
        return self if wanted.all() else self.take(np.flatnonzero(wanted))

    def __len__(self) -> int:
        return len(self.measures.sizes)


@dataclass(frozen=True, slots=True)
class Groups:
    """The sums of one dimension by (group, key): group g owns the slots [bounds[g], bounds[g + 1])."""

    keys: list[bytes]
    codes: Codes
    """Index into `keys`, ascending within a group."""
    hits: Int64s
    sizes: npt.NDArray[np.int64] | npt.NDArray[np.object_]
    errors: Int64s
    bounds: Int64s


def group(column: Column, group_of: Codes, groups: int, measures: Measures) -> Groups:
    """Return the sums by (group, key).

    Args:
        column: the key of each row.
        group_of: the group of each row, from 0.
        groups: how many there are.
        measures: what is summed.
    """
    width = max(1, len(column.keys))
    present = column.codes >= 0
    codes = column.codes
    if not present.all():
        codes, group_of, measures = codes[present], group_of[present], measures.take(present)
    cells = group_of * width + codes
    if groups * width <= _DENSE_CELLS * max(len(cells), 64):
        hits = np.bincount(cells, minlength=groups * width)
        slots = np.flatnonzero(hits)
        hits = hits[slots]
        errors = np.bincount(cells[measures.errors], minlength=groups * width)[slots]
        sizes = sums(cells, groups * width, measures)[slots]
    else:
        slots, inverse = np.unique(cells, return_inverse=True)
        hits = np.bincount(inverse, minlength=len(slots))
        errors = np.bincount(inverse[measures.errors], minlength=len(slots))
        sizes = sums(inverse, len(slots), measures)
    bounds = np.searchsorted(slots, np.arange(groups + 1) * width)
    return Groups(column.keys, slots % width, hits, sizes, errors, bounds)


class FrameGroups:
    """The sums of a frame by group and by each of some dimensions.

    A group is a bucket or an interval; its rows keep their order, for those who must count row by row.
    """

    __slots__ = ("_frame", "_group_of", "_sorted", "by_dimension", "errors", "hits", "most_keys", "sizes")

    def __init__(self, frame: Frame, group_of: Codes, count: int, dimensions: Sequence[str]) -> None:
        self._frame: Frame | None = frame
        self._group_of = group_of
        self._sorted: tuple[Codes, Int64s] | None = None
        measures = frame.measures
        self.hits: list[int] = np.bincount(group_of, minlength=count).tolist()
        self.errors: list[int] = np.bincount(group_of[measures.errors], minlength=count).tolist()
        self.sizes: list[int] = sums(group_of, count, measures).tolist()
        self.by_dimension = {name: group(frame.columns[name], group_of, count, measures) for name in dimensions}
        widths = [np.diff(groups.bounds) for groups in self.by_dimension.values()]
        self.most_keys: list[int] = np.maximum.reduce(widths).tolist()
        """For each group, the keys of its largest dimension."""

    def sums(self, dimension: str, index: int) -> list[tuple[bytes, int, int, int]]:
        """Return (key, hits, bytes, errors) of one group."""
        groups = self.by_dimension[dimension]
        slot = slice(int(groups.bounds[index]), int(groups.bounds[index + 1]))
        keys = groups.keys
        return list(
            zip(
                [keys[code] for code in groups.codes[slot].tolist()],
                groups.hits[slot].tolist(),
                groups.sizes[slot].tolist(),
                groups.errors[slot].tolist(),
                strict=True,
            )
        )

    def rows(self, dimension: str, index: int) -> Iterator[tuple[bytes, int, int, int]]:
        """Yield (key, 1, bytes, error) of each row of one group that has a key, in the order of the rows."""
        assert self._frame is not None
        rows = self._rows_of(index)
        column, measures = self._frame.columns[dimension].take(rows), self._frame.measures.take(rows)
        for code, size, error in zip(
            column.codes.tolist(), measures.sizes.tolist(), measures.errors.tolist(), strict=True
        ):
            if code >= 0:
                yield column.keys[code], 1, size, int(error)

    def forget_rows(self) -> None:
        """Keep the sums only: what stays in a window for minutes must not hold every row of it."""
        self._frame = None
        self._group_of = self._group_of[:0]
        self._sorted = None

    def _rows_of(self, index: int) -> Codes:
        if self._sorted is None:
            # Sorted once for all groups: a search for each group would cost groups times rows.
            order = np.argsort(self._group_of, kind="stable")
            self._sorted = order, np.searchsorted(self._group_of[order], np.arange(len(self.hits) + 1))
        order, bounds = self._sorted
        return order[bounds[index] : bounds[index + 1]]


def sums(cells: Codes, width: int, measures: Measures) -> npt.NDArray[np.int64] | npt.NDArray[np.object_]:
    """Return the exact sum of the sizes by cell; Python integers where 64 bits might not do."""
    if measures.exact_as_float:
        return np.bincount(cells, weights=measures.sizes, minlength=width).astype(np.int64)
    total = np.zeros(width, np.object_)
    np.add.at(total, cells, measures.sizes.astype(np.object_))
    return total


def _column(array: Any) -> Column:
    # Any: the stubs of pyarrow do not describe dictionary arrays of binary.
    indices = array.indices
    if indices.null_count:
        indices = indices.fill_null(-1)
    keys: list[bytes] = array.dictionary.to_pylist()
    return Column(indices.to_numpy(zero_copy_only=False).astype(np.int64), keys)


def _status_column(status: npt.NDArray[np.int16]) -> Column:
    present = np.flatnonzero(np.bincount(status, minlength=1))
    code_of = np.full(1000, -1, np.int64)
    code_of[present] = np.arange(len(present))
    return Column(code_of[status], [b"%d" % code for code in present.tolist()])
