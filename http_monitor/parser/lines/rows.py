"""Turns lines read one by one into rows, and merges rows in file order."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import take
from http_monitor.parser.chunks.arrays import Ints
from http_monitor.parser.chunks.key_columns import KEY, keys_of
from http_monitor.parser.fields.entry import Entry
from http_monitor.records import NO_ROWS, SCHEMA


def rows_of(entries: Sequence[Entry]) -> pa.RecordBatch:
    """Return entries as rows of `records.SCHEMA`."""
    if not entries:
        return NO_ROWS
    columns = zip(*entries, strict=True)  # one more than the schema has: the kind
    return pa.RecordBatch.from_arrays(
        [_column(values, field.type) for values, field in zip(columns, SCHEMA, strict=False)], schema=SCHEMA
    )


Part = tuple[pa.RecordBatch, Ints]
"""Rows, with the index of each row's line, ascending."""


def in_file_order(*parts: Part) -> Part:
    """Return the rows of all parts in the order of their lines."""
    filled = [part for part in parts if len(part[1])]
    if len(filled) < 2:
        return filled[0] if filled else (NO_ROWS, np.empty(0, np.int64))
    line = np.concatenate([part_line for _, part_line in filled])
    order = np.argsort(line, kind="stable")
    # Combining the chunks of a table unifies their dictionaries.
    joined = pa.Table.from_batches([rows for rows, _ in filled]).combine_chunks().to_batches()[0]
    return take(joined, order), line[order]


def _column(values: Sequence[Any], kind: pa.DataType) -> "pa.Array[Any]":
    column: pa.Array[Any] = keys_of(values) if kind == KEY else pa.array(values, kind)
    return column
