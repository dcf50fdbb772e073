"""The real program killed, stopped and started again, on both readers."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.program import Program, append, lines_now, run, shown_hits

OPTIONS = ("--output", "ndjson", "--interval", "1s", "--lateness", "0")
READERS = (("--reader", "direct"), ("--reader", "wc-tail"))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.touch()
    return path


@pytest.fixture(params=READERS, ids=lambda reader: str(reader[1]))
def start(request: pytest.FixtureRequest, log: Path, tmp_path: Path) -> Callable[..., Program]:
    def begin(*more: str | Path) -> Program:
        return Program(
            "--file", log, "--state-dir", tmp_path / "state", "--from-start", *OPTIONS, *request.param, *more
        )

    return begin


def _until_lines(program: Program, lines: int) -> None:
    """Wait until so many were counted, those of the runs before too."""
    while program.report()["health"]["lines"] < lines:
        pass


def _kill(program: Program) -> None:
    program.send(signal.SIGKILL)
    program.wait()


def test_killed_and_restarted_it_counts_every_line_once_and_keeps_counting(
    log: Path, start: Callable[..., Program]
) -> None:
    append(log, lines_now(30))
    with start() as program:
        program.until_hits(30)
        append(log, lines_now(5))
        program.until_hits(35)
        _kill(program)
    append(log, lines_now(7))
    log.rename(log.with_name("access.log.1"))
    append(log, lines_now(11))
    with start() as program:
        program.until_hits(18)
        outcome = program.stop()
    *_, summary = outcome.objects
    assert summary["health"]["lines"] == summary["hits"] == 53
    assert summary["health"]["rotations"] == 1
    assert summary["health"]["since"] is not None
    assert (summary["health"]["lost_bytes"], summary["health"]["maybe_lost"]) == (0, False)


def test_after_a_stop_only_what_is_new_is_told(log: Path, start: Callable[..., Program]) -> None:
    append(log, lines_now(4))
    with start() as program:
        program.until_hits(4)
        first = program.stop().objects
    append(log, lines_now(3))
    with start() as program:
        program.until_hits(3)
        second = program.stop().objects
    assert (shown_hits(first), shown_hits(second)) == (4, 3)
    seqs = [message["seq"] for message in (*first, *second) if message["type"] == "report"]
    assert seqs == list(range(1, len(seqs) + 1))
    assert second[-1]["hits"] == 7


def test_an_alert_that_was_raised_before_a_kill_is_not_raised_again(log: Path, start: Callable[..., Program]) -> None:
    # The window is longer than any machine is busy: the alert stays active.
    window = ("--window", "30m", "--alert-threshold", "0.02", "--ddos-threshold", "1000", "--lateness", "1")
    with start(*window) as program:
        append(log, lines_now(60))
        raised = program.alert("raised")
        # Read in a later turn: by then the checkpoint has the alert, since what a turn tells is kept at its end.
        append(log, lines_now(1))
        program.until_hits(61)
        _kill(program)
    append(log, lines_now(1))
    with start(*window) as program:
        program.until_hits(1)
        told = program.stop().objects
    assert raised["name"] == "traffic"
    assert [message for message in told if message["type"] == "alert"] == []
    assert [alert["name"] for alert in told[-1]["active"]] == ["traffic"]
    (episode,) = told[-1]["episodes"]
    assert (episode["name"], episode["start"], episode["end"], episode["raises"]) == ("traffic", raised["at"], None, 1)
    assert episode["peak"] >= raised["value"]


def test_a_second_monitor_of_the_same_log_goes_without_state_and_says_so(log: Path, tmp_path: Path) -> None:
    options = ("--file", log, "--state-dir", tmp_path / "state", *OPTIONS)
    append(log, lines_now(1))
    with Program(*options, "--from-start") as first:
        first.until_hits(1)
        with Program(*options) as second:
            said = second.err.having("no state is kept")
            second.stop()
        assert "already follows the same files" in said
        assert first.stop().code == 0


def test_a_damaged_checkpoint_is_set_aside_and_named(log: Path, tmp_path: Path) -> None:
    options = ("--file", log, "--state-dir", tmp_path / "state", "--from-start", "--duration", "1", *OPTIONS)
    append(log, lines_now(6))
    assert run(*options).objects[-1]["hits"] == 6
    (snapshot,) = (tmp_path / "state").glob("*/snapshot")
    data = bytearray(snapshot.read_bytes())
    data[-5] ^= 1
    snapshot.write_bytes(data)
    outcome = run(*options)
    assert outcome.objects[-1]["hits"] == 6
    assert b"checkpoint: its checksum is wrong; set aside as " in outcome.err
    assert (snapshot.parent / "snapshot.damaged-1").read_bytes() == data
    # How much of the log it would have read is not known.
    assert outcome.objects[-1]["health"]["maybe_lost"] is True
    said = b"resumes from its checkpoint, 6 lines so far; --from-start reads only what it does not cover"
    assert said in run(*options).err


def test_with_another_window_it_says_what_starts_empty(log: Path, tmp_path: Path) -> None:
    options = ("--file", log, "--state-dir", tmp_path / "state", "--from-start", "--duration", "1", *OPTIONS)
    append(log, lines_now(6))
    run(*options)
    outcome = run(*options, "--window", "60s")
    assert b"6 lines so far; with another --window the window and the alerts start empty" in outcome.err
    assert outcome.objects[-1]["hits"] == 6
    assert outcome.objects[-1]["health"]["lines"] == 6
    assert b"another" not in run(*options, "--window", "60s", "--alert-threshold", "3").err


def test_with_another_filter_it_says_what_starts_empty(log: Path, tmp_path: Path) -> None:
    options = ("--file", log, "--state-dir", tmp_path / "state", "--from-start", "--duration", "1", *OPTIONS)
    append(log, lines_now(6))
    run(*options)
    outcome = run(*options, "--filter", "status > 1", "--trust-proxy", "10.0.0.0/8")
    assert (
        b"6 lines so far; with another --filter and --trust-proxy the window and the alerts start empty" in outcome.err
    )
    assert outcome.objects[-1]["hits"] == 6
    assert outcome.objects[-1]["health"]["lines"] == 6
    assert (
        b"another"
        not in run(*options, "--filter", "status > 1", "--trust-proxy", "10.0.0.0/8", "--alert-threshold", "3").err
    )


def test_the_format_that_was_found_before_a_restart_is_the_one_that_is_said_and_used(log: Path, tmp_path: Path) -> None:
    options = ("--file", log, "--state-dir", tmp_path / "state", "--from-start", "--duration", "1")
    piece = b'{"time_iso8601":"2025-10-10T13:55:36Z","remote_addr":"::1","request":"GET / HTTP/1.1","status":200}\n'
    append(log, lines_now(6))
    assert b"auto, found common (6 of 6 lines fit)" in run(*options).err
    # These are most of the last lines, and were written between two looks.
    append(log, piece * 300)
    outcome = run(*options)
    assert b"auto, resumes with common\n" in outcome.err
    assert b"as its first line shows" not in outcome.err
    words = b" ".join(outcome.err.split())
    assert b"the format has changed from common to nginx_json, which is read from here on" in words
    outcome = run(*options)
    assert b"auto, resumes with nginx_json\n" in outcome.err
    health = run(*options, "--output", "ndjson").objects[-1]["health"]
    assert (health["lines"], health["malformed"]) == (306, 20)


def test_without_state_nothing_is_kept_and_nothing_is_found(log: Path, tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path / "state")}
    append(log, lines_now(6))
    run("--file", log, "--no-state", "--duration", "1", *OPTIONS, env=environment)
    assert not (tmp_path / "state").exists()
    run("--file", log, "--duration", "1", *OPTIONS, env=environment)
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["http_monitor"]


def test_a_state_directory_that_cannot_be_is_said_and_the_log_is_followed(log: Path, tmp_path: Path) -> None:
    append(log, lines_now(2))
    outcome = run("--file", log, "--state-dir", log / "state", "--from-start", "--duration", "1", *OPTIONS)
    assert outcome.code == 0
    assert b"no state is kept: " in outcome.err
    assert b"Not a directory" in outcome.err
    assert outcome.objects[-1]["hits"] == 2


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: str(reader[1]))
def test_files_that_match_later_are_picked_up_and_resumed_after_a_kill(tmp_path: Path, reader: tuple[str, str]) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    options = ("--file", f"{folder}/*.log", "--state-dir", tmp_path / "state", *OPTIONS, *reader)
    with Program(*options) as program:
        program.err.having("missing, waiting for it")
        append(folder / "a.log", lines_now(3))
        program.until_hits(3)
        append(folder / "b.log", lines_now(4))
        program.err.having("b.log: new, reading it from its start")
        _kill(program)
    append(folder / "a.log", lines_now(1))
    append(folder / "c.log", lines_now(2))
    with Program(*options) as program:
        _until_lines(program, 10)
        summary = program.stop().objects[-1]
    assert (summary["hits"], summary["health"]["lines"]) == (10, 10)


def test_a_prefix_that_cannot_be_run_is_a_state(log: Path) -> None:
    with Program("--file", log, "--via", "no-such-program --option", "--no-state", *OPTIONS) as program:
        said = program.err.having("cannot be reached")
        outcome = program.stop()
    assert "no-such-program" in said
    assert outcome.code == 0
    assert outcome.objects[-1]["hits"] == 0


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="there is no /proc to count descriptors in")
def test_rotations_leave_no_descriptors_behind(log: Path, tmp_path: Path) -> None:
    options = ("--file", log, "--state-dir", tmp_path / "state", "--rotate-grace", "0", "--from-start", *OPTIONS)
    with Program(*options) as program:
        counts = []
        for number in range(1, 9):
            append(log, lines_now(2))
            program.until_hits(2 * number)
            counts.append(program.descriptors())
            log.rename(log.with_name(f"access.log-2026110{number}"))
        program.stop()
    assert max(counts[2:]) <= counts[1] + 1
