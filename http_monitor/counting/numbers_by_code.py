"""Numbers that belong to keys, remembered by code from one table to the next."""

from collections.abc import Callable

import numpy as np

from http_monitor.counting.groups import Piece
from http_monitor.counting.keys import Keys
from http_monitor.records import Int64s

_UNKNOWN = -(1 << 62)


class NumbersByCode:
    """Finds the number of each key once for all tables whose batches share their keys.

    Args:
        find: Returns the number of a key, above -(2^62).
    """

    def __init__(self, find: Callable[[bytes], int]) -> None:
        self._find = find
        self._keys: Keys | None = None
        self._of_code: Int64s = np.empty(0, np.int64)

    def of(self, piece: Piece) -> Int64s:
        """Return the number of each key of a piece."""
        keys, codes = piece.keys.to_shared(piece.codes)
        if keys is not self._keys:
            self._keys, self._of_code = keys, np.full(len(keys), _UNKNOWN)
        elif len(keys) > len(self._of_code):
            more = np.full(2 * len(keys) - len(self._of_code), _UNKNOWN)
            self._of_code = np.concatenate((self._of_code, more))
        numbers = self._of_code[codes]
        unknown = codes[numbers == _UNKNOWN]
        if len(unknown):
            self._of_code[unknown] = [self._find(key) for key in keys.at(unknown)]
            numbers = self._of_code[codes]
        return numbers
