"""Numbers the distinct buckets or intervals of some rows, and keys in the order in which they come."""

from typing import TypeVar

import numpy as np

from http_monitor.eventtime.running_max import is_ascending
from http_monitor.records import Int64s

# Up to this many possible numbers per row, a dense count beats sorting.
_DENSE_SPAN = 8
_K = TypeVar("_K")


class NumberOf(dict[_K, int]):
    """The number of each key; a new one gets the next and is appended to `names`."""

    def __init__(self, names: list[_K]) -> None:
        self._names = names

    def __missing__(self, name: _K) -> int:
        number = self[name] = len(self._names)
        self._names.append(name)
        return number


def number_starts(starts: Int64s, step_us: int) -> tuple[Int64s, Int64s]:
    """Return the distinct starts, ascending, and for each start its index among them.

    Args:
        starts: of buckets or intervals.
        step_us: their length.
    """
    if is_ascending(starts):
        first = np.flatnonzero(np.concatenate(([True], starts[1:] != starts[:-1])))
        return starts[first], np.repeat(np.arange(len(first)), np.diff(first, append=len(starts)))
    least = int(starts.min())
    number = (starts - least) // step_us
    span = int(number.max()) + 1
    if span > _DENSE_SPAN * len(starts):
        return np.unique(starts, return_inverse=True)
    present = np.bincount(number) > 0
    place = np.cumsum(present) - 1
    return np.flatnonzero(present) * step_us + least, place[number]
