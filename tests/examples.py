"""How much the longest tests try: a part in the usual run, more of it, or all there is, for `scripts/laws`."""

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

_GIVEN = os.environ.get("HTTP_MONITOR_EXAMPLES")
_TIMES = int(_GIVEN or "1")
_T = TypeVar("_T")

exhaustive = pytest.mark.exhaustive
"""Marks a test that tries a part of all there is in the usual run, and all of it in `scripts/laws`."""


def examples(usual: int) -> int:
    """Return how many examples to try of a test that usually tries this many."""
    return usual * _TIMES


def part_of(things: Sequence[_T], usual: int) -> list[_T]:
    """Return as many of some things as a test usually tries, evenly spread; all of them for `scripts/laws`."""
    if _GIVEN or len(things) <= usual:
        return list(things)
    return [things[number * len(things) // usual] for number in range(usual)]
