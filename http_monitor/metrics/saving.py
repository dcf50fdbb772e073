"""How state becomes JSON, and what is checked before JSON becomes state."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from http_monitor.metrics.groups import Sizes
from http_monitor.metrics.sums import MOST_INT64
from http_monitor.records import Int64s

_MOST = 1 << 62


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
    values = [integer(value, least=0) for value in listed(given)]
    if len(values) != length:
        raise ValueError("lists of different lengths")
    return np.array(values, np.int64)


def sizes(given: Any, length: int) -> Sizes:
    """Return so many sums of sizes, which may be beyond 64 bits. Raises TypeError or ValueError for anything else."""
    values = [integer(value, least=0, most=1 << 200) for value in listed(given)]
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
