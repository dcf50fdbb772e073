"""Hits over time: the same slots however the rows come, and never more than there is room for."""

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from http_monitor.counting.hits_over_time import MAX_SLOTS, HitsOverTime
from http_monitor.units import US_PER_S

START_S = 1_772_409_600


def counted(parts: Sequence[Sequence[int]]) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Return length and hits of the slots, in seconds."""
    hits = HitsOverTime()
    for part in parts:
        hits.add(np.array(part, np.int64) * US_PER_S + 999_999)
    slots = hits.slots()
    return slots.length_us // US_PER_S, tuple((start // US_PER_S, count) for start, count in slots.hits)


@pytest.mark.parametrize(
    ("span_s", "length_s"),
    [
        (0, 10),
        (MAX_SLOTS * 10 - 1, 10),
        (MAX_SLOTS * 10, 60),
        (MAX_SLOTS * 60 - 1, 60),
        (370 * 86_400, 900),
        (380 * 86_400, 86_400),
        (99 * 365 * 86_400, 28 * 86_400),
        (8_000 * 365 * 86_400, 364 * 86_400),
    ],
)
def test_slots_are_as_short_as_the_span_allows(span_s: int, length_s: int) -> None:
    start = START_S // length_s * length_s
    times = [start, start + span_s]
    length, slots = counted([times])
    assert length == length_s
    assert sum(hits for _, hits in slots) == 2
    assert counted([[times[1]], [times[0]]]) == (length, slots)


@pytest.mark.parametrize("step_s", [1, 7, 100, 5_000, 100_000])
def test_neither_cuts_nor_order_change_the_slots(step_s: int) -> None:
    source = random.Random(step_s)
    times = [START_S + source.randrange(step_s * 3_000) for _ in range(3_000)]
    length, slots = counted([times])
    want = Counter(time // length * length for time in times)
    assert dict(slots) == want
    assert list(slots) == sorted(slots)
    for _ in range(3):
        source.shuffle(times)
        cuts = sorted(source.sample(range(1, len(times)), 9))
        parts = [times[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(times)], strict=True)]
        assert counted(parts) == (length, slots)


def test_nothing_is_no_slot() -> None:
    assert HitsOverTime().slots().hits == ()
