"""How state becomes JSON, and what is checked before JSON becomes state."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from http_monitor.metrics.groups import MOST_INT64, Sizes
from http_monitor.records import Int64s

_MOST = 1 << 62
MOST_HITS = 1 << 48
"""No log has so many lines; sums of such counts are far from 64 bits."""
MOST_BYTES = 1 << 200
"""Sums of sizes are of any length (`groups.Sizes`)."""
_DAY_US = 86_400 * 1_000_000
# A log line is of the years 1970 to 9998; lengths of buckets and windows reach ten years back from there.
_LEAST_US, _MOST_US = -12_000 * _DAY_US, 2_932_890 * _DAY_US


def text_of(key: bytes) -> str:
    """Return any bytes as text that JSON carries unchanged."""
    return key.decode("latin-1")


def key_of(given: Any) -> bytes:
    """Return the bytes that `text_of` was given. Raises TypeError or ValueError for anything else."""
    if not isinstance(given, str):
        raise TypeError("a key is no text")
    return given.encode("latin-1")


def integer(given: Any, least: int = -_MOST, most: int = _MOST) -> int:
    """Return a whole number between bounds. Raises TypeError or ValueError for anything else."""
    if not isinstance(given, int) or isinstance(given, bool):
        raise TypeError("not a whole number")
    if not least <= given <= most:
        raise ValueError(f"{given} is not between {least} and {most}")
    return given


def moment_of(given: Any, never: int | None = None) -> int:
    """Return a time that can be shown, in microseconds since the epoch, or what stands for none.

    Raises:
        TypeError, ValueError: it is no such time.
    """
    time_us = integer(given)
    return time_us if time_us == never else integer(time_us, _LEAST_US, _MOST_US)


def start_of(given: Any, every_us: int, never: int | None = None) -> int:
    """Return the start of a bucket or interval of that length. Raises TypeError or ValueError for anything else."""
    start_us = moment_of(given, never)
    if start_us != never and start_us % every_us:
        raise ValueError(f"{start_us} is not a multiple of {every_us}")
    return start_us


def flag(given: Any) -> bool:
    """Return true or false. Raises TypeError for anything else."""
    if not isinstance(given, bool):
        raise TypeError("neither true nor false")
    return given


def totals(given: Any) -> tuple[int, int, int]:
    """Return (hits, bytes, errors). Raises TypeError or ValueError for anything else."""
    hits, size_bytes, errors = listed(given)
    hits = integer(hits, 0, MOST_HITS)
    return hits, integer(size_bytes, 0, MOST_BYTES), integer(errors, 0, hits)


def listed(given: Any) -> list[Any]:
    """Return a list as it is. Raises TypeError for anything else."""
    if not isinstance(given, list):
        raise TypeError("not a list")
    return given


def fields_of(given: Any) -> dict[str, Any]:
    """Return a JSON object as it is. Raises TypeError for anything else."""
    if not isinstance(given, dict):
        raise TypeError("not an object")
    return given


def counts(given: Any, length: int) -> Int64s:
    """Return so many counts. Raises TypeError or ValueError for anything else."""
    values = [integer(value, 0, MOST_HITS) for value in listed(given)]
    if len(values) != length:
        raise ValueError("lists of different lengths")
    return np.array(values, np.int64)


def sizes(given: Any, length: int) -> Sizes:
    """Return so many sums of sizes, which may be beyond 64 bits. Raises TypeError or ValueError for anything else."""
    values = [integer(value, 0, MOST_BYTES) for value in listed(given)]
    if len(values) != length:
        raise ValueError("lists of different lengths")
    if sum(values) <= MOST_INT64:
        return np.array(values, np.int64)
    return np.array(values, np.object_)


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return values of which none is there twice. Raises ValueError if one is."""
    found = list(values)
    if len(set(found)) != len(found):
        raise ValueError("something is there twice")
    return found
