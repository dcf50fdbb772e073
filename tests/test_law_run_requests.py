"""The failures and durations of a run: those of the slow count, however rows are cut, saved and merged."""

import json
import random
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.counting.failing.failed_rows import find_failed_rows
from http_monitor.counting.frame import Frame
from http_monitor.counting.keys import Numberings
from http_monitor.counting.whole_run.failures import MAX_HOSTS
from http_monitor.counting.whole_run.requests import RunRequests
from http_monitor.display.objects.fields import Json
from http_monitor.eventtime.rows import Rows
from http_monitor.records import SCHEMA
from http_monitor.report_tables import FailingEndpoint
from http_monitor.units import iso_utc, visible
from tests.engine_strategies import START_S
from tests.examples import examples
from tests.reference.clf import Row
from tests.reference.requests import RunRequests as SlowCount

US_PER_S = 1_000_000
MOST = 10_000
LONG = b"/" + b"x" * 300
"""Takes the room of ten keys."""


def row_of(second: int, host: int, path: bytes | None, method: bytes, status: int, duration_us: int | None) -> Row:
    return Row(
        line_no=0,
        time_us=(START_S + second) * US_PER_S,
        host=b"h%02d" % host,
        section=b"/",
        path=path,
        method=method,
        user=None,
        referer=None,
        agent=None,
        status=status,
        size_bytes=0,
        duration_us=duration_us,
    )


@st.composite
def batches_of_rows(draw: st.DrawFn) -> list[list[Row]]:
    """Return rows of few or many keys, in batches."""
    chance = random.Random(draw(st.integers(0, 1 << 30)))
    paths = [None, LONG, *(b"/p%d" % number for number in range(draw(st.sampled_from((1, 3, 10, 80)))))]
    hosts = draw(st.sampled_from((1, 10, 17, 60)))
    durations = (None, -1, 0, 999, 1_000, 70_000, 1 << 53)
    return [
        [
            row_of(
                chance.randrange(900),
                min(chance.randrange(hosts), chance.randrange(hosts)),
                chance.choice(paths[: chance.randrange(len(paths)) + 1]),
                chance.choice((b"GET", b"POST")),
                chance.choice((200, 500, 500, 503)),
                chance.choice((*durations, chance.randrange(40_000_000), chance.randrange(40_000))),
            )
            for _ in range(chance.randrange(1, 120))
        ]
        for _ in range(draw(st.integers(1, 6)))
    ]


def frame_of(rows: Sequence[Row], numberings: Numberings) -> Frame:
    records = [
        {
            "time": row.time_us,
            "host": row.host,
            "path": row.path,
            "method": row.method,
            "status": row.status,
            "size_bytes": 0,
            "duration_us": row.duration_us,
        }
        for row in rows
    ]
    batch = pa.RecordBatch.from_pylist(records, schema=SCHEMA)
    return Frame.of(Rows(batch, np.array([row.time_us for row in rows])), numberings)


def _add(requests: RunRequests, frame: Frame) -> None:
    requests.add(frame, find_failed_rows(frame))


def failing_rows(found: Sequence[FailingEndpoint]) -> list[Json]:
    """Return endpoints as the reference writes them."""
    return [
        {
            "key": None if row.key is None else visible(row.key),
            "method": None if row.method is None else visible(row.method),
            "status": row.status,
            "hits": row.hits,
            "first": iso_utc(row.first_us),
            "host": visible(row.host),
        }
        for row in found
    ]


def told(requests: RunRequests) -> tuple[list[Json], list[Json]]:
    failing = failing_rows(requests.rank_failing())
    slow: list[Json] = [
        {
            "key": visible(row.key),
            "hits": row.hits,
            "total_s": row.total_us / US_PER_S,
            "p95_s": row.p95_us / US_PER_S,
        }
        for row in requests.slow().first(None)
    ]
    return failing, slow


def expected(rows: Sequence[Row], cap: int) -> tuple[list[Json], list[Json]]:
    slow_count = SlowCount(cap)
    for row in rows:
        slow_count.add(row)
    return slow_count.failing(MOST), slow_count.slow(MOST)


