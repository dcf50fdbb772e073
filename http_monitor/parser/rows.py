"""Turns lines that were read one by one into rows, and puts rows of both kinds in file order."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.parser.arrays import Ints
from http_monitor.parser.keys import KEY, keys_of
from http_monitor.parser.line import Entry
from http_monitor.records import SCHEMA


def rows_of(entries: Sequence[Entry]) -> pa.RecordBatch:
    """Return entries as rows of `records.SCHEMA`."""
    if not entries:
        return EMPTY
    columns = zip(*entries, strict=True)  # one more than the schema has: the kind
    return pa.RecordBatch.from_arrays(
        [_column(values, field.type) for values, field in zip(columns, SCHEMA, strict=False)], schema=SCHEMA
    )


def in_file_order(left: pa.RecordBatch, left_line: Ints, right: pa.RecordBatch, right_line: Ints) -> pa.RecordBatch:
    """Return the rows of both batches by line; both are ascending already."""
    if not len(right_line):
        return left
    if not len(left_line):
        return right
    order: Any = pa.array(np.argsort(np.concatenate([left_line, right_line]), kind="stable"))
    # Joining the chunks of a table unites their dictionaries.
    return pa.Table.from_batches([left, right]).combine_chunks().to_batches()[0].take(order)


def _column(values: Sequence[Any], kind: pa.DataType) -> "pa.Array[Any]":
    column: pa.Array[Any] = keys_of(values) if kind == KEY else pa.array(values, kind)
    return column


EMPTY = pa.RecordBatch.from_arrays([_column([], field.type) for field in SCHEMA], schema=SCHEMA)
"""No rows."""
