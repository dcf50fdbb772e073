"""The numpy types that the columnar parser passes around, and how they become Arrow's."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]
Statuses = npt.NDArray[np.int16]


def arrow_of(values: npt.NDArray[Any], kind: pa.DataType, absent: Bools | None = None) -> Any:
    """Return numbers as a column over the same memory.

    `pyarrow.array` does it too, but imports numpy's masked arrays for it first, which takes a start ten milliseconds.

    Args:
        values: Of the width of the type; not to be changed any more.
        kind: The type of the column, not boolean.
        absent: Where it is null; None: nowhere.
    """
    valid = None if absent is None else pa.py_buffer(np.packbits(~absent, bitorder="little").data)
    return pa.Array.from_buffers(kind, len(values), [valid, pa.py_buffer(np.ascontiguousarray(values).data)])
