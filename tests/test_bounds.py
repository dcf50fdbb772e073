"""Memory and work stay bounded whatever the log: keys, hosts of a flood, open buckets, gaps of years."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.clock import END_OF_TIME_US
from http_monitor.counting.interval_stats import IntervalStats
from http_monitor.counting.tables import row_by_row as rowbyrow
from http_monitor.counting.tables.table import KeyTable
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.rows import times_of
from http_monitor.parser.formats import get_format
from http_monitor.report import Message, Summary
from http_monitor.report_tables import KeyCount, Remainder, Table
from http_monitor.settings import Settings
from http_monitor.short_keys import shorten
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import replay
from tests.reference.table import BoundedTable
from tests.test_law_buckets import Line, groups_of

US_PER_S = 1_000_000


# Tables


@pytest.fixture(params=[(0, 3), (0, 1_024), (64, 1_024)], ids=["arrays_in_parts", "arrays", "singly"], scope="module")
def way_of_counting(request: pytest.FixtureRequest) -> Iterator[None]:
    """Count rows that need a cut in each way, whatever the cap."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in zip(("_SMALL_CAP", "_MIN_ROWS"), request.param, strict=True):
            patch.setattr(rowbyrow, name, value)
        yield


@pytest.mark.usefixtures("way_of_counting")
@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9), st.booleans()), max_size=25), st.booleans()
        ),
        max_size=8,
    ),
    st.integers(1, 4),
)
def test_a_table_keeps_what_the_slow_one_keeps_and_knows_how_wrong_it_is(
    batches: list[tuple[list[tuple[int, int, bool]], bool]], cap: int
) -> None:
    table, slow = KeyTable(cap), BoundedTable(cap)
    truth: Counter[bytes] = Counter()
    for batch, packs in batches:
        hits = [Line(b"k%d" % key, b"/", None, 500 if error else 200, size) for key, size, error in batch]
        if hits:
            table.add(groups_of(hits), "hosts", 0)
        if packs:
            table.pack()
        for line in hits:
            slow.add(line.host, line.size_bytes or 0, line.status == 500)
            truth[line.host] += 1
        assert len(table) <= 2 * cap
        top = table.rank()
        expected = [KeyCount(key, row.hits, row.size_bytes, row.errors) for key, row in slow.largest()]
        assert (list(top.rows), top.distinct) == (expected, len(slow.rows))
        rest = top.remainder
        assert (rest.hits, rest.size_bytes, rest.errors) == (
            slow.remainder.hits,
            slow.remainder.size_bytes,
            slow.remainder.errors,
        )
        assert rest.error_bound == slow.error_bound
        # By brute force: nothing is lost, and no key has more than its row and the bound say.
        assert sum(row.hits for row in top.rows) + rest.hits == truth.total()
        kept = {row.key: row.hits for row in top.rows}
        assert all(kept.get(key, 0) <= hits <= kept.get(key, 0) + rest.error_bound for key, hits in truth.items())


@settings(max_examples=examples(30), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.integers(0, 40), st.sampled_from((0, 0, 0, 256, 257, 700, 2_049, 5_000))), max_size=60
            ),
            st.booleans(),
        ),
        max_size=6,
    ),
    st.sampled_from((1, 3, 20, 70, 200)),
)
def test_a_table_with_long_keys_keeps_what_the_slow_one_keeps(
    batches: list[tuple[list[tuple[int, int]], bool]], cap: int
) -> None:
    table, slow = KeyTable(cap), BoundedTable(cap)
    for batch, packs in batches:
        keys = [(b"%d" % key).rjust(length, b"x") for key, length in batch]
        hits = [Line(shorten(key), b"/", None, 500, len(key)) for key in keys]
        if hits:
            room = table.fits(groups_of(hits).piece("hosts", 0))
            before = slow.remainder.hits
            table.add(groups_of(hits), "hosts", 0)
        if packs:
            table.pack()
        for key in keys:
            slow.add(key, len(key), True)
        assert not (hits and room) or slow.remainder.hits == before
        table = KeyTable.load(json.loads(json.dumps(table.save())), cap) if packs else table
        rows = [KeyCount(key, row.hits, row.size_bytes, row.errors) for key, row in slow.largest()]
        rest = slow.remainder
        assert table.rank() == Table(
            tuple(rows), len(rows), remainder=Remainder(rest.hits, rest.size_bytes, rest.errors, slow.error_bound)
        )


