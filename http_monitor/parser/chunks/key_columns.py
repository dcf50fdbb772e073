"""Makes key columns, which are dictionaries of binary, from places in a chunk or from values."""

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from http_monitor.arrow import arrow_of, encode, take
from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.records import SCHEMA

Keys: TypeAlias = "pa.DictionaryArray[Any, Any]"
Binary: TypeAlias = "pa.Array[Any]"

KEY = SCHEMA.field("host").type
"""Type of a key column."""


def keys_between(data: bytes, start: Ints, stop: Ints, absent: Bools | None = None) -> Keys:
    """Return the bytes in each [start, stop) as keys.

    Args:
        data: The bytes to cut from.
        start: Ascending.
        stop: Ascending; none is greater than the next start.
        absent: Mask of nulls.
    """
    if absent is None:
        return encode(between(data, start, stop)) if len(start) else no_keys(0)
    present = np.flatnonzero(~absent)
    if not len(present):
        return no_keys(len(start))
    # Of most columns either nearly all rows have something, or few.
    found: Keys = encode(between(data, start[present], stop[present]))
    code = np.zeros(len(start), np.int32)
    code[present] = codes(found)
    masked = arrow_of(code, pa.int32(), absent)
    column: Keys = pa.DictionaryArray.from_arrays(masked, found.dictionary)
    return column


def keys_of(values: Sequence[bytes | None]) -> Keys:
    """Return values as keys."""
    column: Keys = encode(pa.array(values, pa.binary()))
    return column


def no_keys(count: int) -> Keys:
    """Return a column of `count` nulls."""
    column: Keys = pa.nulls(count, KEY)
    return column


def distinct(keys: Keys) -> list[bytes]:
    """Return the values of the codes."""
    values: list[Any] = keys.dictionary.to_pylist()
    return values


def codes(keys: Keys) -> npt.NDArray[np.int32]:
    """Return the index of each row's value among the distinct values; the column must have no nulls."""
    return np.asarray(keys.indices.to_numpy(), np.int32)


def match_keys(keys: Keys, pattern: re.Pattern[bytes]) -> Bools:
    """Return a mask of the keys that a pattern matches entirely, evaluated once per distinct key; no nulls allowed."""
    if not len(keys):
        return np.empty(0, np.bool_)
    fits = np.array([pattern.fullmatch(key) is not None for key in distinct(keys)], np.bool_)
    good: Bools = fits.take(codes(keys))
    return good


def distinct_bytes(keys: Keys) -> tuple[bytes, Ints]:
    """Return the distinct values, concatenated, and their offsets, including the end of the last one."""
    values = pa.concat_arrays([keys.dictionary])
    _, offsets, data = values.buffers()
    edges = np.frombuffer(memoryview(offsets or b""), np.int32)[values.offset : values.offset + len(values) + 1]
    return (data.to_pybytes() if data else b""), edges.astype(np.int64)


def recode(keys: Keys, names: Keys) -> Keys:
    """Return the keys with their distinct values replaced.

    Args:
        keys: The column.
        names: A new key for each distinct value; two values may share one.
    """
    column: Keys = pa.DictionaryArray.from_arrays(take(names.indices, keys.indices), names.dictionary)
    return column


def between(data: bytes, start: Ints, stop: Ints) -> Binary:
    """Return the bytes in each [start, stop) as binary; arguments as for `keys_between`."""
    if not len(start):
        nothing: Binary = pa.array([], pa.binary())
        return nothing
    # With each start and stop as an offset, the even values are the rows and the odd ones the bytes between; taking
    # the even ones is the only copy.
    offsets = np.empty(2 * len(start), np.int32)
    offsets[0::2] = start
    offsets[1::2] = stop
    buffers = [None, pa.py_buffer(offsets.data), pa.py_buffer(data)]
    both: Binary = pa.Array.from_buffers(pa.binary(), len(offsets) - 1, buffers)
    values: Binary = take(both, np.arange(0, len(offsets), 2, dtype=np.int32))
    return values
