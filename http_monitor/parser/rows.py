"""Turns lines that were read one by one into rows, and puts rows of both kinds in file order."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from http_monitor.parser.arrays import Ints
from http_monitor.parser.line import Entry
from http_monitor.records import SCHEMA

_WIDTH = len(SCHEMA)


def rows_of(entries: Sequence[Entry]) -> pa.RecordBatch:
    """Return entries as rows of `records.SCHEMA`."""
    if not entries:
        return EMPTY
    columns = list(zip(*entries, strict=True))[:_WIDTH]
    return pa.RecordBatch.from_arrays(
        [_column(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def in_file_order(left: pa.RecordBatch, left_line: Ints, right: pa.RecordBatch, right_line: Ints) -> pa.RecordBatch:
    """Return the rows of both batches by line; both are ascending already."""
    if not len(right_line):
        return left
    if not len(left_line):
        return right
    order = np.argsort(np.concatenate([left_line, right_line]), kind="stable")
    return pa.concat_batches([left, right]).take(pa.array(order))


def _column(values: Sequence[object], kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return pa.array(values, kind.value_type).dictionary_encode()
    return pa.array(values, kind)


EMPTY = pa.RecordBatch.from_arrays([_column([], field.type) for field in SCHEMA], schema=SCHEMA)
"""No rows."""