def test_a_long_key_is_its_beginning_and_a_hash_that_tells_it_from_others() -> None:
    long = b"/" + b"a" * 2_047
    assert shorten(long) == long
    digits = hashlib.sha256(long + b"b").hexdigest()[:16].encode()
    assert shorten(long + b"b") == long + "…#".encode() + digits
    assert shorten(long + b"b") != shorten(long + b"c")


def test_of_a_long_key_all_outputs_have_the_beginning_while_filters_see_it_whole() -> None:
    paths = [b"/" + b"a" * 3_000 + end for end in (b"x", b"y", b"y")]
    log = b"".join(log_line(START_S, b"h", request=b"GET %b HTTP/1.1" % path) + b"\n" for path in paths)
    summary = replay([[log]], Settings(replay=True, filters=('path ~ "y$"',))).messages[-1]
    assert isinstance(summary, Summary)
    assert [(row.key, row.hits) for row in summary.endpoints.rows] == [(shorten(paths[1]), 2)]
    assert [len(row.key) for row in summary.sections.rows] == [2_048 + 4 + 16]


def test_keys_of_eight_thousand_bytes_that_never_come_again_take_little_room() -> None:
    stats = IntervalStats(1_000)
    for second in range(40):
        hits = [Line(shorten(b"%d-%d" % (second, n) + b"h" * 8_000), b"/", None, 200, 1) for n in range(100)]
        stats.add(groups_of(hits), 0)
    assert stats.hits == 4_000
    kept = sum(len(key) for key, _ in stats.table("hosts").items())
    # Twenty thousand times 32 bytes; a cut leaves half of it.
    assert 10_000 * 32 * 0.9 < kept < 20_000 * 32
    assert stats.table("hosts").remainder.hits == 4_000 - len(stats.table("hosts"))


def test_a_key_that_every_cut_takes_is_wrong_by_the_sum_of_the_cuts() -> None:
    table = KeyTable(1)
    for big, small in ((b"a", b"x"), (b"a", b"y"), (b"a", b"x"), (b"a", b"z"), (b"a", b"x")):
        table.add(groups_of([Line(big, b"/", None, 200, 0), Line(small, b"/", None, 200, 0)]), "hosts", 0)
    top = table.rank()
    # x was cut twice with one hit each; three of its hits are one row and the bound.
    assert [(row.key, row.hits) for row in top.rows] == [(b"a", 5), (b"x", 1)]
    assert (top.remainder.hits, top.remainder.error_bound) == (4, 4)


def test_the_largest_keys_come_first_and_equals_by_their_bytes() -> None:
    table = KeyTable(10)
    table.add(groups_of([Line(key, b"/", None, 200, 1) for key in (b"b", b"\xff", b"B", b"b", b"a")]), "hosts", 0)
    assert [row.key for row in table.rank().rows[:3]] == [b"b", b"B", b"a"]
    assert table.rank().distinct == 4


@settings(max_examples=examples(10), deadline=None)
@given(st.integers(65, 400), st.integers(1, 30), st.integers(1, 70), st.randoms(use_true_random=False))
def test_of_many_keys_too_the_largest_come_first(keys: int, most: int, count: int, chance: random.Random) -> None:
    hits_of = {b"k%d" % number: chance.randint(1, most) for number in range(keys)}
    lines = [Line(key, b"/", None, 200, 1) for key, hits in hits_of.items() for _ in range(hits)]
    chance.shuffle(lines)
    table = KeyTable(1_000)
    table.add(groups_of(lines), "hosts", 0)

    ranked = sorted(hits_of.items(), key=lambda item: (-item[1], item[0]))
    assert [(row.key, row.hits) for row in table.rank().rows[:count]] == ranked[:count]


# The aggregator


class Feed:
    """An aggregator that is given bytes."""

    def __init__(self, chosen: Settings) -> None:
        self.said: list[Message] = []
        self.aggregator = MetricsAggregator(chosen, "replay", self.said.append)
        self._gate = AheadFilter(chosen.max_ahead_s * US_PER_S)
        self._format = get_format("common")

    def lines(self, lines: list[bytes]) -> None:
        batch = self._format.parse(b"\n".join(lines) + b"\n")
        greatest_us = self._gate.greatest_us
        for rows in [*self._gate.admit(batch, times_of(batch), None), *self._gate.release(None)]:
            self.aggregator.add(rows, greatest_us=greatest_us, cap_us=END_OF_TIME_US)
            greatest_us = max([greatest_us, *rows.time_us.tolist()])


