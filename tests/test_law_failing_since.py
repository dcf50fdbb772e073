"""The endpoints that a report tells as failing: those of the slow count, however few are asked for."""

import json
import random
from dataclasses import dataclass, replace
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.counting.failing import numbering
from http_monitor.counting.failing.failed_rows import find_failed_rows
from http_monitor.counting.failing.interval_rows import FailingRows
from http_monitor.counting.failing.since import FailingSince
from http_monitor.counting.keys import Numberings
from tests.engine_strategies import START_S
from tests.examples import examples
from tests.reference.clf import Row
from tests.reference.requests import FailingSince as SlowCount
from tests.test_law_run_requests import LONG, failing_rows, frame_of, row_of

US_PER_S = 1_000_000
WINDOW_S = 30


@dataclass(frozen=True)
class Shape:
    """What the intervals of a run are like."""

    interval_s: int
    paths: int
    most: int
    numbered: int


def rows_of_interval(chance: random.Random, start_s: int, count: int, shape: Shape) -> list[Row]:
    keys = [None, LONG, *(b"/p%d" % number for number in range(shape.paths))][chance.randrange(2) :]
    rows = [
        row_of(
            start_s + chance.randrange(shape.interval_s),
            min(chance.randrange(20), chance.randrange(20)),
            chance.choice(keys),
            chance.choice((b"GET", b"POST")),
            chance.choice((500, 503, 200)),
            None,
        )
        for _ in range(count)
    ]
    if chance.random() < 0.7:
        rows = [row for row in rows if row.path != LONG]
    return [replace(row, method=None) if chance.random() < 0.1 else row for row in rows]


def count(chance: random.Random, rows: list[Row], cap: int, numberings: Numberings) -> FailingRows:
    counted, done = FailingRows(cap), 0
    while done < len(rows):
        part = rows[done : done + chance.choice((1, 30, 2_000))]
        counted.add(find_failed_rows(frame_of(part, numberings)))
        done += len(part)
    return counted


@settings(max_examples=examples(120), deadline=None)
@given(
    st.integers(0, 1 << 30),
    st.sampled_from((3, 30, 100, 10_000, 10_000)),
    st.builds(
        Shape,
        interval_s=st.sampled_from((10, 70)),
        paths=st.sampled_from((1, 4, 60, 800)),
        most=st.sampled_from((3, 90, 1_500)),
        numbered=st.sampled_from((5, 20_000)),
    ),
    st.booleans(),
)
def test_the_endpoints_told_are_those_of_the_slow_count(seed: int, cap: int, shape: Shape, saves: bool) -> None:
    chance, numberings = random.Random(seed), Numberings()
    since, slow_count = FailingSince(cap, WINDOW_S * US_PER_S), SlowCount(cap, WINDOW_S * US_PER_S)
    start_s = 0
    with patch.object(numbering, "MAX_NUMBERED", shape.numbered):
        for _ in range(10):
            # After a restart, an interval may be an earlier one.
            start_s += shape.interval_s * chance.choice((1, 1, 1, 2, 9, -3))
            rows = rows_of_interval(chance, start_s, chance.choice((0, 1, shape.most)), shape)
            counted = count(chance, rows, cap, numberings)
            if saves:
                saved = json.loads(json.dumps(since.save()))
                since = FailingSince(cap, WINDOW_S * US_PER_S)
                since.load(saved)
            start_us = (START_S + start_s) * US_PER_S
            expected = slow_count.told(list(rows), start_us, len(rows))
            if chance.random() < 0.4:
                since.note(counted, start_us)
                continue
            found = since.report(counted, start_us)
            top = chance.choice((0, 1, 5, len(rows)))
            assert found[:top] == tuple(found)[:top]
            assert len(found) == len(expected)
            assert failing_rows(found) == expected


def test_a_key_without_a_method_or_a_path_is_another_than_one_with_an_empty_one() -> None:
    rows = [row_of(0, 1, path, b"GET", 500, None) for path in (None, b"")]
    counted = count(random.Random(1), rows, 10, Numberings())
    found = FailingSince(10, WINDOW_S * US_PER_S).report(counted, START_S * US_PER_S)
    assert [row.key for row in found] == [None, b""]


def test_endpoints_that_failed_are_equal_to_a_tuple_of_them() -> None:
    rows = [row_of(0, 1, b"/a", b"GET", 500, None), row_of(1, 2, b"/b", b"GET", 500, None)]
    counted = count(random.Random(1), rows, 10, Numberings())
    found = FailingSince(10, WINDOW_S * US_PER_S).report(counted, START_S * US_PER_S)
    assert found == tuple(found)
    assert tuple(found) == found
    assert hash(found) == hash(tuple(found))
    assert repr(found) == repr(tuple(found))
    assert found[-1] == tuple(found)[-1]
    assert found[:-1] == tuple(found)[:-1]


def test_spans_that_are_over_are_not_saved_and_a_full_numbering_is_replaced() -> None:
    since, numberings = FailingSince(1_000_000, WINDOW_S * US_PER_S), Numberings()
    used = set()
    with patch.object(numbering, "MAX_BYTES", 2_000):
        for number in range(40):
            rows = [row_of(number * 100, 1, b"/%d/%d" % (number, path), b"GET", 500, None) for path in range(100)]
            counted = FailingRows(1_000)
            failed = find_failed_rows(frame_of(rows, numberings))
            used.add(failed.numbering)
            counted.add(failed)
            since.report(counted, (START_S + number * 100) * US_PER_S)
            if number % 7 == 0:
                assert len(since.save()) == 100
    assert [len(one.keys) for one in sorted(used, key=lambda one: len(one.keys))] == [100] + [300] * 13
