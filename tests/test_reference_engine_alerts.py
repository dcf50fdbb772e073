"""The alerts of the slow engine are those that were worked out by hand from the design."""

from tests.engine_rows import QUIET, TEN, alerts, at, local, log, of_type, row, spans, summary
from tests.reference.engine import Json, Options, replay


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
        "unit": "/s",
        "began": None,
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
