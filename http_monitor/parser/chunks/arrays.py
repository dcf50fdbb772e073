"""The numpy types of the columnar parser, and their conversion to Arrow."""

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
    """Return numbers as an Arrow column over the same memory.

    `pyarrow.array` would import numpy's masked arrays first, which delays the start by ten milliseconds.

    Args:
        values: Numbers of the width of the type; they must not be changed afterwards.
        kind: The type of the column; not boolean.
        absent: Mask of nulls; None: there are none.
    """
    valid = None if absent is None else pa.py_buffer(np.packbits(~absent, bitorder="little").data)
    return pa.Array.from_buffers(kind, len(values), [valid, pa.py_buffer(np.ascontiguousarray(values).data)])