@settings(max_examples=examples(80), deadline=None)
@given(
    batches_of_rows(),
    st.sampled_from((1, 3, 12, 1_000)),
    st.booleans(),
    st.booleans(),
)
def test_the_rows_of_a_run_are_those_of_the_slow_count_wherever_it_is_cut_and_saved(
    batches: list[list[Row]], cap: int, shares: bool, saves: bool
) -> None:
    requests, numberings = RunRequests(cap), Numberings()
    for batch in batches:
        _add(requests, frame_of(batch, numberings if shares else Numberings()))
        if saves:
            saved = json.loads(json.dumps(requests.save()))
            requests = RunRequests(cap)
            requests.load(saved)
    rows = [row for batch in batches for row in batch]
    assert told(requests) == expected(rows, cap)
    saved = requests.save()
    failures = sum(500 <= row.status <= 599 for row in rows)
    assert requests.lost.failures == failures - sum(hits for _, _, _, hits, *_ in saved["failing"])
    spent_us = sum(max(0, row.duration_us or 0) for row in rows if row.path is not None)
    assert requests.lost.spent_us == spent_us - sum(total_us for _, total_us, _ in saved["slow"])


@settings(max_examples=examples(20), deadline=None)
@given(st.integers(0, 1 << 30), st.sampled_from((17, 30, 200)), st.sampled_from((7, 300, 1_000)))
def test_the_hosts_kept_of_an_endpoint_are_those_of_the_slow_count(seed: int, hosts: int, step: int) -> None:
    chance = random.Random(seed)
    rows = [
        row_of(0, min(chance.randrange(hosts) for _ in range(3)), chance.choice((b"/a", b"/b")), b"GET", 500, None)
        for _ in range(1_000)
    ]
    requests, slow_count, numberings = RunRequests(10), SlowCount(10), Numberings()
    for start in range(0, len(rows), step):
        _add(requests, frame_of(rows[start : start + step], numberings))
    for row in rows:
        slow_count.add(row)
    kept = {tuple(key): dict(map(tuple, found)) for *key, _, _, found in requests.save()["failing"]}
    assert kept == {
        (status, method.decode(), path.decode()): {host.decode(): hits for host, hits in of_hosts.items()}
        for (status, method, path), of_hosts in slow_count.hosts().items()
        if method is not None and path is not None
    }


def test_the_endpoint_that_begins_to_fail_when_the_table_is_full_is_shown() -> None:
    scan = [row_of(number, 1, b"/scan%d" % number, b"GET", 500, 2_000) for number in range(50)]
    outage = [row_of(100 + number, 2, b"/checkout", b"POST", 503, 3_000_000) for number in range(30)]
    requests, numberings = RunRequests(4), Numberings()
    for batch in (scan, outage[:10], outage[10:]):
        _add(requests, frame_of(batch, numberings))
    first = requests.rank_failing()[0]
    assert (first.key, first.method, first.status, first.hits, first.host) == (b"/checkout", b"POST", 503, 30, b"h02")
    assert first.first_us == (START_S + 100) * US_PER_S
    assert len(requests.rank_failing()) <= 8
    slow = requests.slow().by_time[0]
    assert (slow.key, slow.hits, slow.total_us) == (b"/checkout", 30, 90_000_000)


def test_of_many_hosts_the_one_with_most_failures_is_kept() -> None:
    rows = [
        row_of(number, 1 if number % 3 else 2 + number % 200 // 3, b"/a", b"GET", 500, None) for number in range(2_000)
    ]
    requests = RunRequests(4)
    _add(requests, frame_of(rows, Numberings()))
    (found,) = requests.rank_failing()
    assert (found.hits, found.host) == (2_000, b"h01")
    (saved,) = requests.save()["failing"]
    assert len(saved[-1]) <= MAX_HOSTS


def test_durations_of_many_lengths_are_exact_sums_and_near_percentiles() -> None:
    rows = [row_of(0, 1, b"/a", b"GET", 200, 1_000 + number * number) for number in range(2_000)]
    requests, numberings = RunRequests(4), Numberings()
    for start in range(0, 2_000, 7):
        # From the middle outwards, so that the histogram grows at both ends.
        part = sorted(rows, key=lambda row: abs((row.duration_us or 0) - 900_000))[start : start + 7]
        _add(requests, frame_of(part, numberings))
        requests.slow()
    assert told(requests) == expected(rows, 4)
