"""Numbers of failing endpoints, shared between batches."""

from collections.abc import Iterable

import numpy as np

from http_monitor.counting.failing.endpoint_key import EndpointKey
from http_monitor.records import Int64s

MAX_NUMBERED = 20_000
MAX_BYTES = 1 << 22
"""A numbering with more endpoints or more bytes of keys than this is full, and a new one begins."""


class _NumberOf(dict[EndpointKey, int]):
    """The number of each endpoint; a new one gets the next."""

    def __init__(self, keys: list[EndpointKey]) -> None:
        self._keys = keys
        self.size_bytes = 0

    def __missing__(self, key: EndpointKey) -> int:
        number = self[key] = len(self._keys)
        self._keys.append(key)
        self.size_bytes += len(key[1] or b"") + len(key[2] or b"")
        return number


class FailingNumbering:
    """Numbers failing endpoints in the order of their first row. Owned by the monitor's thread."""

    __slots__ = ("_number_of", "keys")

    def __init__(self) -> None:
        self.keys: list[EndpointKey] = []
        """The endpoints by number; the list grows."""
        self._number_of = _NumberOf(self.keys)

    @property
    def is_full(self) -> bool:
        """Whether later batches should use a new numbering."""
        return len(self.keys) > MAX_NUMBERED or self._number_of.size_bytes > MAX_BYTES

    def numbers_of(self, keys: Iterable[EndpointKey]) -> Int64s:
        """Return the number of each endpoint."""
        return np.fromiter(map(self._number_of.__getitem__, keys), np.int64)
