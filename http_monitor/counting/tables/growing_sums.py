"""Hits, bytes and errors in a row of slots that grows."""

import numpy as np

from http_monitor.counting.keys import Codes
from http_monitor.records import Int64s
from http_monitor.sizes import MOST_INT64, Sizes

_LEAST = 16
_NO_SLOTS = np.zeros(0, np.int64)


class GrowingSums:
    """Three sums for each slot, from slot 0."""

    __slots__ = ("_all_sizes", "errors", "hits", "sizes")

    def __init__(self) -> None:
        # Nothing can be changed in an array without slots, so all can share one.
        self.hits: Int64s = _NO_SLOTS
        self.errors: Int64s = _NO_SLOTS
        self.sizes: Sizes = _NO_SLOTS
        self._all_sizes = 0

    def reserve(self, slots: int) -> None:
        """Have at least so many slots."""
        more = slots - len(self.hits)
        if more > 0:
            more = max(more, len(self.hits), _LEAST)
            self.hits, self.errors, self.sizes = (
                np.concatenate((old, np.zeros(more, old.dtype))) for old in (self.hits, self.errors, self.sizes)
            )

    def add(self, slots: Codes, hits: Int64s, sizes: Sizes, errors: Int64s) -> None:
        """Add to some slots, to each once."""
        self._all_sizes += int(sizes.sum())
        if self._all_sizes > MOST_INT64 or sizes.dtype == np.object_:
            self.sizes = self.sizes.astype(np.object_, copy=False)
        self.hits[slots] += hits
        self.errors[slots] += errors
        self.sizes[slots] += sizes

    def keep(self, slots: Codes) -> None:
        """Keep those slots, in that order, and no other."""
        self.hits, self.errors, self.sizes = self.hits[slots], self.errors[slots], self.sizes[slots]
