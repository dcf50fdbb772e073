"""Counts the lines in parts that were given up incomplete, and reports them."""

from collections.abc import Iterator, Sequence

import numpy as np

from http_monitor.codec import integer
from http_monitor.ports.wrapper import Unwrapped
from http_monitor.records import Int64s

_WORDS = "lines in parts were given up incomplete, since there was no room for more parts; each counts as it is"


def numbers_given_up(inside: Unwrapped, place: Int64s) -> tuple[int, ...]:
    """Return the numbers of the lines that were given up; that of the next line for one that is blank.

    Args:
        inside: Inner lines.
        place: For each line of their batch, its index among the inner lines.
    """
    return tuple(1 + int(np.searchsorted(place, index)) for index in inside.given_up)


class GivenUp:
    """The number of such lines of one wrapper."""

    def __init__(self, count: int = 0) -> None:
        self._count = count

    def add(self, numbers: Sequence[int], before: int) -> Iterator[tuple[int, str]]:
        """Yield messages about the first line, the tenth, the hundredth and so on, each with the line's number.

        Args:
            numbers: The numbers of these lines in their batch.
            before: Number of non-blank lines parsed before them.
        """
        for number in numbers:
            self._count += 1
            if str(self._count).rstrip("0") == "1":
                yield before + number, f"{_WORDS} ({self._count:,} so far)"

    def save(self) -> int:
        """Return the number."""
        return self._count

    @classmethod
    def load(cls, given: object) -> "GivenUp":
        """Return a saved number. Raises TypeError or ValueError for anything else."""
        return cls(integer(given, 0))
