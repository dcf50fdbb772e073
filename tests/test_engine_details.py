"""Durations, vhosts and what else only some logs say: the same as the slow reference, wherever the log is cut."""

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.eventtime.row_codec import decode_rows, encode_rows
from http_monitor.eventtime.rows import NEVER_US, Rows, times_of
from http_monitor.report import Message, Summary
from http_monitor.report_tables import AgentKinds, Durations, SlowEndpoint
from http_monitor.settings import Settings
from tests import strategies
from tests.detailed_logs import GREATEST, DetailedFormat, detailed_logs, parse_detailed
from tests.engine_strategies import START_S, log_line, options
from tests.examples import examples
from tests.harness import Recorder, ndjson, replay, run_replay, settings_of
from tests.reference import engine
from tests.reference.engine import Options
from tests.reference.families import family_of

_NEAR = ((ord("a"), 1 << 60), (ord("b"), (1 << 60) + 1))
_SETTINGS = settings_of(Options(), replay=True)


def replayed(*lines: bytes) -> Recorder:
    return replay([[b"".join(line + b"\n" for line in lines)]], _SETTINGS, DetailedFormat)


@settings(max_examples=examples(30), deadline=None)
@given(
    st.lists(detailed_logs(), min_size=1, max_size=2),
    st.one_of(options(), options(max_keys=(1, 1, 2, 3))),
)
def test_a_replay_says_of_details_what_the_reference_says(files: list[bytes], chosen: Options) -> None:
    assert run_replay(files, chosen, DetailedFormat) == engine.replay([parse_detailed(data) for data in files], chosen)


@settings(max_examples=examples(20), deadline=None)
@given(detailed_logs(), options(max_keys=(1, 2, 1_000)), st.data())
def test_details_are_the_same_wherever_the_log_is_cut(data: bytes, chosen: Options, draw: st.DataObject) -> None:
    run = settings_of(chosen, replay=True)
    pieces = draw.draw(strategies.line_cuts(data, 30))
    whole, cut = replay([[data]], run, DetailedFormat), replay([pieces], run, DetailedFormat)
    assert cut.messages == whole.messages
    assert ndjson(cut.messages) == ndjson(whole.messages)


@settings(max_examples=examples(20), deadline=None)
@given(detailed_logs(), options(max_keys=(1, 2, 1_000)), st.integers(0, 120))
def test_a_saved_engine_resumes_with_exact_details(data: bytes, chosen: Options, at: int) -> None:
    run = settings_of(chosen, replay=True)
    rows = _rows(data)
    uncut, told = _counted(run, [rows])
    parts = [rows.part(0, min(at, len(rows))), rows.part(min(at, len(rows)), len(rows))]
    swapped, told_too = _counted(run, [decode_rows(encode_rows(part)) for part in parts], swap=True)
    assert told_too == told
    assert swapped == uncut
    assert swapped.details == uncut.details


def _rows(data: bytes) -> Rows:
    batch = DetailedFormat().parse(data)
    return Rows(batch.rows, times_of(batch))


def _counted(run: Settings, parts: list[Rows], *, swap: bool = False) -> tuple[Summary, list[Message]]:
    told: list[Message] = []

    def made() -> MetricsAggregator:
        aggregator = MetricsAggregator(run, "replay", told.append, classify=family_of)
        for alert in default_alerts(run):
            aggregator.register(alert)
        return aggregator

    aggregator = made()
    greatest_us = NEVER_US
    for part in parts:
        if len(part):
            aggregator.add(part, greatest_us=greatest_us, cap_us=1 << 62)
            greatest_us = max(greatest_us, int(part.time_us.max()))
        if swap:
            state = json.loads(json.dumps(list(aggregator.save())))
            aggregator = made()
            aggregator.load(state)
            assert list(aggregator.save()) == state
    aggregator.finish()
    return aggregator.summary(), told


