"""Logs of other people whose lines stand inside others': read as what is inside."""

import pytest

from tests.program import run
from tests.reported import needs_reports, reported

pytestmark = needs_reports

_COMBINED = {
    "host": "192.0.2.7",
    "status": 200,
    "method": "GET",
    "path": "/a/b",
    "size_bytes": 612,
    "agent": "curl/8.5.0",
    "time": "2026-01-19T23:08:15Z",
}


@pytest.mark.parametrize(
    ("case", "source"),
    [
        ("001", "nginx.1"),
        ("002", None),
        ("003", "web-1"),
        ("004", "web1"),
        ("005", "web1"),
        ("006", "web1"),
        ("007", "web.1"),
        ("011", None),
    ],
)
def test_what_stands_in_front_is_taken_off(case: str, source: str | None) -> None:
    (fields,) = reported(case).explained().fields

    assert fields is not None
    assert {name: fields[name] for name in _COMBINED} == _COMBINED
    assert (fields.get("source"), fields.get("vhost")) == (source, None)


def test_haproxy_behind_syslog() -> None:
    (fields,) = reported("008").explained().fields

    assert fields is not None
    assert [fields[name] for name in ("host", "status", "size_bytes", "path")] == ["192.0.2.7", 401, 248, "/this/is"]


def test_syslog_in_front_of_a_format_of_ones_own() -> None:
    (fields,) = reported("010").explained().fields

    assert fields is not None
    assert (fields["host"], fields["status"], fields["source"]) == ("192.0.2.134", 403, "web1")


def test_no_flood_comes_from_a_month() -> None:
    outcome = run(*reported("069").arguments)
    summary = outcome.objects[-1]

    assert [each for each in outcome.objects if each["type"] == "alert"] == []
    assert (summary["hits"], summary["sources"]) == (300, [{"key": "web1", "hits": 300, "bytes": 183600, "errors": 0}])
    assert len({row["key"] for each in outcome.objects if each["type"] == "report" for row in each["hosts"]}) > 5
    (notice,) = (each for each in outcome.objects if each.get("name") == "unwrap")
    assert notice["message"].endswith("syslog in front of each line, removed (--unwrap none keeps it)")
