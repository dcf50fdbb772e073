"""The slow engine gives the figures that were worked out by hand from the design, in replays."""

from hypothesis import given, settings

from http_monitor.units import local_time
from tests import engine_strategies
from tests.engine_rows import US_PER_S, Bad, alerts, at, health, log, of_type, row, spans
from tests.examples import examples
from tests.reference.clf import Row, parse_log
from tests.reference.engine import Json, Options, replay
from tests.reference.table import BoundedTable

QUIET = Options(alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=1e9)
"""The defaults, with rules that never fire."""
SHORT = Options(window_s=20, alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=1e9)
"""The same with a window of 20 s."""
TEN = Options(window_s=10, alert_threshold=0.5, alert_error_rate=1e9, ddos_threshold=1e9)
"""A window of 10 s, and an alert above 5 hits in it."""
FAR_S = 4_070_908_800
"""The year 2099."""


def summary(out: list[Json]) -> Json:
    assert [thing["type"] for thing in out].count("summary") == 1
    assert out[-1]["type"] == "summary"
    return out[-1]


def local(time_s: int) -> str:
    return local_time(time_s * US_PER_S)


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
    details = {
        "vhosts": [],
        "sources": [],
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
            **details,
            "coverage": coverage,
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


# Alerts


def test_the_first_alert_comes_within_the_first_two_minutes() -> None:
    out = replay([log(*[1000] * 1201, 1002)], Options(ddos_threshold=1e9))
    assert out[0] == {
        "type": "alert",
        "state": "raised",
        "name": "traffic",
        "subject": None,
        "at": at(1001),
        "value": 1201 / 120,
        "threshold": 10.0,
        "hits": 1201,
        "window_s": 120,
        "message": f"High traffic generated an alert - hits = 10.01, triggered at {local(1001)}",
    }
    assert [thing["type"] for thing in out] == ["alert", "report", "summary"]
    assert out[1]["active"] == out[2]["active"] == [{"name": "traffic", "subject": None, "since": at(1001)}]
    assert out[2]["alerts"] == 1


def test_a_value_exactly_at_the_threshold_raises_nothing() -> None:
    assert alerts(replay([log(*[1000] * 1200, 1201)], Options(ddos_threshold=1e9))) == []


def test_a_value_exactly_at_the_threshold_recovers_nothing() -> None:
    # From 106 to 110 the window holds 5 hits, which is the threshold; at 111 it is empty.
    out = replay([log(95, *[100] * 5, 130)], TEN)
    assert alerts(out) == [("traffic", "raised", None, at(101)), ("traffic", "recovered", None, at(111))]


def test_a_recovery_comes_through_a_gap_at_the_second_it_was_due() -> None:
    out = replay([log(*[100] * 6, 130)], TEN)
    assert [thing["type"] for thing in out] == ["alert", "report", "alert", "report", "report", "summary"]
    assert out[2]["at"] == at(111)
    assert out[2]["value"] == 0.0
    assert out[2]["hits"] == 0
    assert out[2]["message"] == (f"High traffic alert recovered - hits = 0.00, recovered at {local(111)}")
    # The interval from 110 is reported for its event, the one from 120 has nothing.
    assert spans(out) == [(at(100), 6, 0), (at(110), 0, 0), (at(130), 1, 0)]


def test_a_burst_across_the_edge_of_fixed_windows_alerts() -> None:
    options = Options(window_s=10, alert_threshold=1.0, alert_error_rate=1e9, ddos_threshold=1e9)
    out = replay([log(*[108] * 6, *[111] * 6, 125)], options)
    assert alerts(out) == [("traffic", "raised", None, at(112)), ("traffic", "recovered", None, at(119))]
    assert [thing["value"] for thing in of_type("alert", out)] == [1.2, 0.6]


def test_a_second_alert_comes_soon_after_a_recovery() -> None:
    out = replay([log(*[100] * 6, *[111] * 6, 113)], TEN)
    assert alerts(out) == [
        ("traffic", "raised", None, at(101)),
        ("traffic", "recovered", None, at(111)),
        ("traffic", "raised", None, at(112)),
    ]
    assert summary(out)["alerts"] == 2
    assert summary(out)["active"] == [{"name": "traffic", "subject": None, "since": at(112)}]


def test_an_alert_stands_before_the_first_report_whose_end_is_not_before_it() -> None:
    # The close of the bucket 109 decides the alert and ends the interval.
    out = replay([log(*[109] * 6, 111)], TEN)
    assert [thing["type"] for thing in out] == ["alert", "report", "report", "summary"]
    assert out[0]["at"] == out[1]["end"] == at(110)
    assert out[1]["active"] == [{"name": "traffic", "subject": None, "since": at(110)}]


def test_an_event_on_the_edge_of_intervals_makes_only_the_report_that_ends_there() -> None:
    out = replay([log(*[109] * 6, 145)], TEN)
    assert alerts(out) == [("traffic", "raised", None, at(110)), ("traffic", "recovered", None, at(120))]
    assert spans(out) == [(at(100), 6, 0), (at(110), 0, 0), (at(140), 1, 0)]


def test_the_error_rate_is_zero_below_the_least_hits_and_alerts_above_the_threshold_only() -> None:
    options = Options(alert_threshold=1e9, ddos_threshold=1e9)

    def events(errors: int, hits: int) -> list[Json]:
        lines = [row(100, status=500)] * errors + [row(100)] * (hits - errors)
        return of_type("alert", replay([log(*lines)], options))

    assert events(19, 19) == []
    assert events(1, 20) == []
    assert [(thing["value"], thing["hits"], thing["message"]) for thing in events(2, 21)] == [
        (
            200 / 21,
            21,
            f"High error rate generated an alert - errors = 9.52 %, triggered at {local(101)}",
        )
    ]


def test_only_status_500_to_599_is_an_error() -> None:
    lines = [row(100, status=status) for status in (499, 500, 599, 600, 999)]
    out = replay([log(*lines)], QUIET)
    assert (out[0]["hits"], out[0]["errors"], out[0]["error_rate"]) == (5, 2, 40.0)
    assert out[0]["window"]["errors"] == 2


def test_the_error_rate_recovers_when_the_hits_fall_below_the_least() -> None:
    options = Options(window_s=10, alert_threshold=1e9, ddos_threshold=1e9, alert_min_hits=2)
    lines = [row(100, status=500), row(105, status=500), row(120)]
    out = replay([log(*lines)], options)
    assert alerts(out) == [("error-rate", "raised", None, at(106)), ("error-rate", "recovered", None, at(111))]
    assert [thing["value"] for thing in of_type("alert", out)] == [100.0, 0.0]
    assert [thing["hits"] for thing in of_type("alert", out)] == [2, 1]


def test_without_least_hits_an_empty_window_has_error_rate_zero() -> None:
    options = Options(window_s=10, alert_threshold=1e9, ddos_threshold=1e9, alert_min_hits=0)
    out = replay([log(row(100, status=500), row(115))], options)
    assert alerts(out) == [("error-rate", "raised", None, at(101)), ("error-rate", "recovered", None, at(111))]


def test_ddos_alerts_have_each_host_as_subject_in_the_order_of_their_bytes() -> None:
    options = Options(window_s=10, alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=0.2)
    first = [row(100, b"b")] * 3 + [row(100, b"quiet")] * 2
    # The close of the bucket 110 sees the window from 101: b recovers, a and \xff are raised.
    second = [row(110, b"\xff")] * 3 + [row(110, b"a")] * 4 + [row(115)]
    out = replay([log(*first, *second)], options)
    assert alerts(out) == [
        ("ddos", "raised", "b", at(101)),
        ("ddos", "raised", "a", at(111)),
        ("ddos", "recovered", "b", at(111)),
        ("ddos", "raised", "\\xff", at(111)),
    ]
    events = of_type("alert", out)
    assert [(thing["value"], thing["hits"]) for thing in events] == [(0.3, 3), (0.4, 4), (0.0, 0), (0.3, 3)]
    assert events[0]["message"] == f"Flood from b generated an alert - hits = 0.30, triggered at {local(101)}"
    assert events[2]["message"] == f"Flood from b alert recovered - hits = 0.00, recovered at {local(111)}"
    assert [thing["subject"] for thing in summary(out)["active"]] == ["a", "\\xff"]


def test_at_one_close_recoveries_and_raises_of_hosts_stand_in_the_order_of_the_subjects() -> None:
    options = Options(window_s=10, alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=0.2)
    lines = [row(100, b"b")] * 3 + [row(110, b"a")] * 3 + [row(110, b"c")] * 3 + [row(112)]
    out = replay([log(*lines)], Options(**{**vars(options), "bucket_size_s": 5}))
    # Buckets of 5 s: [100, 105) leaves the window at the close of [110, 115), which raises a and c.
    assert alerts(out) == [
        ("ddos", "raised", "b", at(105)),
        ("ddos", "raised", "a", at(115)),
        ("ddos", "recovered", "b", at(115)),
        ("ddos", "raised", "c", at(115)),
    ]


def test_at_one_close_the_rules_stand_in_their_order() -> None:
    options = Options(alert_threshold=0.01, alert_error_rate=50.0, ddos_threshold=0.01, alert_min_hits=1)
    out = replay([log(*[row(100, status=500)] * 2)], options)
    assert [name for name, *_ in alerts(out)] == ["traffic", "error-rate", "ddos"]
    assert [thing["name"] for thing in summary(out)["active"]] == ["traffic", "error-rate", "ddos"]


# Late, too late


def test_a_late_line_of_an_open_interval_is_in_its_tables() -> None:
    out = replay([log(100, 105, row(102, b"late"), 125)], SHORT)
    assert spans(out) == [(at(100), 3, 0), (at(120), 1, 0)]
    assert out[0]["hosts"][1]["key"] == "late"
    assert out[0]["health"] == health(3, late=1)


def test_a_line_in_an_open_bucket_is_not_late() -> None:
    # The row of 105 closes the bucket 103; 104 is open.
    assert summary(replay([log(100, 105, 104)], SHORT))["health"] == health(3)
    assert summary(replay([log(100, 105, 103)], SHORT))["health"] == health(3, late=1)


def test_nothing_is_late_before_the_first_close() -> None:
    assert summary(replay([log(100, 99, 101, 98)], Options(lateness_s=5)))["health"] == health(4)


def test_a_late_line_of_a_passed_interval_is_in_the_late_hits_of_the_next_report_and_in_no_table() -> None:
    late = row(104, b"late", 500, 7)
    out = replay([log(100, 112, late, 125)], SHORT)
    assert spans(out) == [(at(100), 1, 0), (at(110), 1, 1), (at(120), 1, 0)]
    second = of_type("report", out)[1]
    assert (second["late_bytes"], second["late_errors"], second["bytes"], second["errors"]) == (7, 1, 0, 0)
    assert [thing["key"] for thing in second["hosts"]] == ["h"]
    # The close of the bucket 119 sees the window from 100: all three, the late one among them.
    assert second["window"] == {"seconds": 20, "hits": 3, "errors": 1, "hits_per_s": 0.15}
    assert {thing["key"] for thing in summary(out)["hosts"]} == {"h", "late"}
    assert summary(out)["health"] == health(4, late=1)


def test_a_report_is_made_for_late_hits_alone() -> None:
    # 132 closes the empty interval from 120; the next one that ends has the late hit of 119 and nothing else.
    out = replay([log(100, 132, 119, 145)], SHORT)
    assert spans(out) == [(at(100), 1, 0), (at(130), 1, 1), (at(140), 1, 0)]
    out = replay([log(100, 131, 119, 133, 155)], Options(**{**vars(SHORT), "lateness_s": 2, "interval_s": 2}))
    # Closed through 128 (interval [128, 130) is open and empty): reported for the late hit.
    assert spans(out) == [(at(100), 1, 0), (at(128), 0, 1), (at(130), 1, 0), (at(132), 1, 0), (at(154), 1, 0)]


def test_a_late_line_of_an_interval_skipped_as_empty_is_late_in_the_next_report() -> None:
    out = replay([log(100, 125, 115, 135)], SHORT)
    assert spans(out) == [(at(100), 1, 0), (at(120), 1, 1), (at(130), 1, 0)]


def test_a_late_line_before_the_first_bucket_is_of_a_passed_interval() -> None:
    out = replay([log(105, 107, 98)], SHORT)
    assert spans(out) == [(at(100), 2, 1)]


def test_a_line_before_the_window_of_the_last_close_is_too_late_for_any_window_and_counts_all_the_same() -> None:
    # 125 closes the bucket 123, whose window is [104, 124).
    out = replay([log(100, 125, 104, 103)], SHORT)
    assert summary(out)["health"] == health(4, late=2, too_late=1)
    assert summary(out)["hits"] == 4
    assert summary(out)["first"] == at(100)
    assert spans(out) == [(at(100), 1, 0), (at(120), 1, 2)]
    assert out[-2]["window"]["hits"] == 1


def test_a_line_too_late_for_the_window_is_in_the_tables_of_its_interval_while_that_is_open() -> None:
    # 225 closes the bucket 223, whose window is [204, 224); the interval from 200 is open until 299 closes.
    options = Options(window_s=20, interval_s=100, alert_threshold=0.2, ddos_threshold=9.0)
    out = replay([log(200, 225, *[201] * 30)], options)
    assert spans(out) == [(at(200), 32, 0)]
    assert out[0]["hosts"] == [{"key": "h", "hits": 32, "bytes": 0, "errors": 0}]
    assert summary(out)["health"] == health(32, late=30, too_late=30)
    assert alerts(out) == []


def test_a_late_line_leaves_the_window_with_its_own_bucket() -> None:
    # Raised by the first close after the late lines, over when the bucket 101 has left.
    out = replay([log(100, 104, *[101] * 6, 125)], TEN)
    assert alerts(out) == [("traffic", "raised", None, at(104)), ("traffic", "recovered", None, at(112))]


def test_what_was_judged_is_not_judged_again() -> None:
    # The late hits would have raised at 101; the next close that sees them is that of 109, when 100 has left.
    options = Options(window_s=2, interval_s=2, alert_threshold=2.0, alert_error_rate=1e9, ddos_threshold=1e9)
    assert alerts(replay([log(100, 103, *[100] * 9, 110)], options)) == []
    assert summary(replay([log(100, 103, *[100] * 9, 110)], options))["health"] == health(12, late=9)


def test_lateness_zero_closes_a_bucket_when_it_ends() -> None:
    options = Options(window_s=20, lateness_s=0)
    out = replay([log(100, 101, 100, 110)], options)
    assert summary(out)["health"] == health(4, late=1)
    assert spans(out) == [(at(100), 3, 0), (at(110), 1, 0)]
    assert out[0]["health"] == health(3, late=1)


def test_a_lateness_of_part_of_a_bucket_delays_its_close() -> None:
    options = Options(window_s=20, bucket_size_s=5, lateness_s=2)
    assert summary(replay([log(100, 106, 104)], options))["health"] == health(3)
    assert summary(replay([log(100, 107, 104)], options))["health"] == health(3, late=1)


# Held and ahead


def test_one_line_of_2099_is_ahead_and_stops_no_clock() -> None:
    out = replay([log(100, 101, FAR_S, *[102] * 9, 112)], QUIET)
    assert summary(out)["health"] == health(13, ahead=1)
    assert spans(out) == [(at(100), 11, 0), (at(110), 1, 0)]
    assert summary(out)["last"] == at(112)


def test_the_end_of_a_file_accepts_what_waits_in_its_order() -> None:
    out = replay([log(100, 101, FAR_S, 5000, *[102] * 8)], QUIET)
    assert summary(out)["health"] == health(12, late=1, too_late=1)
    assert summary(out)["last"] == at(FAR_S)
    # Before the end was looked at, two lines waited.
    assert out[0]["health"] == health(12, held=2)


def test_the_tenth_line_confirms_and_the_eleventh_comes_too_late_for_that() -> None:
    assert summary(replay([log(100, 500, *[101] * 9, 501, 502)], QUIET))["health"] == health(13)
    out = replay([log(100, 500, *[101] * 10, 501, 502)], QUIET)
    assert summary(out)["health"] == health(14, ahead=1)


def test_several_lines_wait_and_one_line_accepts_all_that_it_confirms_in_their_order() -> None:
    # 440 confirms 500 and 300, which is too late by then; 2000 goes on waiting until 2001.
    out = replay([log(100, 101, 2000, 500, 300, 440, 2001)], QUIET)
    assert summary(out)["health"] == health(7, late=2, too_late=1)
    assert summary(out)["hits"] == 7
    # All three were held when 440, by which 500 closed the first report, was looked at.
    assert out[0]["health"] == health(5, held=3)


def test_a_line_that_is_released_releases_no_other() -> None:
    # 500 is not confirmed by 430, which is confirmed by 400; 431 is not looked at before 400.
    out = replay([log(100, 101, 500, 430, 400, *[102] * 10)], QUIET)
    assert summary(out)["health"] == health(15, ahead=1, late=11, too_late=10)


def test_a_line_that_waits_itself_is_one_of_the_ten_and_confirms() -> None:
    assert summary(replay([log(100, 500, 5000, 501, 5001)], QUIET))["health"] == health(5)
    assert summary(replay([log(100, 101, 5000, 500, *[102] * 8, 5001)], QUIET))["health"] == health(
        13, late=1, too_late=1
    )
    out = replay([log(100, 101, 5000, 500, *[102] * 9, 5001)], QUIET)
    assert summary(out)["health"] == health(14, ahead=1)


def test_a_line_that_confirms_is_then_looked_at_in_the_same_way() -> None:
    out = replay([log(100, 200, 300, 400)], QUIET)
    assert spans(out) == [(at(t), 1, 0) for t in (100, 200, 300, 400)]
    assert [report["health"] for report in of_type("report", out)] == [
        health(2, held=1),
        health(3, held=1),
        health(4, held=1),
        health(4),
    ]


def test_two_lines_that_agree_on_2099_are_believed() -> None:
    out = replay([log(100, 101, FAR_S, FAR_S + 1, 102)], QUIET)
    assert summary(out)["health"] == health(5, late=1, too_late=1)
    assert spans(out) == [(at(100), 2, 0), (at(FAR_S), 2, 1)]


def test_the_second_line_agrees_when_it_is_not_earlier_than_max_ahead_before_the_held_one() -> None:
    assert summary(replay([log(100, 101, 5000, 4940, 102)], QUIET))["health"] == health(5, late=2, too_late=1)
    assert summary(replay([log(100, 101, 5000, 4939, *[102] * 10)], QUIET))["health"] == health(14, ahead=2)


def test_a_line_is_held_only_when_it_is_more_than_max_ahead_beyond() -> None:
    assert summary(replay([log(100, 101, 161, 100)], QUIET))["health"] == health(4, late=1)
    assert summary(replay([log(100, 101, 162, *[100] * 10)], QUIET))["health"] == health(13, ahead=1)


def test_the_first_line_of_a_file_is_held_until_the_next_one_agrees() -> None:
    out = replay([log(5000, *[100] * 9, 101)], QUIET)
    assert summary(out)["health"] == health(11, ahead=1)
    assert spans(out) == [(at(100), 10, 0)]


def test_the_end_of_the_file_accepts_the_held_line() -> None:
    out = replay([log(100, 101, FAR_S)], QUIET)
    assert summary(out)["health"] == health(3)
    assert spans(out) == [(at(100), 2, 0), (at(FAR_S), 1, 0)]
    assert spans(replay([log(7)], QUIET)) == [(at(0), 1, 0)]


def test_a_malformed_line_decides_nothing_about_a_held_one() -> None:
    assert summary(replay([log(100, 101, 5000, Bad(), *[102] * 10)], QUIET))["health"] == health(
        14, ahead=1, malformed=1
    )
    assert summary(replay([log(100, 101, 5000, Bad(), 5001)], QUIET))["health"] == health(5, malformed=1)


def test_a_line_that_is_ahead_does_not_make_the_next_one_believable() -> None:
    # 5000 is not confirmed by 1000, and 1000 not by 102.
    assert summary(replay([log(100, 101, 5000, 1000, *[102] * 10)], QUIET))["health"] == health(14, ahead=2)


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
def test_a_raise_has_at_most_one_recovery_and_times_go_on(case: tuple[list[bytes], Options]) -> None:
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
