"""The slow engine gives the figures that were worked out by hand from the design, in replays."""

from hypothesis import given, settings

from tests import engine_strategies
from tests.engine_rows import FAR_S, QUIET, SHORT, TEN, Bad, alerts, at, health, log, of_type, row, spans, summary
from tests.examples import examples
from tests.reference.clf import Row, parse_log
from tests.reference.engine import Options, replay
from tests.reference.table import BoundedTable

# The whole output


def test_a_small_log_gives_exactly_this_output() -> None:
    lines: list[Row | Bad] = [
        row(100, b"10.0.0.1", 200, 10, b"/a", b"GET", b"ann", b"r", b"curl"),
        row(101, b"10.0.0.2", 500, None, b"/b", b"POST"),
        Bad(oversized=True),
        row(102, b"10.0.0.1", 503, 5, b"/a", b"GET", b"bob", None, b"curl"),
    ]
    table_a = {"key": "/a", "hits": 2, "bytes": 15, "errors": 1}
    table_b = {"key": "/b", "hits": 1, "bytes": 0, "errors": 1}
    host_1 = {"key": "10.0.0.1", "hits": 2, "bytes": 15, "errors": 1}
    host_2 = {"key": "10.0.0.2", "hits": 1, "bytes": 0, "errors": 1}
    failing = [
        {
            "key": "/a",
            "method": "GET",
            "status": 503,
            "hits": 1,
            "first": "1970-01-01T00:01:42Z",
            "host": "10.0.0.1",
        },
        {
            "key": "/b",
            "method": "POST",
            "status": 500,
            "hits": 1,
            "first": "1970-01-01T00:01:41Z",
            "host": "10.0.0.2",
        },
    ]
    details = {
        "vhosts": [],
        "sources": [],
        "servers": [],
        "duration_us": None,
        "upstream_us": None,
        "slowest": [],
        "bytes_in": None,
        "cache": {},
        "tls": {},
        "browsers": [{"key": "c", "hits": 2, "bytes": 15, "errors": 1}],
        "systems": [{"key": "u", "hits": 2, "bytes": 15, "errors": 1}],
        "agent_kinds": {"person": 0, "bot": 2, "library": 0, "unknown": 1},
    }
    coverage = {"status": 1.0, "host": 1.0, "endpoint": 1.0, "size": 1.0, "duration": 0.0, "agent": 1.0}
    assert replay([log(*lines)], QUIET) == [
        {
            "type": "report",
            "schema": 2,
            "seq": 1,
            "mode": "replay",
            "start": "1970-01-01T00:01:40Z",
            "end": "1970-01-01T00:01:50Z",
            "hits": 3,
            "late_hits": 0,
            "late_bytes": 0,
            "late_errors": 0,
            "bytes": 15,
            "hits_per_s": 0.3,
            "errors": 2,
            "error_rate": 200 / 3,
            "distinct_hosts": 2,
            "status": {"200": 1, "500": 1, "503": 1},
            "methods": {"GET": 2, "POST": 1},
            "sections": [table_a, table_b],
            "endpoints": [table_a, table_b],
            "hosts": [host_1, host_2],
            "users": [
                {"key": "ann", "hits": 1, "bytes": 10, "errors": 0},
                {"key": "bob", "hits": 1, "bytes": 5, "errors": 1},
            ],
            "agents": [{"key": "curl", "hits": 2, "bytes": 15, "errors": 1}],
            "referers": [{"key": "r", "hits": 1, "bytes": 10, "errors": 0}],
            "failing": failing,
            "slow": [],
            "networks": [{"key": "10.0.0.0/24", "hits": 3, "bytes": 15, "errors": 2}],
            "window": {"seconds": 120, "hits": 3, "errors": 2, "hits_per_s": 3 / 120},
            "active": [],
            "health": health(4, malformed=1, oversized=1),
            **details,
            "coverage": coverage,
        },
        {
            "type": "summary",
            "schema": 2,
            "mode": "replay",
            "first": "1970-01-01T00:01:40Z",
            "last": "1970-01-01T00:01:42Z",
            "hits": 3,
            "bytes": 15,
            "errors": 2,
            "status": {"200": 1, "500": 1, "503": 1},
            "sections": [table_a, table_b],
            "endpoints": [table_a, table_b],
            "hosts": [host_1, host_2],
            "alerts": 0,
            "active": [],
            "health": health(4, malformed=1, oversized=1),
            "failing": failing,
            "slow": [],
            "networks": [{"key": "10.0.0.0/24", "hits": 3, "bytes": 15, "errors": 2}],
            **details,
            "coverage": coverage,
            "episodes": [],
            "more_episodes": {"episodes": 0, "raises": 0},
        },
    ]


