"""How much the longest tests try: a part in the usual run, more of it, or all there is, for `scripts/laws`."""

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

_GIVEN = os.environ.get("HTTP_MONITOR_EXAMPLES")
_PART = 4
ALWAYS_THE_SAME = not _GIVEN or int(_GIVEN) == 1
"""Whether property tests try the same examples in each run, so that what fails is what changed: but for the runs of
`scripts/laws` that look for new ones."""
_T = TypeVar("_T")

exhaustive = pytest.mark.exhaustive
"""Marks a test that tries a part of all there is in the usual run, and all of it in `scripts/laws`."""


def examples(all_of_them: int) -> int:
    """Return how many examples to try: a quarter of these in the usual run, a multiple of them for `scripts/laws`."""
    return all_of_them * int(_GIVEN) if _GIVEN else -(-all_of_them // _PART)


def part_of(things: Sequence[_T], usual: int) -> list[_T]:
    """Return as many of some things as a test usually tries, evenly spread; all of them for `scripts/laws`."""
    if _GIVEN or len(things) <= usual:
        return list(things)
    return [things[number * len(things) // usual] for number in range(usual)]