def test_the_hosts_of_a_flood_are_forgotten_when_it_has_left_the_window() -> None:
    feed = Feed(Settings(replay=True, window_s=10, lateness_s=1))
    for second in range(30):
        feed.lines([log_line(START_S + second, b"2001:db8::%x" % (second * 1_000 + host)) for host in range(1_000)])
    assert feed.aggregator.window.known_hosts <= 20_000
    for second in range(30, 60):
        feed.lines([log_line(START_S + second, b"192.0.2.%d" % host) for host in range(20)])
    assert feed.aggregator.window.known_hosts <= 10_000
    assert dict(feed.aggregator.window.hosts_above(0)) == {b"192.0.2.%d" % host: 10 for host in range(20)}


def test_hosts_of_a_batch_that_no_bucket_of_the_window_has_are_not_kept() -> None:
    feed = Feed(Settings(replay=True, window_s=10, lateness_s=1))
    feed.lines([log_line(START_S + number // 5, b"h%d" % number) for number in range(30_000)])
    # In ten seconds there are fifty; a number is kept for ten thousand at the most before it is looked over again.
    assert feed.aggregator.window.known_hosts <= 10_100
    assert len(list(feed.aggregator.window.hosts_above(0))) == 50


def test_a_batch_of_a_quiet_log_does_not_open_all_its_intervals_at_once() -> None:
    greatest = 0
    feed = Feed(Settings(replay=True, lateness_s=1))

    def look(message: Message) -> None:
        nonlocal greatest
        greatest = max(greatest, len(feed.aggregator._state.reporter.starts))

    feed.aggregator = MetricsAggregator(Settings(replay=True, lateness_s=1), "replay", look)
    feed.lines([log_line(START_S + 10 * second) for second in range(6_000)])
    assert 500 < greatest <= 1_001
    assert len(feed.aggregator._state.open) <= 2


def test_the_series_of_a_long_window_is_the_hits_of_its_slots() -> None:
    chance = random.Random(1)
    for window_s, bucket_size_s in ((7, 1), (60, 1), (90, 1), (1_000, 5), (86_400, 1)):
        chosen = Settings(replay=True, window_s=window_s, bucket_size_s=bucket_size_s, interval_s=bucket_size_s)
        seconds = sorted(chance.randrange(2 * window_s) for _ in range(60))
        report = replay([[b"".join(log_line(START_S + s) + b"\n" for s in seconds)]], chosen).reports[-1]
        start_s = report.end_us // US_PER_S - START_S - window_s
        slots = min(60, window_s // bucket_size_s)
        expected = [0] * slots
        for second in seconds:
            if second >= start_s:
                bucket = (second - start_s) // bucket_size_s
                expected[bucket * slots // (window_s // bucket_size_s)] += 1
        assert list(report.window.series) == expected
        assert sum(expected) == report.window.hits


# Logs that take a careless engine minutes: these tests are the slow ones of the suite when it walks over everything


SLOW_FOR_THE_CARELESS = {
    "gaps of years": (
        [log_line(START_S + (number // 2) * 40_000_000) for number in range(2_000)],
        Settings(replay=True),
        2_000,
    ),
    "a window of a day and a report a second": (
        [log_line(START_S + number) for number in range(3_000)],
        Settings(replay=True, window_s=86_400, interval_s=1),
        3_000,
    ),
    "a hundred thousand hosts in the window": (
        [log_line(START_S + number // 1_000, b"h%d" % number) for number in range(100_000)],
        Settings(replay=True),
        100_000,
    ),
    "every second line late": (
        [log_line(START_S + number - 30 * (number % 2), b"h%d" % (number * 7 % 1_000)) for number in range(8_000)],
        Settings(replay=True),
        8_000,
    ),
    "written backwards": (
        [log_line(START_S - number + 2 * number * (number % 2)) for number in range(8_000)],
        Settings(replay=True, window_s=86_400, max_ahead_s=86_400),
        8_000,
    ),
    "tables of one key": (
        [log_line(START_S + number // 10, b"h%d" % (number * 7_919 % 5_003)) for number in range(10_000)],
        Settings(replay=True, max_keys=1),
        10_000,
    ),
    "many hosts above the threshold": (
        [log_line(START_S + number // 1_000, b"h%d" % (number % 5_000)) for number in range(30_000)],
        Settings(replay=True, ddos_threshold=0.001),
        30_000,
    ),
}


@pytest.mark.parametrize("name", SLOW_FOR_THE_CARELESS)
def test_a_log_that_would_take_a_careless_engine_long(name: str) -> None:
    lines, chosen, accepted = SLOW_FOR_THE_CARELESS[name]
    recorder = replay([[b"\n".join(lines) + b"\n"]], chosen)
    assert recorder.summary.health.accepted == accepted
    assert sum(report.hits + report.late_hits for report in recorder.reports) == accepted
