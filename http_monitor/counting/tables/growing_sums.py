"""Hits, bytes and errors in growing arrays."""

import numpy as np

from http_monitor.counting.keys import Codes
from http_monitor.records import Int64s
from http_monitor.sizes import MAX_INT64, Sizes

_MIN_LENGTH = 16
_NO_SLOTS = np.zeros(0, np.int64)


class GrowingSums:
    """Three sums for each slot, from slot 0."""

    __slots__ = ("_all_sizes", "errors", "hits", "sizes")

    def __init__(self) -> None:
        # An array without slots cannot be changed, so all instances share one.
        self.hits: Int64s = _NO_SLOTS
        self.errors: Int64s = _NO_SLOTS
        self.sizes: Sizes = _NO_SLOTS
        self._all_sizes = 0

    def reserve(self, slots: int) -> None:
        """Grow to at least this number of slots."""
        more = slots - len(self.hits)
        if more > 0:
            more = max(more, len(self.hits), _MIN_LENGTH)
            self.hits, self.errors, self.sizes = (
                np.concatenate((old, np.zeros(more, old.dtype))) for old in (self.hits, self.errors, self.sizes)
            )

    def add(self, slots: Codes, hits: Int64s, sizes: Sizes, errors: Int64s) -> None:
        """Add to some slots, each given once."""
        self._all_sizes += int(sizes.sum())
        if self._all_sizes > MAX_INT64 or sizes.dtype == np.object_:
            self.sizes = self.sizes.astype(np.object_, copy=False)
        self.hits[slots] += hits
        self.errors[slots] += errors
        self.sizes[slots] += sizes

    def keep(self, slots: Codes) -> None:
        """Keep only these slots, in this order."""
        self.hits, self.errors, self.sizes = self.hits[slots], self.errors[slots], self.sizes[slots]
