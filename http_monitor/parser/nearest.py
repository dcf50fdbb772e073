"""Puts what several formats make of one line in the order in which they come near to it."""

from collections.abc import Iterable

from http_monitor.ports import LineReading


def nearest_first(readings: Iterable[LineReading]) -> list[LineReading]:
    """Return the readings, one that fits before one that does not, then by how far the fields were found.

    The column would not do: a format whose first mark is missing says so at the end of the line. Of equals the
    earlier one stays first.
    """
    return sorted(readings, key=lambda reading: (reading.values is None, -_reach(reading)))


def _reach(reading: LineReading) -> int:
    return max((found.stop for found in reading.found), default=0)
