"""The few functions of Arrow that nearly every run calls, without importing all of them.

Methods of arrays, such as `take`, import `pyarrow.compute`, which makes and documents a Python function for each of
some three hundred; that was a fifth of a start. The function that calls them lies in a lower module without that cost.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

try:
    from pyarrow._compute import (
        ExtractRegexOptions,
        IndexOptions,
        MatchSubstringOptions,
        SetLookupOptions,
        call_function,
    )
except ImportError:  # The module is not documented, and may be removed.
    from pyarrow.compute import (
        ExtractRegexOptions,
        IndexOptions,
        MatchSubstringOptions,
        SetLookupOptions,
        call_function,
    )

# Any: the stubs of pyarrow do not describe arrays of binary, nor what functions return.


def arrow_of(values: npt.NDArray[Any], kind: pa.DataType, absent: npt.NDArray[np.bool_] | None = None) -> Any:
    """Return numbers as a column over the same memory.

    `pyarrow.array` does it too, but imports numpy's masked arrays for it first, which costs ten milliseconds at the
    start.

    Args:
        values: Numbers of the width of the type; they must not change any more.
        kind: The type of the column, not boolean.
        absent: Mask of nulls; None: there are none.
    """
    valid = None if absent is None else pa.py_buffer(np.packbits(~absent, bitorder="little").data)
    return pa.Array.from_buffers(kind, len(values), [valid, pa.py_buffer(np.ascontiguousarray(values).data)])


def fill_nulls(array: Any, value: int) -> Any:
    """Return signed integers as a numpy array, with `value` for null."""
    if not array.null_count:
        return array.to_numpy()
    # The data under a null is arbitrary; Arrow's own fill takes twice as long.
    _, data = array.buffers()
    kind = np.dtype(f"i{array.type.bit_width // 8}")
    values = np.frombuffer(data, kind)[array.offset : array.offset + len(array)].copy()
    values[are_null(array)] = value
    return values


def take(values: Any, places: Any) -> Any:
    """Return the values of an array, or the rows of a batch or table, at some places.

    Args:
        values: Array, batch or table.
        places: Array of integers, of numpy or Arrow; a null gives a null.
    """
    if isinstance(places, np.ndarray):
        is_small = places.dtype == np.int32
        places = arrow_of(places if is_small else places.astype(np.int64), pa.int32() if is_small else pa.int64())
    return call_function("take", [values, places])


def keep(values: Any, wanted: npt.NDArray[np.bool_]) -> Any:
    """Return the values of an array, or the rows of a batch, that are wanted."""
    bits = pa.py_buffer(np.packbits(wanted, bitorder="little").data)
    return call_function("filter", [values, pa.Array.from_buffers(pa.bool_(), len(wanted), [None, bits])])


def encode(values: Any) -> Any:
    """Return an array as a dictionary of its distinct values, in the order in which they come first."""
    return call_function("dictionary_encode", [values])


def place_of(value: bytes, values: Any) -> int:
    """Return the first place of a value in an array of binary; -1 if there is none."""
    place: int = call_function("index", [values], IndexOptions(pa.scalar(value, pa.binary()))).as_py()
    return place


def are_null(values: Any) -> npt.NDArray[np.bool_]:
    """Return where an array has no value."""
    null: npt.NDArray[np.bool_] = call_function("is_null", [values]).to_numpy(zero_copy_only=False)
    return null


def are_among(values: Any, wanted: Any) -> npt.NDArray[np.bool_]:
    """Return which values of an array are in another one of the same type."""
    found: npt.NDArray[np.bool_] = call_function("is_in", [values], SetLookupOptions(wanted)).to_numpy(
        zero_copy_only=False
    )
    return found


def search(values: Any, pattern: Any) -> npt.NDArray[Any]:
    """Return in which texts of an array a regular expression of RE2 is found, with None for null.

    Args:
        values: Array of text or bytes.
        pattern: Text or bytes; the stubs know text only.
    """
    found: npt.NDArray[Any] = call_function("match_substring_regex", [values], MatchSubstringOptions(pattern)).to_numpy(
        zero_copy_only=False
    )
    return found


def groups_of(values: Any, pattern: str) -> Any:
    """Return the named groups of a regular expression of RE2 in each text, null where it does not match."""
    return call_function("extract_regex", [values], ExtractRegexOptions(pattern))


def add_columns(first: Any, second: Any) -> Any:
    """Return the sums of two columns of numbers, null where either is."""
    return call_function("add", [first, second])


def with_text(values: Any, text: bytes) -> Any:
    """Return an array of texts with this one for null."""
    return call_function("coalesce", [values, pa.scalar(text, values.type)]) if values.null_count else values
