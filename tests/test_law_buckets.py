"""Buckets form a group: they add and subtract exactly, in any order, whatever the sizes."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.counting.bucket import MetricsBucket
from http_monitor.counting.frame import WINDOW_DIMENSIONS, Frame
from http_monitor.counting.groups import FrameGroups
from http_monitor.eventtime.rows import Rows
from http_monitor.records import SCHEMA
from tests.engine_strategies import START_S
from tests.examples import examples

GREATEST = 2**63 - 1
MANY = 1_000


@dataclass(frozen=True)
class Line:
    """What a window bucket counts of a line."""

    host: bytes
    section: bytes
    path: bytes | None
    status: int
    size_bytes: int | None


_keys = st.sampled_from((b"", b"a", b"b", b"\xff", b"a\x00", b"A"))
_sizes = st.one_of(
    st.none(), st.integers(0, 5_000), st.sampled_from((GREATEST, GREATEST - 1, 2**52, 2**53 + 1, 2**62)), st.just(0)
)
_lines = st.builds(
    Line, _keys, _keys, st.none() | _keys, st.sampled_from((100, 200, 404, 499, 500, 503, 599, 600, 999)), _sizes
)
line_lists = st.lists(_lines, max_size=12)


def groups_of(lines: list[Line]) -> FrameGroups:
    """Return the sums of lines as one batch of one bucket."""
    records = [
        {
            "time": START_S * 1_000_000,
            "host": line.host,
            "section": line.section,
            "path": line.path,
            "status": line.status,
            "size_bytes": line.size_bytes,
        }
        for line in lines
    ]
    batch = pa.RecordBatch.from_pylist(records, schema=SCHEMA)
    none = np.zeros(len(lines), np.int64)
    rows = Rows(batch, none)
    return FrameGroups(Frame.of(rows).only(WINDOW_DIMENSIONS), none, 1)


def bucket(*batches: list[Line], start_us: int = 0, cap: int = MANY) -> MetricsBucket:
    """Return a bucket that was given these batches."""
    result = MetricsBucket(start_us, cap)
    for lines in batches:
        if lines:
            result.add(groups_of(lines), 0)
    return result


def every_field(found: MetricsBucket) -> tuple[object, ...]:
    """Return all that a bucket counts, without the help of its own comparison."""
    return found.hits, found.size_bytes, found.errors, found.counts(), found.start_us


def counted(lines: list[Line]) -> dict[str, dict[bytes, list[int]]]:
    """Return the tables of lines, counted one by one with Python's integers."""
    tables: dict[str, dict[bytes, list[int]]] = {name: {} for name in WINDOW_DIMENSIONS}
    for line in lines:
        keys = {"status": b"%d" % line.status, "hosts": line.host, "sections": line.section, "endpoints": line.path}
        for name, key in keys.items():
            if key is not None:
                counts = tables[name].setdefault(key, [0, 0, 0])
                counts[0] += 1
                counts[1] += line.size_bytes or 0
                counts[2] += 500 <= line.status <= 599
    return tables


@settings(max_examples=examples(40), deadline=None)
@given(line_lists, line_lists)
def test_a_plus_b_minus_b_is_a(a: list[Line], b: list[Line]) -> None:
    there_and_back = (bucket(a) + bucket(b)) - bucket(b)
    assert there_and_back == bucket(a)
    assert every_field(there_and_back) == every_field(bucket(a))


@settings(max_examples=examples(40), deadline=None)
@given(line_lists, line_lists, line_lists)
def test_the_order_of_a_sum_does_not_matter(a: list[Line], b: list[Line], c: list[Line]) -> None:
    x, y, z = bucket(a), bucket(b), bucket(c)
    assert every_field(x + y) == every_field(y + x)
    assert every_field((x + y) + z) == every_field(x + (y + z))
    assert every_field((x - y) + z) == every_field((x + z) - y)


@settings(max_examples=examples(40), deadline=None)
@given(line_lists, line_lists)
def test_a_sum_of_buckets_is_the_bucket_of_all_their_lines(a: list[Line], b: list[Line]) -> None:
    both = bucket(a) + bucket(b)
    assert every_field(both) == every_field(bucket(a, b)) == every_field(bucket(a + b))
    assert both.counts() == counted(a + b)
    assert both.size_bytes == sum(line.size_bytes or 0 for line in a + b)


def test_sums_beyond_64_bits_stay_exact() -> None:
    lines = [Line(b"h", b"/", None, 500, GREATEST)] * 5
    total = bucket(lines) + bucket(lines, [Line(b"h", b"/", None, 200, 1)])
    assert (total.hits, total.size_bytes, total.errors) == (11, 10 * GREATEST + 1, 10)
    assert total.counts()["hosts"] == {b"h": [11, 92_233_720_368_547_758_071, 10]}
    assert (total - bucket(lines)).size_bytes == 5 * GREATEST + 1
    # Just beyond what a float holds exactly.
    odd = bucket([Line(b"h", b"/", None, 200, 2**53), Line(b"h", b"/", None, 200, 1)])
    assert odd.size_bytes == 2**53 + 1
    assert odd.counts()["sections"] == {b"/": [2, 2**53 + 1, 0]}


def test_a_key_that_is_taken_away_leaves_no_row() -> None:
    a, b = bucket([Line(b"a", b"/", None, 200, 1)]), bucket([Line(b"b", b"/", None, 200, 0)])
    assert ((a + b) - a).counts()["hosts"] == {b"b": [1, 0, 0]}
    assert (a - a).counts() == {name: {} for name in WINDOW_DIMENSIONS}


def test_buckets_that_differ_in_any_one_count_are_not_equal() -> None:
    line = Line(b"a", b"/", b"/x", 200, 1)
    others = (
        Line(b"b", b"/", b"/x", 200, 1),
        Line(b"a", b"/b", b"/x", 200, 1),
        Line(b"a", b"/", None, 200, 1),
        Line(b"a", b"/", b"/x", 201, 1),
        Line(b"a", b"/", b"/x", 200, 2),
    )
    assert bucket([line]) == bucket([line], start_us=5)
    assert [other for other in others if bucket([other]) == bucket([line])] == []
    assert bucket([line]) != line


def test_what_a_full_table_had_to_cut_adds_and_subtracts_too() -> None:
    hosts = [Line(b"h%d" % number, b"/", None, 500, 10) for number in (1, 1, 2, 3)]
    full = bucket(hosts, cap=1)
    # The third host cuts the table of two to the largest one.
    assert full.counts()["hosts"] == {b"h1": [2, 20, 2], b"h3": [1, 10, 1]}
    remainder = full.tables()["hosts"].remainder
    assert (remainder.hits, remainder.size_bytes, remainder.errors, remainder.error_bound) == (1, 10, 1, 1)
    assert (full + full).tables()["hosts"].remainder.hits == 2
    assert (full + full) - full == full
    exact = bucket(hosts, cap=1) + bucket([Line(b"h9", b"/", None, 200, 0)], cap=1)
    assert set(exact.counts()["hosts"]) == {b"h1", b"h3", b"h9"}
