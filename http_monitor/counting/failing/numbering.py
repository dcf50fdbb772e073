"""Numbers of failing endpoints, shared between batches."""

from collections.abc import Iterable

import numpy as np

from http_monitor.counting.failing.endpoint_key import EndpointKey
from http_monitor.counting.numbering import NumberOf
from http_monitor.records import Int64s

MAX_NUMBERED = 20_000
MAX_BYTES = 1 << 22
"""A numbering with more endpoints or more bytes of keys than this is full, and a new one begins."""


class FailingNumbering:
    """Numbers failing endpoints in the order of their first row. Owned by the monitor's thread."""

    __slots__ = ("_number_of", "_size_bytes", "keys")

    def __init__(self) -> None:
        self.keys: list[EndpointKey] = []
        """The endpoints by number; the list grows."""
        self._number_of = NumberOf(self.keys)
        self._size_bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether later batches should use a new numbering."""
        return len(self.keys) > MAX_NUMBERED or self._size_bytes > MAX_BYTES

    def numbers_of(self, keys: Iterable[EndpointKey]) -> Int64s:
        """Return the number of each endpoint."""
        known = len(self.keys)
        numbers = np.fromiter(map(self._number_of.__getitem__, keys), np.int64)
        self._size_bytes += sum(len(method or b"") + len(path or b"") for _, method, path in self.keys[known:])
        return numbers
