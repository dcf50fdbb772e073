"""The NDJSON contract: keys, their order, exact numbers, valid UTF-8."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from http_monitor.display.ndjson import NdjsonDisplay
from http_monitor.display.notices import Notices
from http_monitor.display.objects.fields import remainders
from http_monitor.display.objects.lines import alert_line, notice_line, report_line, summary_line
from http_monitor.health import Health
from http_monitor.report import CaughtUp, Mode, Notice, Pulse
from http_monitor.report_tables import LostRequests
from tests.display_samples import (
    CENTRAL_EUROPE,
    HOSTILE,
    START_US,
    alert,
    alerting_report,
    busy_report,
    empty_summary,
    hostile_alert,
    hostile_report,
    ndjson,
    quiet_report,
    summary,
    time_zone,
)

HEALTH = [
    *("lines", "accepted", "malformed", "late", "too_late", "ahead", "lag_bytes", "lost_bytes", "rotations"),
    *(
        "truncations",
        "oversized",
        "held",
        "filtered",
        "other",
        "clock_steps",
        "observer_restarts",
        "lag_s",
        "maybe_lost",
        "nul_bytes",
        "backfilled",
        "since",
    ),
]
DETAILS = [
    *("vhosts", "duration_us", "upstream_us", "slowest", "bytes_in", "cache", "tls", "browsers", "systems"),
    *("agent_kinds", "servers", "sources"),
]
REPORT = [
    *("type", "schema", "seq", "mode", "start", "end", "hits", "late_hits", "late_bytes", "late_errors", "bytes"),
    *("hits_per_s", "errors", "error_rate", "distinct_hosts", "status", "methods", "sections", "endpoints", "hosts"),
    *("users", "agents", "referers", "window", "active", "health", "coverage"),
    *("failing", "slow", "networks"),
    *DETAILS,
]


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    with time_zone(CENTRAL_EUROPE):
        yield


def test_a_report_has_the_keys_of_the_contract_in_their_order() -> None:
    value = json.loads(report_line(quiet_report()))

    assert list(value) == REPORT
    assert list(value["health"]) == HEALTH
    assert list(value["window"]) == ["seconds", "hits", "errors", "hits_per_s"]


def test_a_report_has_the_figures_of_the_interval() -> None:
    value = json.loads(report_line(alerting_report()))

    assert value["start"] == "2026-03-02T09:30:00Z"
    assert value["end"] == "2026-03-02T09:30:10Z"
    assert (value["hits"], value["late_hits"], value["late_bytes"], value["late_errors"]) == (1_234, 12, 1_200, 1)
    assert (value["bytes"], value["errors"], value["hits_per_s"]) == (12_910_000, 29, 123.4)
    assert value["error_rate"] == 100 * 29 / 1_234
    assert value["status"]["404"] == 79
    assert value["methods"] == {"GET": 1_200, "POST": 34}
    assert value["sections"][0] == {"key": "/api", "hits": 700, "bytes": 70_000, "errors": 20}
    assert value["window"] == {"seconds": 120, "hits": 3_000, "errors": 330, "hits_per_s": 25.0}
    assert value["active"][2] == {
        "name": "ddos",
        "subject": "2001:db8:85a3:8d3:1319:8a2e:370:7348",
        "since": "2026-03-02T09:30:05Z",
    }
    assert value["active"][0]["subject"] is None
    assert (value["health"]["held"], value["health"]["observer_restarts"]) == (1, 4)


def test_partial_is_said_after_the_end_and_only_when_true() -> None:
    assert '"end":"2026-03-02T09:30:10Z","partial":true,"hits":0,' in report_line(replace(quiet_report(), partial=True))
    assert "partial" not in report_line(quiet_report())


def test_what_a_table_had_to_cut_is_an_extra_key() -> None:
    value = json.loads(report_line(busy_report()))

    assert list(value) == [*REPORT, "remainders"]
    assert value["remainders"] == {"agents": {"hits": 12, "bytes": 1_200, "errors": 1, "error_bound": 4}}


def test_an_alert_has_the_keys_of_the_contract() -> None:
    assert alert_line(alert()) == (
        '{"type":"alert","state":"raised","name":"traffic","subject":null,"at":"2026-03-02T09:30:02Z","value":12.345,'
        '"threshold":10.0,"hits":1481,"window_s":120,"unit":"","began":null,"server":null,"file":null,'
        '"message":"High traffic generated an alert - hits = 12.35, triggered at 2026-03-02 10:30:02 +0100"}'
    )


def test_the_summary_has_the_keys_of_the_contract_then_the_extra_ones() -> None:
    value = json.loads(summary_line(summary()))

    assert list(value) == [
        *("type", "schema", "mode", "first", "last", "hits", "bytes", "errors", "status", "sections", "endpoints"),
        *(
            "hosts",
            "alerts",
            "active",
            "health",
            "methods",
            "users",
            "agents",
            "referers",
            "coverage",
            *DETAILS,
            "episodes",
            "more_episodes",
            "failing",
            "slow",
            "networks",
            "remainders",
        ),
    ]
    assert (value["first"], value["last"]) == ("2026-02-26T22:07:57Z", "2026-03-02T09:30:00Z")
    traffic, flood = value["episodes"]
    assert (traffic["end"], traffic["length_s"], traffic["raises"], traffic["peak"]) == (None, None, 1, 12.345)
    assert flood == {
        "name": "ddos",
        "subject": "203.0.113.1",
        "start": "2026-03-02T09:30:03Z",
        "end": "2026-03-02T09:31:20Z",
        "length_s": 77,
        "raises": 3,
        "peak": 6.1,
        "unit": "/s",
    }
    assert value["more_episodes"] == {"episodes": 0, "raises": 0}
    assert value["failing"][0] == {
        "key": "/api/v1/users",
        "method": "POST",
        "status": 503,
        "hits": 18,
        "first": "2026-02-28T01:56:40Z",
        "host": "192.0.2.17",
    }
    assert [row["key"] for row in value["slow"]] == ["/api/v1/orders", "/report"]
    assert value["networks"] == [{"key": "192.0.2.0/24", "hits": 2_500, "bytes": 100, "errors": 9}]


def test_a_run_without_lines_has_no_first_and_no_last() -> None:
    value = json.loads(summary_line(empty_summary()))

    assert (value["first"], value["last"], value["hits"]) == (None, None, 0)


def test_keys_that_look_alike_stay_two_rows() -> None:
    keys = [row["key"] for row in json.loads(report_line(hostile_report()))["hosts"]]

    assert len(keys) == len(HOSTILE)
    assert keys.count("/look\\x1balike") == 2


def test_hostile_text_is_valid_utf_8_on_one_line_whatever_the_stream_was() -> None:
    lines = ndjson((hostile_alert(), hostile_report())).decode("utf-8").split("\n")

    assert len(lines) == 3
    assert lines[2] == ""
    assert all(character.isprintable() for line in lines for character in line)
    assert json.loads(lines[0])["subject"] == "/bidi\\u202egnp.exe\\u200b\\ufeff"


def test_each_message_is_flushed_as_one_line() -> None:
    raw = io.BytesIO()
    display = NdjsonDisplay(io.TextIOWrapper(raw, encoding="utf-8"), Notices(io.StringIO()))

    display.publish(alert())

    assert raw.getvalue().endswith(b'"}\n')
    assert raw.getvalue().count(b"\n") == 1


def test_what_is_noticed_goes_to_both_streams_and_a_pulse_to_none() -> None:
    out, err = io.StringIO(), io.StringIO()
    display = NdjsonDisplay(out, Notices(err))

    display.publish(Notice("the log has appeared"))
    display.publish(Pulse(START_US, 0.0, 0.0, 10.0, START_US, 0, 0))
    display.publish(CaughtUp(60, 1, 0, at_us=START_US))

    assert out.getvalue() == (
        '{"type":"notice","at":null,"name":"notice","file":null,"message":"the log has appeared"}\n'
        '{"type":"notice","at":"2026-03-02T09:30:00Z","name":"caught-up","file":null,'
        '"message":"Caught up: 1 min of log, 1 line, 0 alerts."}\n'
    )
    assert err.getvalue() == (
        "http_monitor: the log has appeared\nhttp_monitor: Caught up: 1 min of log, 1 line, 0 alerts.\n"
    )


@pytest.mark.parametrize("ends", [NdjsonDisplay.settle, NdjsonDisplay.close])
def test_programs_are_told_each_notice_of_many_files_and_people_of_ten(ends: Callable[[NdjsonDisplay], None]) -> None:
    out, err = io.StringIO(), io.StringIO()
    display = NdjsonDisplay(out, Notices(err))
    for number in range(500):
        display.publish(Notice(f"{number}.log: gone", "warning", "unreadable", f"{number}.log"))
    ends(display)

    assert out.getvalue().count("\n") == 500
    assert err.getvalue().splitlines()[10:] == ["http_monitor: 490 more files likewise, such as 499.log: gone"]


def test_a_notice_has_the_keys_of_the_contract_and_nothing_of_a_name_breaks_it() -> None:
    notice = Notice("a\udcff\x1b.log: gone", "warning", "unreadable", "a\udcff\x1b.log", START_US)
    assert notice_line(notice) == (
        '{"type":"notice","at":"2026-03-02T09:30:00Z","name":"unreadable","file":"a\\\\xff\\\\x1b.log",'
        '"message":"a\\\\xff\\\\x1b.log: gone"}'
    )


def test_of_a_replay_a_program_is_told_warnings_only() -> None:
    out, err = io.StringIO(), io.StringIO()
    display = NdjsonDisplay(out, Notices(err), tells_all=False)

    display.publish(Notice("format common"))
    assert (out.getvalue(), err.getvalue()) == ("", "")
    display.publish(Notice("it lacks a client", "warning", "lacking"))
    assert json.loads(out.getvalue())["name"] == "lacking"
    assert err.getvalue() == "http_monitor: it lacks a client\n"


def test_advice_under_a_report_is_a_notice_once() -> None:
    report = busy_report()
    late = replace(report, health=replace(report.health, lines=500, late=60, too_late=0, ahead=0, lateness_advice_s=20))
    types = [(value["type"], value.get("name")) for value in map(json.loads, ndjson((late, late)).splitlines())]
    assert types == [("report", None), ("notice", "times"), ("report", None)]


@pytest.mark.parametrize(
    ("mode", "malformed", "told"), [("replay", 11, True), ("replay", 10, False), ("live", 11, False)]
)
def test_many_unread_lines_of_a_replay_are_a_notice_before_the_summary(mode: Mode, malformed: int, told: bool) -> None:
    said = replace(empty_summary(), mode=mode, last_us=START_US, health=Health(lines=1_000, malformed=malformed))
    found = [json.loads(line) for line in ndjson((said,)).splitlines()]
    assert [(value["type"], value.get("name")) for value in found[:-1]] == [("notice", "malformed")] * told
    assert found[-1]["type"] == "summary"
    if told:
        assert found[0]["at"] == "2026-03-02T09:30:00Z"
        assert found[0]["message"].startswith("More than 1 % of the lines fit no format")


def test_advice_is_not_given_where_a_notice_has_said_more() -> None:
    report = busy_report()
    late = replace(report, health=replace(report.health, lines=500, late=60, too_late=0, ahead=0, lateness_advice_s=20))
    told = Notice("nearly all lines come 3 min late", "warning", "late", at_us=0)
    assert [json.loads(line)["type"] for line in ndjson((told, late)).splitlines()] == ["notice", "report"]


def test_a_backlog_is_recorded_too() -> None:
    value: dict[str, Any] = json.loads(ndjson((replace(busy_report(), catch_up=True),)))

    assert value["hits"] == 1_234


def test_a_gone_reader_is_not_hidden() -> None:
    class Gone(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        NdjsonDisplay(Gone(), Notices(io.StringIO())).publish(alert())


def test_since_when_health_counts_is_a_time_or_null() -> None:
    report = quiet_report()
    assert json.loads(report_line(report))["health"]["since"] is None
    resumed = replace(report, health=replace(report.health, since_us=1_772_443_800_000_000, maybe_lost=True))
    health = json.loads(report_line(resumed))["health"]
    assert (health["since"], health["maybe_lost"]) == ("2026-03-02T09:30:00Z", True)


def test_what_the_tables_of_a_run_had_no_room_for_is_a_remainder() -> None:
    cut: dict[str, Any] = remainders(replace(summary(), lost=LostRequests(7, 1_500_000)))
    assert (cut["remainders"]["failing"], cut["remainders"]["slow"]) == ({"hits": 7}, {"total_s": 1.5})
    assert "failing" not in str(remainders(summary()))