def test_no_file_and_an_empty_file_give_only_a_summary() -> None:
    for files in ([], [log()]):
        out = replay(files, QUIET)
        assert [thing["type"] for thing in out] == ["summary"]
        assert (out[0]["first"], out[0]["last"], out[0]["hits"], out[0]["health"]) == (None, None, 0, health(0))


def test_a_log_of_malformed_lines_gives_only_a_summary() -> None:
    out = replay([log(Bad(), Bad(oversized=True))], QUIET)
    assert [thing["type"] for thing in out] == ["summary"]
    assert out[0]["health"] == health(2, malformed=2, oversized=1)


def test_equal_hits_are_ordered_by_the_bytes_of_the_key_and_top_cuts_the_rows() -> None:
    hosts = [b"b", b"a", b"B", b"\xff", b"z", b"z"]
    out = replay([log(*(row(100, host) for host in hosts))], Options(top=4))
    assert [thing["key"] for thing in out[0]["hosts"]] == ["z", "B", "a", "b"]
    assert out[0]["distinct_hosts"] == 5


def test_keys_are_shown_with_their_hidden_characters_visible() -> None:
    out = replay([log(row(100, b"\x1b[0m\xff", user="\u202e".encode()))], QUIET)
    assert out[0]["hosts"][0]["key"] == "\\x1b[0m\\xff"
    assert out[0]["users"][0]["key"] == "\\u202e"


# Health and conservation


def test_the_health_of_a_report_counts_the_lines_before_the_one_that_closed_it() -> None:
    out = replay([log(100, Bad(), 101, 112, Bad(oversized=True))], QUIET)
    assert out[0]["health"] == health(3, malformed=1)
    assert out[1]["health"] == summary(out)["health"] == health(5, malformed=2, oversized=1)


def test_the_health_is_that_before_the_line_that_confirmed_the_held_one_where_that_closed_the_report() -> None:
    out = replay([log(100, 101, 300, Bad(), 301)], QUIET)
    assert spans(out) == [(at(100), 2, 0), (at(300), 2, 0)]
    assert out[0]["health"] == health(4, malformed=1, held=1)


def test_a_held_line_counts_in_the_health_from_its_own_place() -> None:
    out = replay([log(100, 101, FAR_S, 112)], QUIET)
    assert out[0]["health"] == health(3, held=1)


@settings(max_examples=examples(60), deadline=None)
@given(engine_strategies.cases())
def test_every_line_goes_to_one_counter_and_every_accepted_one_to_one_report(
    case: tuple[list[bytes], Options],
) -> None:
    files, options = case
    parsed = [parse_log(data) for data in files]
    out = replay(parsed, options)
    for thing in [*of_type("report", out), summary(out)]:
        counts = thing["health"]
        others = counts["malformed"] + counts["other"] + counts["ahead"] + counts["held"]
        assert counts["lines"] == counts["accepted"] + others
    counts = summary(out)["health"]
    assert counts["lines"] == sum(log.lines for log in parsed)
    assert counts["malformed"] == sum(len(log.malformed) for log in parsed)
    assert sum(thing["hits"] + thing["late_hits"] for thing in of_type("report", out)) == counts["accepted"]
    assert sum(thing["bytes"] + thing["late_bytes"] for thing in of_type("report", out)) == summary(out)["bytes"]


@settings(max_examples=examples(40), deadline=None)
@given(engine_strategies.cases())
def test_a_raise_has_at_most_one_recovery_and_times_increase(case: tuple[list[bytes], Options]) -> None:
    files, options = case
    out = replay([parse_log(data) for data in files], options)
    active: dict[tuple[str, str | None], str] = {}
    for name, state, subject, at_time in alerts(out):
        if state == "raised":
            assert active.setdefault((name, subject), at_time) == at_time
        else:
            assert active.pop((name, subject)) < at_time
    assert {(thing["name"], thing["subject"]) for thing in summary(out)["active"]} == active.keys()
    ends = [thing["at"] if thing["type"] == "alert" else thing["end"] for thing in out[:-1]]
    assert ends == sorted(ends)


# Buckets, gaps, the end


