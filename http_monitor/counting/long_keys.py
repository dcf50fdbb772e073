"""Bounds keys in bytes: shortens the long ones of rows, and weighs them in tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from http_monitor.arrow import fill_nulls
from http_monitor.short_keys import MAX_KEY_BYTES, shorten

LIGHT_BYTES = 256
"""A key up to this length takes the room of one key in a table."""
_BYTES_PER_ROOM = 32
_BYTES_PER_ROOM_IN_ROWS = 512


def room_of(key: bytes) -> int:
    """Return the room that a key takes in a table: one, or its length in units of 32 bytes."""
    return 1 if len(key) <= LIGHT_BYTES else -(-len(key) // _BYTES_PER_ROOM)


def longest_of(values: Any) -> int:
    """Return the length in bytes of the longest value of an Arrow array of binary without nulls; 0 if it is empty."""
    if not len(values):
        return 0
    # Any: the stubs of pyarrow do not describe arrays of binary. Its own functions for lengths cost a slow import.
    offsets = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
    return int(np.diff(offsets).max())


def rooms_of_rows(columns: Sequence[Any]) -> npt.NDArray[np.int64] | None:
    """Return the room that each row takes; None if no key is long, and each takes one.

    Args:
        columns: Dictionary arrays of the same length.
    """
    rooms = None
    for column in columns:
        if longest_of(column.dictionary) > LIGHT_BYTES:
            of_key = [_room_in_row(key) for key in column.dictionary.to_pylist()]
            # The last one is that of rows without a value.
            here = np.array([*of_key, 0], np.int64)[fill_nulls(column.indices, -1)]
            rooms = 1 + here if rooms is None else rooms + here
    return rooms


def _room_in_row(key: bytes) -> int:
    """Return the room that a key takes in a row beyond that of the row."""
    return 0 if len(key) <= LIGHT_BYTES else -(-len(key) // _BYTES_PER_ROOM_IN_ROWS)


def with_short_keys(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows (schema `records.SCHEMA`) with every long key shortened; for short keys only lengths are checked."""
    columns, changed = list(rows.columns), False
    for at, column in enumerate(columns):
        # Any: as above, for dictionary arrays.
        array: Any = column
        if pa.types.is_dictionary(array.type) and longest_of(array.dictionary) > MAX_KEY_BYTES:
            values = pa.array(list(map(shorten, array.dictionary.to_pylist())), pa.binary())
            columns[at] = pa.DictionaryArray.from_arrays(array.indices, values)
            changed = True
    return pa.RecordBatch.from_arrays(columns, schema=rows.schema) if changed else rows
