"""Reads JSON objects that have many lines."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from http_monitor.unwrap.wrapping import Explode, Inner

# Any: what JSON holds is not known.
Lines = Callable[[Any], Iterator[Inner]]
"""Yields the lines in an object; what it raises says that it is another one."""


def exploder(mark: bytes, lines: Lines) -> Explode:
    """Return what finds the lines in an object.

    Args:
        mark: Stands in each such object.
        lines: Yields them.
    """

    def explode(line: bytes) -> Sequence[Inner] | None:
        if mark not in line:
            return None
        try:
            found = lines(json.loads(line.decode("utf-8", "surrogateescape"), strict=False))
            # A name of no bytes is none.
            return [each._replace(source=each.source or None) for each in found] or None
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            return None

    return explode