def test_a_bucket_of_five_seconds_closes_when_all_of_it_is_past() -> None:
    options = Options(window_s=20, bucket_size_s=5, alert_threshold=0.5, alert_error_rate=1e9, ddos_threshold=1e9)
    # The row of 106 closes [100, 105).
    assert summary(replay([log(101, 105.999999, 104)], options))["health"] == health(3)
    assert summary(replay([log(101, 106, 104)], options))["health"] == health(3, late=1)
    # The row of 111 closes [105, 110) and with it the interval; the window then is [90, 110).
    out = replay([log(88, 91, *[101] * 10, 110.999999, 111, 109)], options)
    assert alerts(out) == [("traffic", "raised", None, at(105))]
    assert spans(out) == [(at(80), 1, 0), (at(90), 1, 0), (at(100), 10, 0), (at(110), 2, 1)]
    assert of_type("report", out)[2]["window"]["hits"] == 11
    assert of_type("report", out)[2]["health"] == health(13)


def test_buckets_and_intervals_are_aligned_to_the_epoch_also_before_it() -> None:
    out = replay([log(-0.000001, 0, 2)], SHORT)
    assert spans(out) == [("1969-12-31T23:59:50Z", 1, 0), (at(0), 2, 0)]
    assert summary(out)["first"] == "1969-12-31T23:59:59Z"


def test_a_gap_of_years_is_jumped_and_leaves_no_alert_and_no_empty_report() -> None:
    out = replay([log(*[100] * 6, FAR_S, FAR_S)], TEN)
    assert alerts(out) == [("traffic", "raised", None, at(101)), ("traffic", "recovered", None, at(111))]
    assert spans(out) == [(at(100), 6, 0), (at(110), 0, 0), (at(FAR_S), 2, 0)]


def test_after_a_gap_a_line_is_late_by_the_last_close_in_it() -> None:
    # 1000 closes the bucket 998, whose window is [979, 999).
    out = replay([log(100, 1000, 1000, 979, 978)], SHORT)
    assert summary(out)["health"] == health(5, late=2, too_late=1)
    assert spans(out) == [(at(100), 1, 0), (at(990), 0, 2), (at(1000), 2, 0)]


def test_an_interval_longer_than_the_window_keeps_its_hits_through_a_gap() -> None:
    options = Options(interval_s=60, window_s=2, alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=1e9)
    out = replay([log(121, 175, 182, 190)], options)
    assert spans(out) == [(at(120), 2, 0), (at(180), 2, 0)]
    assert out[0]["window"]["hits"] == 0
    assert out[0]["health"] == health(2)


def test_the_end_closes_the_buckets_up_to_the_greatest_time_and_reports_the_open_interval_whole() -> None:
    out = replay([log(*[107] * 12)], Options(alert_threshold=0.05, alert_error_rate=1e9, ddos_threshold=1e9))
    assert alerts(out) == [("traffic", "raised", None, at(108))]
    report = out[1]
    assert (report["start"], report["end"], report["hits"], report["hits_per_s"]) == (at(100), at(110), 12, 1.2)
    assert report["window"] == {"seconds": 120, "hits": 12, "errors": 0, "hits_per_s": 0.1}
    assert "partial" not in report


def test_the_end_on_the_last_bucket_of_an_interval_reports_it_once() -> None:
    assert spans(replay([log(100, 109)], QUIET)) == [(at(100), 2, 0)]


def test_an_event_at_the_end_of_a_replay_is_reported_with_the_open_interval() -> None:
    # Raised at 108, no recovery: the replay ends with the bucket of the greatest time.
    out = replay([log(100, *[107] * 6)], TEN)
    assert [thing["type"] for thing in out] == ["alert", "report", "summary"]


def test_rows_are_counted_in_their_own_interval_while_several_are_open() -> None:
    out = replay([log(100, 109, 112, 108, 121)], Options(lateness_s=5))
    assert spans(out) == [(at(100), 3, 0), (at(110), 1, 0), (at(120), 1, 0)]
    assert out[0]["health"] == health(4)


def test_closing_starts_at_the_earliest_bucket_that_has_a_row() -> None:
    # 90 is the earliest and due at once; the report of its interval counts the lines before it.
    out = replay([log(100, 90, 101)], QUIET)
    assert spans(out) == [(at(90), 1, 0), (at(100), 2, 0)]
    assert out[0]["health"] == health(2)
    out = replay([log(100, 89, 101)], QUIET)
    assert out[0]["health"] == health(1, held=1)


# Several files


def test_files_are_merged_by_their_running_maximum() -> None:
    first = log(row(100, b"1"), row(103, b"2"), row(99, b"3"), row(112, b"4"))
    second = log(Bad(), row(101, b"5"), Bad(), row(104, b"6"))
    merged = log(
        Bad(),
        row(100, b"1"),
        row(101, b"5"),
        Bad(),
        row(103, b"2"),
        row(99, b"3"),
        row(104, b"6"),
        row(112, b"4"),
    )
    assert replay([first, second], SHORT) == replay([merged], SHORT)
    assert of_type("report", replay([first, second], SHORT))[-1]["health"] == health(8, malformed=2, late=1)


