"""What outsiders met with format strings, configurations, units and W3C logs: read right now, or called what it is."""

from typing import Any

import pytest

from http_monitor.arguments import parse_arguments
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import read_line
from tests.program import run
from tests.reported import needs_reports, reported

pytestmark = needs_reports
RIGHT: list[tuple[str, int, dict[str, Any]]] = [
    (
        "024-isucon-from",
        1,
        {"host": "192.0.2.7", "status": 200, "size_bytes": 612, "agent": "curl/8.5.0", "duration_us": 4_000}
        | {"upstream_us": 3_000, "path": "/a/b"},
    ),
    ("025-json-log-done", 1, {"host": "192.0.2.7", "status": 200, "duration_us": 123_000, "size_bytes": 612}),
    ("027-only-real-ip", 1, {"host": "192.0.2.60", "status": 200}),
    ("028-xff-first-quoted", 1, {"host": "192.0.2.60", "status": 200, "duration_us": 5_564_000, "size_bytes": 88}),
    ("053-haproxy-lfstring", 1, {"host": "192.0.2.7", "status": 200, "path": "/path", "duration_us": 7_000}),
    ("054-goaccess-string", 1, {"host": "192.0.2.7", "status": 200, "time": "2026-01-19T23:08:15Z"}),
    ("055-tomcat-D-I", 1, {"status": 200, "size_bytes": 45, "path": "/a/b/c"}),
    ("057-weblogic", 3, {"status": 400, "method": "POST", "path": "/prweb/PRRest/x", "duration_us": 24_000}),
    ("058-tomcat-D-T", 1, {"duration_us": 297_000}),
    ("081-pasted-logformat-line", 1, {"host": "192.0.2.7", "status": 200}),
]


@pytest.mark.parametrize(("name", "line", "wanted"), RIGHT, ids=lambda it: it if isinstance(it, str) else "")
def test_what_was_asked_for_is_read(name: str, line: int, wanted: dict[str, Any]) -> None:
    explained = reported(name).explained()
    fields = explained.lines[line - 1]["fields"]
    assert {key: fields[key] for key in wanted} == wanted


def test_a_duration_of_a_tomcat_of_any_age_is_not_shown_as_one() -> None:
    assert reported("055-tomcat-D-I").explained().lines[0]["fields"].get("duration_us") is None


def test_a_log_of_two_formats_between_which_a_header_chooses_is_read_in_both() -> None:
    fields = reported("029-forwarded-two").explained().fields
    assert [(it["host"], it["status"], it["agent"]) for it in fields if it] == [
        ("192.0.2.7", 200, "curl/8.5.0"),
        ("192.0.2.9", 200, "curl/8.5.0"),
    ]


def test_a_line_with_a_column_too_few_is_one_of_iis_and_said_to_have_too_few() -> None:
    last = reported("063-iis-xff-custom").explained().lines[-1]
    assert (last["format"], last["valid"]) == ("iis", False)
    assert last["expected"] == "18 columns as its #Fields line names, not 17"


def test_the_message_of_a_replay_says_so_too() -> None:
    done = run("--replay", "--no-state", "--file", reported("063-iis-xff-custom").folder / "access.log")
    assert (done.code, b"18 columns as its #Fields line names, not 17" in done.err) == (4, True)


def test_utf_16_is_called_so_with_what_makes_lines_of_it() -> None:
    log = reported("082-utf16").folder / "access.log"
    for options in (["--replay", "--no-state"], ["--explain"]):
        done = run(*options, "--file", log)
        assert done.code == 4
        assert b"this is UTF-16, as > of PowerShell writes it" in done.err


def test_a_string_that_lacks_what_stands_in_front_is_said_to_where_it_stops_to_fit() -> None:
    case = reported("010-syslog-custom-front")
    options = parse_arguments(case.arguments)
    (line,) = case.log.splitlines()
    reading = read_line(get_format(options.format), line)
    assert (reading.values, reading.column, reading.expected) == (None, 1, "'['")


def test_a_line_end_in_a_log_format_is_no_part_of_its_lines() -> None:
    case = reported("078-log-format-newline").folder
    done = run(
        *("--replay", "--no-state", "--output", "ndjson", "--format-from", case / "nginx.conf"),
        *("--file", case / "shop.log"),
    )
    summary = done.objects[-1]
    assert (summary["hits"], summary["health"]["lines"], summary["health"]["malformed"]) == (2, 2, 0)
    assert summary["duration_us"]["p50"] == pytest.approx(123_000, rel=0.008)
