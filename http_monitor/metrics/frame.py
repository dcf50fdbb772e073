"""Rows as arrays: for every dimension a code per row, and the measures that are summed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from http_monitor.metrics.rows import Rows
from http_monitor.records import Bools, Int64s

Codes = npt.NDArray[np.signedinteger[Any]]
Index = npt.NDArray[np.int64] | Bools | slice

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


class Keys:
    """The keys that codes stand for; Python objects are made of them only when somebody asks."""

    __slots__ = ("_keep", "_packed", "_values")

    def __init__(self, values: list[bytes] | None, packed: Any = None) -> None:
        # Any: the stubs of pyarrow do not describe arrays of binary.
        self._values = values
        self._packed = packed
        self._keep = True

    @staticmethod
    def pack(values: list[bytes]) -> "Keys":
        """Return keys that lie side by side, in a third of the memory."""
        result = Keys(None, pa.array(values, pa.binary()))
        result._keep = False
        return result

    def __len__(self) -> int:
        return len(self._packed) if self._values is None else len(self._values)

    def values(self) -> list[bytes]:
        """Return them all."""
        if self._values is not None:
            return self._values
        values: list[bytes] = self._packed.to_pylist()
        if self._keep:
            self._values = values
        return values

    def release(self) -> None:
        """Hold the objects no longer: from now on few will ask."""
        if self._packed is not None:
            self._keep, self._values = False, None


@dataclass(frozen=True, slots=True)
class Measures:
    """What is summed, a value per row."""

    sizes: Int64s
    """Bytes, 0 for ``-``."""
    errors: Bools
    exact_as_float: bool
    """No sum of these sizes can leave the integers that a float holds exactly."""

    def take(self, index: Index) -> "Measures":
        """Return those of some rows."""
        return Measures(self.sizes[index], self.errors[index], self.exact_as_float)


@dataclass(frozen=True, slots=True)
class Column:
    """One dimension of some rows: a code per row into the keys, -1 where the line has none."""

    codes: Codes
    keys: Keys
    some_absent: bool
    """There may be codes of -1."""

    def take(self, index: Index) -> "Column":
        """Return that of some rows."""
        # Where nobody has a key there is nothing to take from.
        codes = self.codes[index] if len(self.keys) else self.codes[:0]
        return Column(codes, self.keys, self.some_absent)


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

    def take(self, index: Index) -> "Frame":
        """Return some of the rows."""
        return Frame({name: column.take(index) for name, column in self.columns.items()}, self.measures.take(index))

    def take_if(self, wanted: Bools) -> "Frame":
        """Return the rows where `wanted` is true."""
        return self if wanted.all() else self.take(np.flatnonzero(wanted))

    def release(self) -> None:
        """Take less memory: all of these rows have been counted, and some may stay for minutes."""
        for column in self.columns.values():
            column.keys.release()

    def only(self, dimensions: tuple[str, ...]) -> "Frame":
        """Return the same rows with some of the dimensions."""
        return Frame({name: self.columns[name] for name in dimensions}, self.measures)

    def __len__(self) -> int:
        return len(self.measures.sizes)


def _column(array: Any) -> Column:
    # Any: the stubs of pyarrow do not describe dictionary arrays of binary.
    indices, keys = array.indices, Keys(None, array.dictionary)
    some_absent = indices.null_count > 0
    if not len(keys):
        return Column(np.empty(0, np.int32), keys, some_absent)
    codes = (indices.fill_null(-1) if some_absent else indices).to_numpy(zero_copy_only=False)
    return Column(codes, keys, some_absent)


def _status_column(status: npt.NDArray[np.int16]) -> Column:
    present = np.flatnonzero(np.bincount(status, minlength=1))
    code_of = np.full(1000, -1, np.int32)
    code_of[present] = np.arange(len(present))
    return Column(code_of[status], Keys([b"%d" % code for code in present.tolist()]), False)
