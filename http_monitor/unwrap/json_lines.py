"""Explodes JSON objects that contain several lines."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from http_monitor.unwrap.wrapping import Explode, Inner

# Any: decoded JSON of unknown content.
Lines = Callable[[Any], Iterator[Inner]]
"""Yields the lines in a decoded object; raises if it is an object of another kind."""


def exploder(mark: bytes, lines: Lines) -> Explode:
    """Return a function that finds the lines in an object.

    Args:
        mark: Bytes that occur in each such object.
        lines: Yields the lines.
    """

    def explode(line: bytes) -> Sequence[Inner] | None:
        if mark not in line:
            return None
        try:
            found = lines(json.loads(line.decode("utf-8", "surrogateescape"), strict=False))
            # An empty name is none.
            return [each._replace(source=each.source or None) for each in found] or None
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            return None

    return explode
