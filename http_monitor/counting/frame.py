"""Rows as arrays: a code per row for each dimension, and the measures that are summed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from http_monitor.arrow import are_null, fill_nulls, place_of
from http_monitor.counting.failing.numbering import FailingNumbering
from http_monitor.counting.histogram import BUCKETS, bucket_of
from http_monitor.counting.keys import Codes, Keys, Numbering, Numberings
from http_monitor.counting.long_keys import LIGHT_BYTES, longest_of
from http_monitor.eventtime.rows import Rows
from http_monitor.records import LACKS_AGENT, LACKS_SIZE, Bools, Int64s

Index = npt.NDArray[np.int64] | Bools | slice

DIMENSIONS = {
    "hosts": "host",
    "sections": "section",
    "endpoints": "path",
    "methods": "method",
    "users": "user",
    "agents": "agent",
    "referers": "referer",
    "vhosts": "vhost",
    "cache": "cache",
    "tls": "tls",
    "sources": "source",
    "servers": "server",
}
"""Table name: column of `records.SCHEMA`. The table ``status`` is made from the numbers."""
HISTOGRAMS = {"durations": "duration_us", "upstreams": "upstream_us"}
"""Table with histogram bucket numbers as keys: column. Their sums of bytes are meaningless."""
TIMED = "timed"
"""Endpoints with a duration; this table sums microseconds instead of bytes."""
BYTES_IN = "bytes_in"
"""One key for all lines that report the bytes received; this table sums these bytes."""
WINDOW_DIMENSIONS = ("status", "hosts", "sections", "endpoints")
"""Dimensions that a window bucket keeps by key; the other tables exist for intervals and the summary only."""

COVERED = ("status", "host", "endpoint", "size", "duration", "agent")
"""The fields that a line may lack, as `report.Coverage` names them."""
NO_HOST = b"-"
"""Host of a line without a client address."""
_EXACT_FLOAT = float(1 << 52)


@dataclass(frozen=True, slots=True)
class Measures:
    """The summed values, one per row."""

    sizes: Int64s
    """Bytes, 0 for ``-``."""
    errors: Bools
    weights: npt.NDArray[np.float64] | None
    """The sizes as floats; None if their sum may exceed the integers that a float holds exactly."""

    def take(self, index: Index) -> "Measures":
        """Return the measures of the selected rows."""
        weights = None if self.weights is None else self.weights[index]
        return Measures(self.sizes[index], self.errors[index], weights)


@dataclass(frozen=True, slots=True)
class Column:
    """One dimension of some rows: a code per row into the keys, -1 where the line has none."""

    codes: Codes
    keys: Keys
    some_absent: bool
    """Some codes may be -1."""
    measures: Measures | None = None
    """The measures that are summed by these keys; None: those of the frame."""

    def take(self, index: Index) -> "Column":
        """Return the column of the selected rows."""
        # Without keys there is nothing to index.
        codes = self.codes[index] if len(self.keys) else self.codes[:0]
        return Column(codes, self.keys, self.some_absent, self.measures and self.measures.take(index))


@dataclass(frozen=True, slots=True)
class Frame:
    """The dimensions and measures of some rows."""

    columns: dict[str, Column]
    measures: Measures
    lacks: Mapping[str, Bools | None] = field(default_factory=dict)
    """Mask of the rows that lack each of `COVERED`, for names that some row lacks; None: all rows do."""
    times_us: Int64s | None = None
    """The time of each row; None if it is not needed, as for the next column."""
    durations_us: Int64s | None = None
    """The duration of each row, below 0 if it is not known; None if no duration is known."""
    failing: FailingNumbering | None = None
    """Numbers the failing endpoints; None if they are not needed."""

    @staticmethod
    def of(rows: Rows, numberings: Numberings | None = None) -> "Frame":
        """Return the frame of rows; a column without any key is included only for a window dimension.

        Args:
            rows: the rows.
            numberings: number the keys that other frames repeat; None: keys are not numbered.
        """
        numberings = numberings or Numberings()
        batch = rows.batch
        status = batch.column("status").to_numpy()
        measures = _measures(fill_nulls(batch.column("size_bytes"), 0), (status >= 500) & (status <= 599))
        columns = {"status": _status_column(status, numberings)}
        for name, at in DIMENSIONS.items():
            column = _column(name, batch.column(at), numberings)
            if len(column.keys) or name in WINDOW_DIMENSIONS:
                columns[name] = column
        durations_us = _add_numbers(columns, batch, measures.errors, numberings)
        return Frame(columns, measures, _lacks(batch, status), rows.time_us, durations_us, numberings.choose_failing())

    def take(self, index: Index) -> "Frame":
        """Return the frame of the selected rows."""
        return Frame(
            {name: column.take(index) for name, column in self.columns.items()},
            self.measures.take(index),
            {name: None if rows is None else rows[index] for name, rows in self.lacks.items()},
            None if self.times_us is None else self.times_us[index],
            None if self.durations_us is None else self.durations_us[index],
            self.failing,
        )

    def filter_rows(self, wanted: Bools) -> "Frame":
        """Return the rows where `wanted` is true."""
        return self if wanted.all() else self.take(np.flatnonzero(wanted))

    def release(self) -> None:
        """Use less memory: all rows have been counted, and some may stay for minutes."""
        for column in self.columns.values():
            column.keys.release()

    def only(self, dimensions: tuple[str, ...], *, with_lacks: bool = False) -> "Frame":
        """Return the same rows with the given dimensions only, optionally with the masks of lacking fields."""
        return Frame({name: self.columns[name] for name in dimensions}, self.measures, self.lacks if with_lacks else {})

    def __len__(self) -> int:
        return len(self.measures.sizes)


def _lacks(batch: pa.RecordBatch, status: npt.NDArray[np.int16]) -> dict[str, Bools | None]:
    """Return a mask of the rows that lack each field, for fields that some row lacks."""
    lacks: dict[str, Bools | None] = {}
    count = len(status)

    def note(name: str, rows: Bools) -> None:
        if rows.any():
            lacks[name] = None if rows.all() else rows

    host: Any = batch.column("host")
    no_host_code = place_of(NO_HOST, host.dictionary)
    if no_host_code >= 0:
        note("host", host.indices.to_numpy() == no_host_code)
    if not status.all():
        note("status", status == 0)
    path = batch.column("path")
    if path.null_count:
        note("endpoint", are_null(path))
    duration = _read_numbers(batch, "duration_us")
    if duration is None:
        lacks["duration"] = None
    else:
        note("duration", duration < 0)
    lacks_column = batch.column("lacks")
    if lacks_column.null_count < count:
        fields = fill_nulls(lacks_column, 0)
        note("size", (fields & LACKS_SIZE) != 0)
        note("agent", (fields & LACKS_AGENT) != 0)
    return lacks


def _column(name: str, array: Any, numberings: Numberings) -> Column:
    # Any: the stubs of pyarrow do not describe dictionary arrays of binary.
    indices, values = array.indices, array.dictionary
    some_long = longest_of(values) > LIGHT_BYTES
    numbering = None if some_long else numberings.choose(name, len(values), len(indices))
    keys = Keys(None, values, numbering, some_long=some_long)
    some_absent = indices.null_count > 0
    if not len(keys):
        return Column(np.empty(0, np.int32), keys, some_absent)
    return Column(fill_nulls(indices, -1), keys, some_absent)


def _measures(sizes: Int64s, errors: Bools) -> Measures:
    weights = sizes.astype(np.float64)
    return Measures(sizes, errors, weights if float(weights.sum()) < _EXACT_FLOAT else None)


def _status_column(status: npt.NDArray[np.int16], numberings: Numberings) -> Column:
    seen = np.zeros(1000, np.bool_)
    seen[status] = True
    present = np.flatnonzero(seen)
    # 0 stands for a line without a status.
    some_absent = bool(len(present)) and not present[0]
    present = present[int(some_absent) :]
    code_of = np.full(1000, -1, np.int32)
    code_of[present] = np.arange(len(present))
    keys = Keys([b"%d" % code for code in present.tolist()], None, numberings.choose("status", 1, 1))
    return Column(code_of[status], keys, some_absent)


def _add_numbers(
    columns: dict[str, Column], batch: pa.RecordBatch, errors: Bools, numberings: Numberings
) -> Int64s | None:
    """Add the columns made of durations and of bytes received, if some row has them; return the durations."""
    durations_us: Int64s | None = None
    for name, at in HISTOGRAMS.items():
        values = _read_numbers(batch, at)
        if values is not None:
            columns[name] = _histogram_column(values, numberings.choose(name, 1, 1))
            if name == "durations":
                durations_us = values
                columns[TIMED] = _duration_column(columns["endpoints"], values, errors)
    values = _read_numbers(batch, "bytes_in")
    if values is not None:
        codes = np.where(values >= 0, 0, -1)
        keys = Keys([b""], None, numberings.choose(BYTES_IN, 1, 1))
        columns[BYTES_IN] = Column(codes, keys, True, _measures(np.maximum(values, 0), errors))
    return durations_us


def _read_numbers(batch: pa.RecordBatch, name: str) -> Int64s | None:
    """Return the numbers of a column, negative where a row has none; None if all rows have none."""
    array = batch.column(name)
    if array.null_count == len(array):
        return None
    values: Int64s = fill_nulls(array, -1)
    # Some servers write -1 for a time they did not measure.
    return values if (values >= 0).any() else None


def _histogram_column(values: Int64s, numbering: Numbering | None) -> Column:
    buckets = np.where(values >= 0, bucket_of(np.maximum(values, 0)), BUCKETS)
    present = np.flatnonzero(np.bincount(buckets, minlength=BUCKETS)[:BUCKETS])
    code_of = np.full(BUCKETS + 1, -1, np.int32)
    code_of[present] = np.arange(len(present))
    keys = Keys([b"%d" % bucket for bucket in present.tolist()], None, numbering)
    return Column(code_of[buckets], keys, True)


def _duration_column(endpoints: Column, values: Int64s, errors: Bools) -> Column:
    if not len(endpoints.keys):
        return endpoints
    measures = _measures(np.maximum(values, 0), errors)
    return Column(np.where(values >= 0, endpoints.codes, -1), endpoints.keys, True, measures)
