"""The real program follows real files, is interrupted by real signals, and never ends with a traceback."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from http_monitor.clock import WallClock
from tests.program import (
    DEADLINE_S,
    ROOT,
    Json,
    Outcome,
    Program,
    append,
    command,
    environment,
    lines_now,
    shown_hits,
)

QUICK = ("--output", "ndjson", "--interval", "1", "--window", "2", "--lateness", "0")
"""Something to read every second."""
NEVER = ("--interval", "1h", "--window", "1h")
"""Nothing to read but the end."""


def _check_end(outcome: Outcome, hits: int) -> Json:
    """Check that a stopped run told of each line once, and return its summary."""
    assert (outcome.code, outcome.err.count(b"Traceback")) == (0, 0)
    *others, summary = outcome.objects
    assert summary["type"] == "summary"
    assert others[-1]["partial"] is True
    assert [message for message in others[:-1] if message.get("partial")] == []
    assert (shown_hits(others), summary["hits"], summary["health"]["accepted"]) == (hits, hits, hits)
    return summary


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return an empty log."""
    path = tmp_path / "access.log"
    path.touch()
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_growing_file_is_followed_until_a_signal(log: Path, number: signal.Signals) -> None:
    append(log, lines_now(7))
    with Program("--file", log, *QUICK) as program:
        assert program.report()["hits"] == 0  # what was there before the start counts for nothing
        append(log, lines_now(3))
        program.until_hits(3)
        append(log, lines_now(2, path=b"/report", status=503) + b"half a li")
        program.until_hits(5)
        summary = _check_end(program.stop(number), 5)

    assert summary["sections"] == [
        {"key": "/pages", "hits": 3, "bytes": 369, "errors": 0},
        {"key": "/report", "hits": 2, "bytes": 246, "errors": 2},
    ]
    assert summary["health"]["malformed"] == 0


def test_a_file_that_comes_and_goes_before_its_pattern_is_searched_is_said(log: Path) -> None:
    with Program("--file", log.parent / "*.log", *QUICK) as program:
        program.report()
        gone = log.with_name("gone.log")
        gone.write_bytes(lines_now(3))
        gone.unlink()
        notice = program.object(lambda message: message.get("name") == "lost")
        ended = program.stop()

    assert notice["message"] == f"{gone}: came and went before a check found it, lines may be lost"
    assert notice["file"] == str(gone)
    assert ended.objects[-1]["health"]["maybe_lost"] is True


_UNDER_NOHUP = ("/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh")
"""A command that becomes the program with the signal ignored, as nohup does."""


def test_a_hangup_that_is_ignored_at_the_start_ends_nothing(log: Path) -> None:
    with Program("--file", log, *QUICK, behind=_UNDER_NOHUP) as program:
        program.report()
        program.send(signal.SIGHUP)
        append(log, lines_now(3))
        program.until_hits(3)
        _check_end(program.stop(signal.SIGTERM), 3)


def test_what_is_there_already_is_read_from_the_start_if_asked_for(log: Path) -> None:
    append(log, lines_now(7))
    with Program("--file", log, "--from-start", *QUICK) as program:
        program.until_hits(7)
        append(log, lines_now(1))
        program.until_hits(8)
        _check_end(program.stop(), 8)


def test_nothing_is_lost_or_doubled_when_a_file_is_rotated(log: Path) -> None:
    old = log.with_name("access.log.1")
    with Program("--file", log, *QUICK) as program:
        program.report()
        append(log, lines_now(10))
        log.rename(old)
        append(old, lines_now(5))  # the writer has not been told yet
        append(log, lines_now(20))
        program.until_hits(35)
        log.rename(old)
        append(log, lines_now(1))
        program.until_hits(36)
        summary = _check_end(program.stop(), 36)

    assert (summary["health"]["rotations"], summary["health"]["lost_bytes"]) == (2, 0)
    assert program.err.rest().count(b"rotated, following the new file") == 2


def test_a_truncated_file_is_read_from_its_start(log: Path) -> None:
    with Program("--file", log, *QUICK) as program:
        program.report()
        append(log, lines_now(10))
        program.until_hits(10)
        log.write_bytes(lines_now(4))
        program.until_hits(14)
        summary = _check_end(program.stop(), 14)

    assert summary["health"]["truncations"] == 1
    assert b"truncated, reading from its start" in program.err.rest()


