"""The program with --since and --until: what counts of a replay and of a live run, and what is said of it."""

import gzip
import os
from pathlib import Path

import pytest

from http_monitor.arguments import parse_arguments
from http_monitor.cli.formats import Formats
from http_monitor.cli.replay_span import ReplaySpan
from http_monitor.clock import WallClock
from http_monitor.ports.log_format import LogFormat
from http_monitor.units import iso_utc
from tests.program import Outcome, Program, append, lines_at, lines_now, run

FIRST_S = 1_796_040_000
"""2026-11-30T12:00:00Z"""
HOUR_S = 3_600


def dense(first_s: int, count: int, path: bytes = b"/a/b") -> bytes:
    return lines_at(range(first_s, first_s + count), path=path)


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a log of six hours with a line each second, 1.8 MB."""
    path = tmp_path_factory.mktemp("hours") / "access.log"
    path.write_bytes(dense(FIRST_S, 6 * HOUR_S))
    return path


def replay(*arguments: str | Path) -> Outcome:
    return run("--replay", "--output", "ndjson", "--interval", "1h", *arguments)


def conserved(outcome: Outcome) -> None:
    for told in outcome.objects:
        if told["type"] in ("report", "summary"):
            health = told["health"]
            fates = ("accepted", "malformed", "filtered", "other", "ahead", "held")
            assert health["lines"] == sum(health[name] for name in fates)


@pytest.mark.parametrize(
    ("since", "until", "hits", "first", "last"),
    [
        ("30m", None, 1_800, "2026-11-30T17:29:59Z", "2026-11-30T17:59:59Z"),
        ("17:00", None, HOUR_S, "2026-11-30T17:00:00Z", "2026-11-30T17:59:59Z"),
        (None, "13:00", HOUR_S, "2026-11-30T12:00:00Z", "2026-11-30T12:59:59Z"),
        ("2026-11-30 14:05", "14:20", 900, "2026-11-30T14:05:00Z", "2026-11-30T14:19:59Z"),
        ("2026-11-30T15:05:00+01:00", "2026-11-30T14:05:01Z", 1, "2026-11-30T14:05:00Z", "2026-11-30T14:05:00Z"),
        ("1d", "1h", 5 * HOUR_S - 1, "2026-11-30T12:00:00Z", "2026-11-30T16:59:58Z"),
    ],
)
def test_a_replay_counts_the_lines_of_the_span_alone(
    hours: Path, since: str | None, until: str | None, hits: int, first: str, last: str
) -> None:
    given = [*(["--since", since] if since else []), *(["--until", until] if until else [])]
    outcome = replay("--file", hours, *given)
    summary = outcome.objects[-1]
    # The first of half an hour back from the end is the line of that very second.
    assert abs(summary["hits"] - hits) <= 1
    assert (summary["first"], summary["last"]) == (first, last)
    assert (
        sum(told["hits"] + told["late_hits"] for told in outcome.objects if told["type"] == "report") == summary["hits"]
    )
    conserved(outcome)


def test_little_more_than_the_span_is_read_and_that_is_said(hours: Path) -> None:
    outcome = replay("--file", hours, "--since", "2026-11-30 14:05", "--until", "2026-11-30 14:20")
    (notice,) = [told for told in outcome.objects if told["type"] == "notice"]
    assert notice["name"] == "span"
    assert notice["message"] == "reading from 2026-11-30 14:05:00 to 2026-11-30 14:20:00: 1.4 MiB skipped"
    health = outcome.objects[-1]["health"]
    assert health["accepted"] == 900
    # A minute on each side, and steps of 64 KiB.
    assert 900 < health["lines"] < 900 + 120 + 2 * 900
    assert health["filtered"] == health["lines"] - 900


def test_an_archive_gives_the_same_as_the_file_and_is_not_read_far_beyond_the_span(hours: Path, tmp_path: Path) -> None:
    archive = tmp_path / "access.log.gz"
    archive.write_bytes(gzip.compress(hours.read_bytes(), 1))
    told = {}
    for path in (hours, archive):
        outcome = replay("--file", path, "--since", "12:30", "--until", "12:45")
        conserved(outcome)
        told[path] = [{**thing, "health": None} for thing in outcome.objects if thing["type"] in ("report", "summary")]
        lines = outcome.objects[-1]["health"]["lines"]
    assert told[hours] == told[archive]
    assert told[hours][-1]["hits"] == 900
    assert lines == 45 * 60 + 60 + 1_000


def test_only_the_rotated_files_are_read_that_have_lines_of_the_span(tmp_path: Path) -> None:
    first_s = FIRST_S
    for name in ("access.log.4.gz", "access.log.3.gz", "access.log.2.gz", "access.log.1", "access.log"):
        data = dense(first_s, 3_000)
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        first_s += 3_000
    outcome = replay("--file", tmp_path / "access.log*", "--since", "100m", "--until", "1h")
    # The end of an archive is known by the beginning of the file that came after it.
    words = "reading from 14:29:59 to 15:09:59: 3 of 5 files, "
    (notice,) = [told["message"] for told in outcome.objects if told["type"] == "notice"]
    assert notice.startswith(words)
    assert outcome.objects[-1]["hits"] == 40 * 60
    conserved(outcome)


def test_the_end_of_an_archive_alone_is_found_by_inflating_it(tmp_path: Path) -> None:
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(dense(FIRST_S, 3_000)))
    assert replay("--file", tmp_path / "a.log.gz", "--since", "10m").objects[-1]["hits"] == 601


def test_of_a_log_out_of_order_all_is_read_and_nothing_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(dense(FIRST_S + HOUR_S, 6_000) + dense(FIRST_S - 6 * HOUR_S, 6_000))
    outcome = replay("--file", path, "--since", "2026-11-30 13:30", "--until", "2026-11-30 13:40")
    warning, notice = [told for told in outcome.objects if told["type"] == "notice"]
    assert warning["message"] == f"{path}: not in order of time, so all of it is read"
    assert notice["message"] == "reading from 2026-11-30 13:30:00 to 2026-11-30 13:40:00"
    assert (outcome.objects[-1]["hits"], outcome.objects[-1]["health"]["lines"]) == (600, 12_000)


def test_a_header_at_the_top_is_known_where_reading_begins_later(tmp_path: Path) -> None:
    head = b"#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-11-30 12:00:00\n"
    fields = b"#Fields: date time sc-status cs-uri-stem cs-method c-ip time-taken\n"
    lines = b"".join(
        b"2026-11-30 %02d:%02d:%02d 200 /a/b.aspx GET 192.0.2.1 15\n" % (12 + at // 3600, at // 60 % 60, at % 60)
        for at in range(3 * HOUR_S)
    )
    path = tmp_path / "u_ex.log"
    path.write_bytes(head + fields + lines)
    outcome = replay("--file", path, "--since", "2026-11-30 14:00")
    summary = outcome.objects[-1]
    assert (summary["hits"], summary["health"]["malformed"], summary["coverage"]["duration"]) == (HOUR_S, 0, 1.0)
    assert summary["health"]["lines"] < 2 * HOUR_S


@pytest.mark.parametrize("name", ["json", "common"])
def test_a_format_that_is_named_is_sought_by(tmp_path: Path, name: str) -> None:
    line = {
        "json": b'{"time":%d,"ip":"192.0.2.1","request":"GET / HTTP/1.1","status":200}\n',
        "common": b"",
    }[name]
    path = tmp_path / "access.log"
    path.write_bytes(
        b"".join(line % at_s for at_s in range(FIRST_S, FIRST_S + 9_000)) if line else dense(FIRST_S, 9_000)
    )
    outcome = replay("--file", path, "--format", name, "--since", "10m")
    assert outcome.objects[-1]["hits"] == 601
    assert outcome.objects[-1]["health"]["lines"] < 3_000


def test_malformed_lines_outside_are_not_told_of(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(b"junk\n" + dense(FIRST_S, 60) + b"junk\n" * 5 + dense(FIRST_S + 60, 60) + b"junk\n" * 3)
    health = replay("--file", path, "--since", "2026-11-30 12:01").objects[-1]["health"]
    # Those at the top go with no line; those behind a line go with it.
    assert (health["malformed"], health["filtered"], health["accepted"]) == (1 + 3, 60 + 5, 60)


def test_standard_input_is_filtered_by_time(hours: Path) -> None:
    with hours.open("rb") as stdin:
        outcome = run(
            *("--replay", "--output", "ndjson", "--file", "-", "--interval", "1h"),
            *("--since", "2026-11-30 12:30", "--until", "2026-11-30 12:40"),
            stdin=stdin,
        )
    assert outcome.objects[-1]["hits"] == 600
    assert outcome.objects[-1]["health"]["lines"] == 40 * 60 + 60 + 1_000


def test_the_end_of_standard_input_is_not_known(hours: Path) -> None:
    outcome = run("--replay", "--file", "-", "--file", hours, "--since", "30m")
    assert outcome.code == 2
    assert outcome.err.decode().splitlines()[-1] == (
        "http_monitor: --since: got '30m' with --file -, whose end is known only when it has been read, takes a date"
        " with a time instead, such as 2026-11-30 14:05"
    )


def test_a_span_behind_the_log_has_no_line(hours: Path) -> None:
    outcome = replay("--file", hours, "--since", "2026-12-24")
    warning, summary = outcome.objects[-2:]
    assert warning["message"] == "no line is in that span"
    assert (outcome.code, summary["hits"], summary["health"]["lines"]) == (0, 0, 0)


def test_a_span_of_no_length_is_refused(hours: Path) -> None:
    outcome = run("--replay", "--file", hours, "--since", "10m", "--until", "20m")
    assert outcome.code == 2
    assert "--until: got '20m' (2026-11-30 17:39:59 +0000), takes a time after --since" in outcome.err.decode()


def test_text_says_what_is_read(hours: Path) -> None:
    outcome = run("--replay", "--file", hours, "--since", "17:00", "--interval", "1h")
    assert b"http_monitor: reading from 17:00:00 on: 1.2 MiB skipped\n" in outcome.err


def follow(path: Path, *more: str | Path, state: Path | None = None) -> Program:
    kept = ["--no-state"] if state is None else ["--state-dir", state]
    return Program("--file", path, "--output", "ndjson", "--interval", "1s", *kept, *more)


def now_s() -> int:
    return WallClock().now_us() // 1_000_000


def test_a_live_run_reads_from_there_and_then_what_comes(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(dense(now_s() - 20_000, 20_000 - 300, b"/old/x") + dense(now_s() - 300, 290, b"/new/x"))
    with follow(path, "--since", "5m") as program:
        program.err.having("reading from ")
        program.until_hits(250)
        append(path, lines_now(7))
        program.object(lambda told: told["type"] == "report" and told["hits"] >= 7)
        summary = program.stop().objects[-1]
    sections = {row["key"]: row["hits"] for row in summary["sections"]}
    assert (sections.get("/old", 0), sections["/pages"]) == (0, 7)
    assert 280 <= sections["/new"] <= 290
    # It was sought: of an old part of a megabyte a few pieces are read.
    assert summary["health"]["lines"] < 4_000
    assert summary["health"]["backfilled"] == 0


def test_a_live_run_reads_the_rotated_files_that_it_needs(tmp_path: Path) -> None:
    path, end_s = tmp_path / "access.log", now_s()
    parts = {
        "access.log.3.gz": b"/three/x",
        "access.log.2": b"/two/x",
        "access.log.1": b"/one/x",
        "access.log": b"/now/x",
    }
    for number, (name, key) in enumerate(parts.items()):
        data = dense(end_s - 4_000 + 1_000 * number, 1_000, key)
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    # A copy beside the log has the same lines, and is none of its past.
    (tmp_path / "access.log.bak").write_bytes(path.read_bytes())
    for since, wanted in (
        ("40m", {"/now": 1_000, "/one": 1_000}),
        ("3000s", {"/now": 1_000, "/one": 1_000, "/two": 1_000}),
    ):
        with follow(path, "--since", since) as program:
            program.until_hits(2_300 if since == "40m" else 2_900)
            program.err.having("Caught up")
            summary = program.stop().objects[-1]
        found = {row["key"]: row["hits"] for row in summary["sections"]}
        assert {key: found[key] for key in ("/now", "/one")} == {key: wanted[key] for key in ("/now", "/one")}
        assert (summary["health"]["rotations"], summary["health"]["lost_bytes"]) == (0, 0)
    with follow(path, "--since", "2h") as program:
        program.err.having("Caught up")
        assert program.stop().objects[-1]["hits"] == 4_000


def test_a_live_run_reads_from_there_whatever_a_checkpoint_says(tmp_path: Path) -> None:
    path, state = tmp_path / "access.log", tmp_path / "state"
    path.write_bytes(dense(now_s() - 100, 60))
    with follow(path, "--from-start", state=state) as program:
        program.until_hits(60)
        program.stop()
    with follow(path, "--since", "1h", state=state) as program:
        program.err.having("its checkpoint is not read: --since says where counting begins")
        program.until_hits(60)
        assert program.stop().objects[-1]["hits"] == 60
    # It has left one of its own.
    append(path, lines_now(3))
    with follow(path, state=state) as program:
        program.until_hits(3)
        assert program.stop().objects[-1]["hits"] == 63


def test_a_live_run_knows_the_header_at_the_top_where_it_begins(tmp_path: Path) -> None:
    path, end_s = tmp_path / "u_ex.log", now_s()
    moments = (iso_utc((end_s - 9_000 + at) * 1_000_000) for at in range(8_990))
    lines = "".join(f"{at[:10]} {at[11:19]} 200 /a/b.aspx GET 192.0.2.1 15\n" for at in moments)
    software = "#Software: Microsoft Internet Information Services 10.0\n"
    path.write_text(software + "#Fields: date time sc-status cs-uri-stem cs-method c-ip time-taken\n" + lines)
    with follow(path, "--format", "iis", "--since", "10m") as program:
        program.err.having("Caught up")
        summary = program.stop().objects[-1]
    assert (summary["health"]["malformed"], summary["coverage"]["duration"]) == (0, 1.0)
    assert 550 <= summary["hits"] <= 591
    assert summary["health"]["lines"] < 4_000


def test_a_live_run_through_commands_seeks_too(tmp_path: Path) -> None:
    path, end_s = tmp_path / "access.log", now_s()
    (tmp_path / "access.log.1").write_bytes(dense(end_s - 8_000, 4_000))
    path.write_bytes(dense(end_s - 4_000, 3_990))
    with follow(path, "--reader", "wc-tail", "--since", "5000s") as program:
        program.err.having("Caught up")
        summary = program.stop().objects[-1]
    assert 4_900 <= summary["hits"] <= 4_991
    assert summary["health"]["lines"] < 7_500


def test_a_live_run_ends_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(b"")
    until_s = now_s() + 3
    text = iso_utc(until_s * 1_000_000)
    outcome = run("--file", path, "--no-state", "--output", "ndjson", "--until", text)
    assert outcome.code == 0
    assert f"ends at {text[11:19]}" in outcome.err.decode()
    assert now_s() >= until_s


def test_a_live_run_that_would_have_ended_is_refused(tmp_path: Path) -> None:
    outcome = run("--file", tmp_path / "access.log", "--no-state", "--until", "2026-01-01")
    assert outcome.code == 2
    assert outcome.out == b""
    assert outcome.err.decode() == (
        "http_monitor: --until: got '2026-01-01' (2026-01-01 00:00:00 +0000), which has passed,"
        " takes a time in the future (--replay reads what is there already)\n"
    )


def test_nothing_of_before_is_read_of_a_log_that_comes_later(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    with follow(path, "--since", "5m") as program:
        program.err.having("missing, waiting for it")
        whole = tmp_path / "made"
        whole.write_bytes(dense(now_s() - 9_000, 10) + lines_now(4))
        os.rename(whole, path)
        program.until_hits(4)
        summary = program.stop().objects[-1]
    assert (summary["hits"], summary["health"]["filtered"]) == (4, 10)


def test_archives_of_one_time_are_read_whatever_their_names(tmp_path: Path) -> None:
    for name, key in (("web.2.gz", b"/two/x"), ("web.1.gz", b"/one/x"), ("web", b"/web/x")):
        data = dense(FIRST_S, 4_000, key)
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    outcome = replay("--file", tmp_path / "web*", "--since", "10m")
    assert {row["key"]: row["hits"] for row in outcome.objects[-1]["sections"]} == {
        "/one": 601,
        "/two": 601,
        "/web": 601,
    }


def test_a_file_that_grows_while_it_is_searched_has_nothing_skipped(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(dense(FIRST_S, 10))
    settings = parse_arguments(["--replay", "--since", "9s", str(path)])

    class Growing(Formats):
        def of_part(self, path: str, head: bytes, lines: bytes) -> LogFormat:
            append(Path(path), dense(FIRST_S + 10, 1))
            return super().of_part(path, head, lines)

    span = ReplaySpan(settings, [str(path)], Growing(settings), lambda: False)
    assert span.part_of(str(path)) is not None
    assert [notice.text for notice in span.notices()] == ["reading from 12:00:00 on"]
