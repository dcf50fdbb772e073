"""Arrays of sums of bytes, of any length, and the smallest arrays that hold whole numbers."""

from typing import Any

import numpy as np
import numpy.typing as npt

Sizes = npt.NDArray[np.int64] | npt.NDArray[np.object_]
"""Sums of bytes; Python integers where 64 bits might not be enough."""


MAX_INT64 = 1 << 62
"""Beyond this, one more sum of sizes might not fit into 64 bits."""


def widen(sizes: Sizes) -> Sizes:
    """Return sizes whose sum fits into their type."""
    if sizes.dtype != np.object_ and len(sizes) and int(sizes.max()) > MAX_INT64 // len(sizes):
        return sizes.astype(np.object_)
    return sizes


Narrow = npt.NDArray[Any]
"""Unsigned integers no wider than the greatest of them; Python integers where 64 bits are not enough."""


def narrow(values: npt.NDArray[Any]) -> Narrow:
    """Return a copy of non-negative numbers in the smallest type that holds them all."""
    if values.dtype == np.object_:
        return values.copy()
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))
