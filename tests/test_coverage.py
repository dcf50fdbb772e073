"""What is said where lines lack what a figure rests on: shares in NDJSON, dashes in text, null in place of zero."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.program import run

NO_STATUS = "none of its first 20 lines has a status, so errors are not known, and error-rate cannot be judged"
NO_SIZE = "none of its first 20 lines has a size, so bytes are not known"
NO_HOST = (
    "none of its first 20 lines has a client address, so no flood from a host is noticed, and ddos cannot be judged"
)
NO_PATH = "none of its first 20 lines has a path, so sections and endpoints are not known"
FORMAT = "json:time=t,host=h,status=s,size=b,path=p,agent=a,duration/s=d"
FULL = {"t": "2025-10-10T13:55:36Z", "h": "192.0.2.7", "s": 200, "b": 5, "p": "/a", "a": "x", "d": 0.5}


def replayed(tmp_path: Path, rows: list[dict[str, Any]], *options: str) -> tuple[list[dict[str, Any]], str]:
    """Return the objects and what people were told of a replay of JSON lines."""
    log = tmp_path / "app.json"
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    outcome = run("--replay", "--output", "ndjson", "--file", log, "--format", FORMAT, *options)
    assert outcome.code == 0, outcome.err
    return outcome.objects, outcome.err.decode()


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in FULL.items() if key not in keys}


def test_coverage_is_the_exact_share_of_the_lines_that_have_each(tmp_path: Path) -> None:
    rows = [FULL, without("s"), without("h", "b"), FULL | {"b": "-", "a": "-", "h": "-"}]
    objects, _ = replayed(tmp_path, rows)
    want = {"status": 0.75, "host": 0.5, "endpoint": 1.0, "size": 0.75, "duration": 1.0, "agent": 1.0}
    assert [thing["coverage"] for thing in objects] == [want, want]
    assert [thing["schema"] for thing in objects] == [2, 2]


def test_partial_coverage_changes_no_figure(tmp_path: Path) -> None:
    objects, said = replayed(tmp_path, [*[FULL] * 30, *[without("s", "b")] * 30])
    assert said == ""
    for thing in objects:
        assert (thing["hits"], thing["bytes"], thing["errors"]) == (60, 150, 0)
        assert (thing["coverage"]["status"], thing["coverage"]["size"]) == (0.5, 0.5)


def test_what_no_line_has_is_null_and_told_and_never_zero(tmp_path: Path) -> None:
    objects, said = replayed(tmp_path, [without("s", "b", "h")] * 25)
    *notices, report, summary = objects
    name = str(tmp_path / "app.json")
    assert [(notice["name"], notice["file"], notice["message"]) for notice in notices] == [
        ("coverage", name, f"{name}: {words}") for words in (NO_STATUS, NO_HOST, NO_SIZE)
    ]
    assert said.splitlines() == [f"http_monitor: {notice['message']}" for notice in notices]
    assert (report["errors"], report["error_rate"], report["bytes"]) == (None, None, None)
    assert (summary["errors"], summary["bytes"]) == (None, None)
    row = {"key": "/a", "hits": 25, "bytes": None, "errors": None}
    assert (report["endpoints"], summary["sections"]) == ([row], [row])


def test_an_interval_without_lines_covers_nothing(tmp_path: Path) -> None:
    log = tmp_path / "empty.log"
    log.write_bytes(b"")
    (summary,) = run("--replay", "--output", "ndjson", "--file", log).objects
    assert set(summary["coverage"].values()) == {None}
    assert (summary["errors"], summary["bytes"]) == (0, 0)


def test_a_common_log_has_no_agents_and_is_not_told_so(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    line = '192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /a HTTP/1.1" 304 -'
    log.write_text(f"{line}\n" * 25 + f'{line} "-" "-"\n' * 25)
    outcome = run("--replay", "--output", "ndjson", "--file", log)
    report, _ = outcome.objects
    assert outcome.err == b""
    assert report["coverage"] == {
        **{"status": 1.0, "host": 1.0, "endpoint": 1.0, "size": 1.0},
        **{"duration": 0.0, "agent": 0.5},
    }
    assert (report["bytes"], report["errors"]) == (0, 0)


def test_lines_without_a_path_are_told_of(tmp_path: Path) -> None:
    _, said = replayed(tmp_path, [without("p")] * 25)
    assert NO_PATH in said


def test_the_window_judges_only_its_own_lines(tmp_path: Path) -> None:
    def at(second: int, *keys: str) -> dict[str, Any]:
        minutes, seconds = divmod(second, 60)
        return without(*keys) | {"t": f"2025-10-10T13:{minutes:02}:{seconds:02}Z"}

    rows = [*[at(0)] * 5, *(at(second, "s", "h") for second in range(10, 50)), *[at(52)] * 5, at(75, "s", "b")]
    objects, said = replayed(tmp_path, rows, "--window", "20s", "--lateness", "0s")

    reports = [thing for thing in objects if thing["type"] == "report"]
    assert [report["window"]["errors"] for report in reports] == [0, 0, None, None, None, 0, None]
    assert [report["errors"] for report in reports] == [0, None, None, None, None, 0, None]
    notices = [(thing["at"][14:19], thing["name"], thing["message"]) for thing in objects if thing["type"] == "notice"]
    assert notices == [
        (
            "00:30",
            "coverage",
            "no line of the last 20 s has a status, so errors are not known, and error-rate cannot be judged",
        ),
        (
            "00:30",
            "coverage",
            "no line of the last 20 s has a client address, so no flood from a host is noticed,"
            " and ddos cannot be judged",
        ),
        ("01:00", "coverage", "lines have a status again: error-rate is judged again"),
        ("01:00", "coverage", "lines have a client address again: ddos is judged again"),
    ]
    assert said.splitlines() == [f"http_monitor: {message}" for _, _, message in notices]


def test_late_lines_and_what_tables_cut_are_null_where_no_line_has_it(tmp_path: Path) -> None:
    rows = [without("s", "b") | {"p": f"/{number}"} for number in range(3_000)]
    later = without("s", "b") | {"t": "2025-10-10T13:57:36Z"}
    rows += [later, later, without("s", "b"), later]
    objects, _ = replayed(tmp_path, rows, "--max-keys", "10", "--lateness", "0s")
    late = [thing for thing in objects if thing["type"] == "report" and thing["late_hits"]]
    assert [(report["late_hits"], report["late_bytes"], report["late_errors"]) for report in late] == [(1, None, None)]
    cut = objects[-1]["remainders"]["endpoints"]
    assert (cut["bytes"], cut["errors"]) == (None, None)
    assert cut["hits"] > 0


def test_text_says_once_that_many_lines_of_a_replay_fit_nothing(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    line = '192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /a HTTP/1.1" 200 5\n'
    words = "More than 1 % of the lines fit no format, and are in no figure"
    for bad, told in ((10, 0), (11, 1)):
        log.write_text(line * 990 + "x\n" * bad)
        assert " ".join(run("--replay", "--file", log).out.decode().split()).count(words) == told


def test_text_shows_a_dash_in_place_of_what_is_not_known(tmp_path: Path) -> None:
    log = tmp_path / "app.json"
    log.write_text((json.dumps(without("s", "b", "h")) + "\n") * 25)
    out = run("--replay", "--interval", "10s", "--file", log, "--format", FORMAT).out.decode()
    interval, summary = out.split("Summary")
    assert interval.count("\u2013 bytes") == summary.count("\u2013 bytes") == 1
    assert interval.count("\u2013 hosts") == summary.count("\u2013 hosts") == 1
    assert "\u2013 5xx" in interval
    assert "5xx \u2013 (alert above 5 %)" in interval
    assert "0.00 % 5xx" not in out
    assert "0 B" not in out


@pytest.mark.parametrize(
    ("expression", "key", "field"),
    [
        ("status == 500", "s", "status"),
        ('host == "192.0.2.7"', "h", "host"),
        ("size_bytes > 5", "b", "size_bytes"),
        ("duration_us > 5s", "d", "duration_us"),
        ('agent ~ "x"', "a", "agent"),
        ('path == "/a"', "p", "path"),
    ],
)
def test_a_filter_that_names_a_field_that_no_line_has_says_so(
    tmp_path: Path, expression: str, key: str, field: str
) -> None:
    _, said = replayed(tmp_path, [without(key)] * 25, "--filter", expression)
    words = f"none of its first 20 lines has {field}, so no comparison of --filter with {field} is true"
    assert words in said