def test_what_lines_say_is_what_the_summary_tells() -> None:
    request = b"GET /slow HTTP/1.1"
    recorder = replayed(
        log_line(START_S) + b" ~d=1000,u=900,i=10,v=a.example,c=HIT,t=TLSv1.3,o=web-1",
        log_line(START_S, request=request) + b" ~d=3000,i=5,v=b.example,c=MISS",
        log_line(START_S, request=request) + b" ~d=2001,v=b.example,c=HIT,s=0",
        log_line(START_S, request=b"-") + b" ~d=-1,u=-1,i=-1",
        log_line(START_S, tail=b' "-" "xyz!"'),
    )
    details = recorder.summary.details

    assert details == recorder.reports[0].details
    assert [(row.key, row.hits) for row in details.vhosts.rows] == [(b"b.example", 2), (b"a.example", 1)]
    assert [(row.key, row.hits) for row in details.sources.rows] == [(b"web-1", 1)]
    # Of the buckets from 2,000 to 2,015 and from 2,976 to 3,007 microseconds.
    assert details.duration == Durations(3, 2_008, 2_992, 2_992)
    assert details.upstream is not None
    assert (details.upstream.hits, details.bytes_in) == (1, 15)
    assert details.slowest == (SlowEndpoint(b"/slow", 2, 5_001), SlowEndpoint(b"/", 1, 1_000))
    assert details.slowest[0].mean_us == 2_500.5
    assert (details.cache, details.tls) == (((b"HIT", 2), (b"MISS", 1)), ((b"TLSv1.3", 1),))
    assert details.kinds == AgentKinds(bot=1, unknown=4)
    assert [row.key for row in details.browsers.rows] == [b"x"]
    # A line without a status is a hit like any other, and in no row of the table.
    assert recorder.summary.status == ((200, 4),)
    assert recorder.summary.hits == 5


def test_durations_whose_sum_needs_more_than_64_bits_have_their_exact_mean() -> None:
    recorder = replayed(*[log_line(START_S) + b" ~d=%d,i=%d" % (GREATEST, GREATEST)] * 4)
    details = recorder.summary.details

    assert details.slowest == (SlowEndpoint(b"/", 4, 4 * GREATEST),)
    assert details.bytes_in == 4 * GREATEST


def test_one_slow_request_among_thousands_makes_no_slow_endpoint() -> None:
    often = [log_line(START_S, request=b"GET /often HTTP/1.1") + b" ~d=20"] * 3_000
    once = [log_line(START_S, request=b"GET /once HTTP/1.1") + b" ~d=90000000"]
    four = [log_line(START_S, request=b"GET /four HTTP/1.1") + b" ~d=30"] * 4

    assert [row.key for row in replayed(*often, *once, *four).summary.details.slowest] == [b"/four", b"/often"]
    assert [row.key for row in replayed(*often[:500], *once).summary.details.slowest] == [b"/once", b"/often"]


def test_equally_slow_endpoints_come_by_their_keys_also_where_there_are_more_than_shown() -> None:
    lines = [log_line(START_S, request=b"GET /%c HTTP/1.1" % key) + b" ~d=7" for key in b"gfedcba"]
    slower = log_line(START_S, request=b"GET /z HTTP/1.1") + b" ~d=8"

    keys = [row.key for row in replayed(*lines, slower).summary.details.slowest[:5]]

    assert keys == [b"/z", b"/a", b"/b", b"/c", b"/d"]


def test_a_log_that_says_nothing_more_has_no_details() -> None:
    details = replayed(log_line(START_S), log_line(START_S)).summary.details

    assert (details.duration, details.upstream, details.bytes_in) == (None, None, None)
    assert (details.slowest, details.cache, details.tls, details.vhosts.rows) == ((), (), (), ())
    assert details.kinds == AgentKinds(unknown=2)


def test_means_that_are_equal_as_floats_are_told_apart() -> None:
    lines = [log_line(START_S, request=b"GET /%c HTTP/1.1" % key) + b" ~d=%d" % us for key, us in _NEAR]

    assert [row.key for row in replayed(*lines).summary.details.slowest] == [b"/b", b"/a"]


def test_what_a_cut_table_of_durations_keeps_is_what_the_reference_keeps() -> None:
    chance = random.Random(5)
    noted = [
        log_line(START_S, request=b"GET /%d HTTP/1.1" % int(60 * chance.random() ** 2), size=b"9")
        + b" ~d=%d\n" % chance.randrange(10**6)
        for _ in range(400)
    ]
    data = b"".join(noted)
    chosen = Options(max_keys=1)

    assert run_replay([data], chosen, DetailedFormat) == engine.replay([parse_detailed(data)], chosen)


def test_what_was_cut_counts_where_many_requests_are_needed() -> None:
    once = b"".join(log_line(START_S, request=b"GET /%d HTTP/1.1" % no) + b" ~d=5\n" for no in range(2_100))
    recorder = replay([[once]], settings_of(Options(max_keys=1), replay=True), DetailedFormat)

    assert recorder.summary.details.duration == Durations(2_100, 5, 5, 5)
    assert recorder.summary.details.slowest == ()
