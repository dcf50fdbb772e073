"""Ranks the readings of one line by several formats by how near they come to it."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from http_monitor.explanation import LineReading
from http_monitor.ports.log_format import LogFormat

_MIN_FIELDS = 4


@runtime_checkable
class Resembling(Protocol):
    """A format that can tell by a line's appearance whether it is meant for it."""

    def resembles(self, line: bytes) -> bool:
        """Return whether a line is plainly meant for this format, even if it is malformed."""
        ...


def nearest_first(line: bytes, readings: Iterable[tuple[LogFormat, LineReading]]) -> list[LineReading]:
    """Return the readings sorted: those that fit, then those of formats that the line is plainly meant for.

    Then by how much of the line fits, if the format comes near to it at all. The order of equals is kept.

    Args:
        line: The line.
        readings: Each reading with its format.
    """

    def order(item: tuple[LogFormat, LineReading]) -> tuple[bool, bool, int, int]:
        made, reading = item
        meant = isinstance(made, Resembling) and made.resembles(line)
        return reading.values is None, not meant, -reading.known if meant else 0, -_reach(reading)

    return [reading for _, reading in sorted(readings, key=order)]


def is_near(reading: LineReading) -> bool:
    """Return whether a format comes near to a line: nearly any line has three words."""
    return reading.values is not None or len(reading.found) >= _MIN_FIELDS


def _reach(reading: LineReading) -> int:
    return (reading.column or 1) - 1 if is_near(reading) else 0