def test_a_missing_file_is_waited_for_and_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "later" / "access.log"
    with Program("--file", log, *QUICK) as program:
        program.err.having("access.log: missing, waiting for it")
        program.report()
        log.parent.mkdir()
        log.write_bytes(lines_now(3))
        program.err.having("access.log: found, reading it from its start")
        program.until_hits(3)
        _check_end(program.stop(), 3)


def test_an_alert_is_raised_and_recovers_without_any_further_line(log: Path) -> None:
    with Program("--file", log, *QUICK, "--alert-threshold", "4", "--ddos-threshold", "1000") as program:
        program.report()
        append(log, lines_now(20))
        raised = program.alert("raised")
        recovered = program.alert("recovered")
        summary = _check_end(program.stop(), 20)

    assert (raised["name"], raised["hits"], raised["value"], raised["threshold"]) == ("traffic", 20, 10.0, 4.0)
    assert raised["message"].startswith("High traffic generated an alert - hits = 10.00, triggered at ")
    assert (recovered["name"], recovered["hits"], recovered["value"]) == ("traffic", 0, 0.0)
    assert recovered["message"].startswith("High traffic alert recovered - hits = 0.00, recovered at ")
    assert (summary["alerts"], summary["active"]) == (1, [])


def test_a_duration_ends_it_like_a_signal(log: Path) -> None:
    with Program("--file", log, *QUICK, "--duration", "2") as program:
        program.report()
        append(log, lines_now(3))
        _check_end(program.wait(), 3)