def test_a_malformed_line_goes_with_the_line_before_it_in_its_file() -> None:
    out = replay([log(100, 112), log(101, Bad(), 113, Bad())], QUIET)
    assert out[0]["health"] == health(3, malformed=1, held=1)


def test_a_held_line_goes_with_the_running_maximum_of_its_file() -> None:
    out = replay([log(100, 112), log(101, FAR_S, 113)], QUIET)
    assert out[0]["health"] == health(3, held=2)


def test_each_file_passes_its_own_gate() -> None:
    out = replay([log(100, 101), log(FAR_S, FAR_S)], QUIET)
    assert summary(out)["health"] == health(4)
    assert spans(out) == [(at(100), 2, 0), (at(FAR_S), 2, 0)]


def test_equal_keys_are_merged_in_the_order_of_the_command_line() -> None:
    options = Options(interval_s=1, window_s=1, alert_threshold=1e9, ddos_threshold=0.5, max_keys=1)
    z, yx = log(row(100, b"z")), log(row(100, b"y"), row(100, b"x"))
    # A bucket keeps two hosts; the third cuts it to the first by bytes.
    assert [subject for _, _, subject, _ in alerts(replay([z, yx], options))] == ["x", "y"]
    assert [subject for _, _, subject, _ in alerts(replay([yx, z], options))] == ["x", "z"]


# Bounded tables


def test_a_table_is_cut_before_the_row_that_would_bring_one_key_too_many() -> None:
    table = BoundedTable(2)
    for key, size_bytes, is_error in ((b"d", 1, True), (b"c", 2, False), (b"b", 4, True), (b"b", 8, False)):
        table.add(key, size_bytes, is_error)
    table.add(b"a", 16, False)
    table.add(b"d", 32, False)
    assert (len(table.rows), table.error_bound) == (4, 0)
    table.add(b"e", 64, False)
    assert [(key, tally.hits) for key, tally in table.largest()] == [(b"b", 2), (b"d", 2), (b"e", 1)]
    rest = table.remainder
    assert (rest.hits, rest.size_bytes, rest.errors, table.error_bound) == (2, 18, 0, 1)
    table.add(b"c", 2, True)
    table.add(b"f", 0, False)
    assert [key for key, _ in table.largest()] == [b"b", b"d", b"f"]
    # A key that both cuts took would have lost a hit each time.
    assert (rest.hits, rest.size_bytes, rest.errors, table.error_bound) == (4, 84, 1, 2)


def test_the_tables_of_an_interval_and_of_the_summary_hold_ten_times_the_keys() -> None:
    hosts = [b"h%02d" % no for no in range(1, 21)]
    lines = [*(row(100, host) for host in hosts), row(100, b"h20")]
    options = Options(max_keys=1, top=100, alert_threshold=1e9, ddos_threshold=1e9)
    assert replay([log(*lines)], options)[0]["distinct_hosts"] == 20
    out = replay([log(*lines, row(100, b"new"))], options)
    kept = ["h20", *(f"h{no:02d}" for no in range(1, 10)), "new"]
    assert [thing["key"] for thing in out[0]["hosts"]] == kept
    assert [thing["key"] for thing in summary(out)["hosts"]] == kept
    # There were 21; of so few the estimate is no other number.
    assert (out[0]["distinct_hosts"], out[0]["hits"], summary(out)["hits"]) == (21, 22, 22)


def test_status_codes_are_bounded_like_other_keys() -> None:
    lines = [row(100, status=status) for status in (*range(100, 120), 119, 999)]
    out = replay([log(*lines)], Options(max_keys=1))
    assert out[0]["status"] == {"119": 2, **{str(code): 1 for code in range(100, 109)}, "999": 1}


def test_a_host_that_was_cut_from_its_bucket_counts_only_from_then_on() -> None:
    options = Options(window_s=10, alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=0.35, max_keys=1)
    flood = [row(100, b"z")] * 3
    others = [row(100, b"a")] * 4
    # Without the third host z has 4 hits and alerts; with it, z is cut and has 1.
    assert [subject for _, _, subject, _ in alerts(replay([log(*flood, *others, row(100, b"z"))], options))] == [
        "a",
        "z",
    ]
    lines = [*flood, *others, row(100, b"m"), row(100, b"z")]
    assert [subject for _, _, subject, _ in alerts(replay([log(*lines)], options))] == ["a"]
