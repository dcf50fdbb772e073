"""Puts what several formats make of one line in the order in which they come near to it."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from http_monitor.explanation import LineReading
from http_monitor.ports.log_format import LogFormat

_LEAST_FIELDS = 4


@runtime_checkable
class Resembling(Protocol):
    """A format that knows its lines from afar."""

    def resembles(self, line: bytes) -> bool:
        """Tell whether a line is plainly meant to be of it, well-formed or not."""
        ...


def nearest_first(line: bytes, readings: Iterable[tuple[LogFormat, LineReading]]) -> list[LineReading]:
    """Return the readings, one that fits before one that does not; of these first what the line is plainly meant to be.

    Then by how far the line fits, where the format comes near to it at all. Of equals the earlier one stays first.

    Args:
        line: That was read.
        readings: Each with its format.
    """

    def order(item: tuple[LogFormat, LineReading]) -> tuple[bool, bool, int, int]:
        made, reading = item
        meant = isinstance(made, Resembling) and made.resembles(line)
        return reading.values is None, not meant, -reading.known if meant else 0, -_reach(reading)

    return [reading for _, reading in sorted(readings, key=order)]


def is_near(reading: LineReading) -> bool:
    """Tell whether a format comes near to a line: nearly any line has three words."""
    return reading.values is not None or len(reading.found) >= _LEAST_FIELDS


def _reach(reading: LineReading) -> int:
    return (reading.column or 1) - 1 if is_near(reading) else 0