def test_a_stop_counts_what_is_in_the_file_by_then(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with Program("--file", log, "--output", "ndjson", *NEVER) as program:
        program.err.having("missing, waiting for it")
        log.write_bytes(lines_now(3))
        _check_end(program.stop(), 3)


def test_the_end_of_standard_input_ends_it() -> None:
    with Program("--file", "-", *QUICK) as program:
        program.write(lines_now(3))
        program.until_hits(3)
        program.write(lines_now(2) + lines_now(1)[:-1])
        program.end_input()
        _check_end(program.wait(), 6)


def test_several_files_and_a_glob_are_followed_together(tmp_path: Path) -> None:
    logs = [tmp_path / name for name in ("a.log", "b.log", "other")]
    for path in logs:
        path.touch()
    with Program("--file", tmp_path / "*.log", "--file", logs[2], *QUICK) as program:
        program.report()
        for hits, path in enumerate(logs, 1):
            append(path, lines_now(hits, host=b"198.51.100.%d" % hits))
        program.until_hits(6)
        summary = _check_end(program.stop(), 6)

    assert [(row["key"], row["hits"]) for row in summary["hosts"]] == [
        ("198.51.100.3", 3),
        ("198.51.100.2", 2),
        ("198.51.100.1", 1),
    ]


def test_a_closed_pipe_ends_it_quietly(log: Path) -> None:
    with subprocess.Popen(
        command("--file", log, *QUICK), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(DEADLINE_S) == 0


def test_a_directory_is_waited_for_to_become_a_file(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.mkdir()
    with Program("--file", log, *QUICK) as program:
        program.err.having("access.log: is a directory, waiting for a file")
        program.report()
        log.rmdir()
        log.write_bytes(lines_now(2))
        program.until_hits(2)
        _check_end(program.stop(), 2)


def test_what_cannot_be_opened_is_waited_for(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.symlink_to(log)
    with Program("--file", log, *QUICK) as program:
        program.err.having("access.log: a loop of symbolic links, waiting for a file")
        program.report()
        _check_end(program.stop(), 0)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_waited_for(log: Path) -> None:
    log.chmod(0)
    with Program("--file", log, *QUICK) as program:
        program.err.having("access.log: permission denied, waiting for it")
        log.chmod(0o600)
        append(log, lines_now(2))
        program.until_hits(2)
        _check_end(program.stop(), 2)


def test_lines_that_do_not_fit_are_told_of_and_do_not_stop_it(log: Path) -> None:
    with Program("--file", log, *QUICK) as program:
        program.report()
        append(log, b"\x7fELF\x02\x01\x01\x00\x1b[31m\xff\n\x00\x01\n")
        said = program.err.having("fits")
        append(log, lines_now(2))
        program.until_hits(2)
        summary = _check_end(program.stop(), 2)

    time, _, words = said.partition(" ")
    assert re.fullmatch(r"\d\d:\d\d:\d\d", time)
    assert words.startswith(f"http_monitor: {log}: none of its first 2 lines fits any format with a name; line 1, ")
    assert r": \x7fELF\x02\x01\x01\x00\x1b[31m\xff (is this an access log?" in said
    assert summary["health"]["malformed"] == 2


def test_an_empty_file_has_empty_reports(log: Path) -> None:
    with Program("--file", log, *QUICK) as program:
        assert (program.report()["hits"], program.report()["hits"]) == (0, 0)
        assert _check_end(program.stop(), 0)["first"] is None

    assert program.err.rest() == b""


def test_the_format_that_was_found_is_said_once(log: Path) -> None:
    append(log, lines_now(1))
    with Program("--file", log, "--interval", "1") as program:
        program.err.having("Format     auto, found common")
        program.out.having("no hits")
        append(log, lines_now(1))
        program.out.having("1 hit ")
        program.stop()

    assert b"as its first line shows" not in program.err.rest()


def test_the_format_is_said_by_the_first_line_of_an_empty_file(log: Path) -> None:
    with Program("--file", log, "--interval", "1") as program:
        program.err.having("Format     auto, found by the first line that fits")
        program.out.having("no hits")
        append(log, lines_now(1))
        program.err.having(f"{log}: format common, as its first line shows")
        assert program.stop().code == 0


def test_simulated_traffic_is_shown(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    with Program("--file", tmp_path / "demo.log", "--give-me-traffic", "--seed", "1", *QUICK, env=state) as program:
        program.until_hits(20)
        outcome = program.stop()

    assert (outcome.code, outcome.err.count(b"Traceback")) == (0, 0)
    *others, summary = outcome.objects
    lines = (tmp_path / "demo.log").read_bytes().count(b"\n")
    assert shown_hits(others) == summary["hits"] == summary["health"]["lines"] <= lines


def test_what_watchdog_logs_does_not_reach_the_screen() -> None:
    use = "logging.getLogger('watchdog.observers').error('inactive')"
    code = f"import http_monitor.sources.watching.watcher, logging; {use}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, env=environment())

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_while_the_program_is_starting_still_ends_with_the_summary(log: Path, number: signal.Signals) -> None:
    # The first line on stderr comes before the columns are imported, and so before there is anything to stop.
    with Program("--file", log, fresh=True) as program:
        program.err.having("Watching")
        outcome = program.stop(number)
    assert outcome.code == 0
    assert "Summary" in outcome.out.decode()


def test_what_is_written_while_the_program_is_still_starting_counts(log: Path) -> None:
    append(log, lines_now(4))
    # The first line on stderr says that it watches; the columns are imported only after it.
    with Program("--file", log, *NEVER, fresh=True) as program:
        program.err.having("Watching")
        append(log, lines_now(3))
        program.err.having("Format")
        outcome = program.stop()
    assert "3 lines read, 3 counted." in outcome.out.decode()
    assert "late" not in outcome.out.decode()


def test_a_log_that_is_rotated_to_another_format_is_read_on(log: Path) -> None:
    append(log, lines_now(5))
    with Program("--file", log, "--no-state", "--from-start", *QUICK) as program:
        program.until_hits(5)
        log.rename(log.with_name("access.log.1"))
        piece = b'{"msec":"%d.000","remote_addr":"192.0.2.8","request":"GET /new HTTP/1.1","status":200}\n'
        append(log, piece % (WallClock().now_us() // 1_000_000) * 30)
        said = program.err.having("the format has changed from common to nginx_json, which is read from here on")
        program.until_hits(15)
        summary = program.stop().objects[-1]
    assert f"{log}: " in said
    health = summary["health"]
    assert (health["lines"], health["malformed"], health["rotations"]) == (35, 20, 1)
    assert (summary["hits"], summary["sections"][0]["key"]) == (15, "/new")
