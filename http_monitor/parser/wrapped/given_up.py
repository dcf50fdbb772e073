"""Counts the lines in parts that were given up incomplete, and tells of them."""

from collections.abc import Iterator

import numpy as np

from http_monitor.codec import integer
from http_monitor.ports.wrapper import Unwrapped
from http_monitor.records import Int64s

_WORDS = "lines in parts were given up incomplete, since there was no room for more parts; each counts as it is"


class GivenUp:
    """The number of such lines behind one wrapper."""

    def __init__(self, count: int = 0) -> None:
        self._count = count

    def add(self, inside: Unwrapped, place: Int64s, before: int) -> Iterator[tuple[int, str]]:
        """Yield messages about the first line, the tenth, the hundredth and so on, each with the line's number.

        Args:
            inside: Inner lines.
            place: For each line of their batch, its index among the inner lines.
            before: Number of non-blank lines parsed before them.
        """
        for index in inside.given_up:
            self._count += 1
            if str(self._count).rstrip("0") == "1":
                yield before + 1 + int(np.searchsorted(place, index)), f"{_WORDS} ({self._count:,} so far)"

    def save(self) -> int:
        """Return the number."""
        return self._count

    @classmethod
    def load(cls, given: object) -> "GivenUp":
        """Return a saved number. Raises TypeError or ValueError for anything else."""
        return cls(integer(given, 0))
