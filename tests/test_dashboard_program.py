"""The real program with --dashboard on a pseudo-terminal: its start, and every end it can have."""

import os
import re
import signal
from pathlib import Path

import pytest

from tests.program import lines_now, run
from tests.terminal import Terminal, without_colour

LINE = '203.0.113.9 - - [10/Oct/2025:13:55:{:02} +0000] "GET /basket HTTP/1.1" 200 7\n'
LOG = "".join(LINE.format(number) for number in range(30))
_MODES = {
    "1049": "l",
    "25": "h",
    "2004": "l",
    "1004": "l",
    "7": "h",
    "1000": "l",
    "1003": "l",
    "1006": "l",
    "2048": "l",
}
"""Private modes of terminals, and what each is usually set to."""
_FAILS = """
import sys
from {module} import {owner}
from http_monitor.cli import main
before, calls = {owner}.{method}, []
def fails(self, *arguments, **options):
    calls.append(1)
    if len(calls) > 3:
        raise ValueError("GET /secret")
    return before(self, *arguments, **options)
{owner}.{method} = fails
sys.exit(main())
"""
_CRASHES = {
    "a frame": _FAILS.format(module="http_monitor.dashboard.painter", owner="Painter", method="paint"),
    "an answer": _FAILS.format(module="http_monitor.dashboard.screen_app", owner="ScreenApp", method="_receive"),
    "a view": _FAILS.format(module="http_monitor.cli.dashboard.late_views", owner="LateViews", method="held"),
    "facts": _FAILS.format(module="http_monitor.cli.dashboard.run", owner="DashboardRun", method="facts"),
}
"""Programs of which a part of the screen fails."""
_HANGS = """
import os, sys, threading
from http_monitor.cli.dashboard.late_views import LateViews
from http_monitor.cli.signals import Stop
from http_monitor.cli import main
LateViews.held = lambda self: threading.Event().wait()
before = Stop.request
def request(self):
    before(self)
    os.write(1, b"asked to end")
Stop.request = request
sys.exit(main())
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text(LOG)
    return path


def assert_left(terminal: Terminal, before: list[object]) -> str:
    """Check that the terminal is as it was; return what stands on it since the screen was left."""
    for mode, usual in _MODES.items():
        set_to = re.findall(rf"\x1b\[\?{mode}([hl])", terminal.raw)
        assert set_to[-1:] in ([], [usual]), f"mode {mode}"
    assert terminal.raw.count("\x1b[<u") >= terminal.raw.count("\x1b[>"), "keys are reported in another way"
    assert terminal.attributes == before
    return re.sub(r"\x1b\[[?<]?[0-9;]*[a-z]", "", terminal.raw.rpartition("\x1b[?1049l")[2])


def test_q_leaves_the_screen_and_prints_the_summary_of_text_mode(log: Path) -> None:
    with Terminal(120, "--dashboard", "--replay", log, lines=40) as terminal:
        before = terminal.attributes
        terminal.having("\x1b\\[\\?1049h")
        terminal.having("replay ×10")
        terminal.type(">>")
        terminal.having("finished")
        terminal.type("q")
        assert terminal.wait() == 0
        printed = assert_left(terminal, before)
    with Terminal(120, "--replay", log, lines=40) as text:
        assert text.wait() == 0
    summary = without_colour(text.raw).partition("── Summary")[2]
    assert "30 lines read, 30 counted." in summary
    assert printed.partition("── Summary")[2] == summary


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_the_screen_and_prints_the_summary(log: Path, number: signal.Signals) -> None:
    with Terminal(80, "--dashboard", "--no-state", log) as terminal:
        before = terminal.attributes
        terminal.having("live")
        terminal.send(number)
        assert terminal.wait() == 0
        assert "No line was read." in assert_left(terminal, before)


def test_a_signal_at_the_start_ends_the_program_as_well(log: Path) -> None:
    with Terminal(80, "--dashboard", "--no-state", log) as terminal:
        before = terminal.attributes
        terminal.having("\x1b\\[\\?1049h")
        terminal.send(signal.SIGTERM)
        assert terminal.wait() == 0
        assert_left(terminal, before)


def test_ctrl_c_is_a_key_like_q(log: Path) -> None:
    with Terminal(80, "--dashboard", "--no-state", log) as terminal:
        before = terminal.attributes
        terminal.having("live")
        terminal.press_ctrl_c()
        assert terminal.wait() == 0
        assert "No line was read." in assert_left(terminal, before)


def test_a_second_signal_ends_the_program_at_once_and_the_terminal_is_as_it_was(log: Path) -> None:
    with Terminal(80, "--dashboard", "--no-state", log, starts=("-c", _HANGS)) as terminal:
        before = terminal.attributes
        terminal.having("access.log")
        terminal.send(signal.SIGTERM)
        terminal.having("asked to end")
        terminal.send(signal.SIGTERM)
        assert terminal.wait() == -signal.SIGTERM
        assert_left(terminal, before)


def test_the_screen_comes_back_after_ctrl_z(log: Path) -> None:
    with Terminal(80, "--dashboard", "--no-state", log) as terminal:
        before = terminal.attributes
        terminal.having("live")
        terminal.send(signal.SIGTSTP)
        terminal.wait_until_stopped()
        terminal.having("\x1b\\[\\?1049l")
        assert terminal.attributes == before
        terminal.send(signal.SIGCONT)
        terminal.having("\x1b\\[\\?1049h")
        terminal.having("live")
        terminal.type("q")
        assert terminal.wait() == 0
        assert_left(terminal, before)


def test_a_closed_terminal_ends_the_program_and_its_position_is_kept(log: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with Terminal(80, "--dashboard", "--state-dir", state, log) as terminal:
        terminal.having("live")
        assert terminal.hang_up() == 0
    with log.open("a") as more:
        more.write(LINE.format(59))
    resumed = run("--state-dir", state, log, "--duration", "1")
    assert resumed.out.startswith(b"Caught up: 0 s of log, 1 line, 0 alerts.")


@pytest.mark.parametrize("crash", _CRASHES)
def test_a_crash_of_the_screen_is_one_line_without_text_of_the_log_and_the_run_is_kept(
    log: Path, tmp_path: Path, crash: str
) -> None:
    state = tmp_path / "state"
    arguments = ("--dashboard", "--from-start", "--refresh", "10", "--state-dir", state, log)
    with Terminal(80, *arguments, starts=("-c", _CRASHES[crash])) as terminal:
        before = terminal.attributes
        assert terminal.wait() == 1
        printed = assert_left(terminal, before)
    said = r"http_monitor: the dashboard failed \(ValueError( in [a-z_/]+\.py:[0-9]+)?\), and the run was stopped"
    (line,) = (line for line in printed.splitlines() if "http_monitor:" in line)
    assert re.fullmatch(said, line)
    assert "secret" not in terminal.raw
    assert "Traceback" not in terminal.raw
    # On a busy machine the screen may have failed before anything was read.
    assert re.search(r"[0-9]+ lines? read, |No line was read\.", printed)
    assert list(state.rglob("*.json*")) or list(state.iterdir())


def test_what_is_typed_at_once_is_done_in_its_order(log: Path) -> None:
    with Terminal(120, "--dashboard", "--replay", "--refresh", "10", log, lines=40) as terminal:
        terminal.type(">>")
        terminal.having("finished")
        # Ctrl-U within the text, and keys of the screen behind Enter.
        terminal.type("fstatus >= 500\x15method == GET\rl")
        terminal.having(r"\[method == GET\]")
        terminal.having("▸8 Lines")
        terminal.type("f\x15again\rq")
        terminal.having("column 1: got 'again'")
        terminal.type("\x15\rq")
        assert terminal.wait() == 0


def test_a_run_that_ends_by_itself_leaves_the_screen(log: Path) -> None:
    with Terminal(80, "--dashboard", "--no-state", "--duration", "1", log) as terminal:
        before = terminal.attributes
        assert terminal.wait() == 0
        assert "No line was read." in assert_left(terminal, before)


def test_a_run_that_cannot_begin_says_what_text_mode_says(tmp_path: Path) -> None:
    missing = tmp_path / "missing.log"
    with Terminal(200, "--dashboard", "--replay", missing) as terminal:
        before = terminal.attributes
        assert terminal.wait() == 3
        printed = assert_left(terminal, before)
    assert printed.splitlines() == run("--replay", missing).err.decode().splitlines()


def test_a_run_that_fails_shows_why_until_the_screen_is_left(tmp_path: Path) -> None:
    log = tmp_path / "some.log"
    log.write_text("no line of a log\n" * 2_000)
    with Terminal(200, "--dashboard", "--replay", log, lines=40) as terminal:
        before = terminal.attributes
        terminal.having("failed")
        terminal.type("q")
        assert terminal.wait() == 4
        printed = assert_left(terminal, before)
    assert printed.splitlines()[-1] == run("--replay", log).err.decode().splitlines()[-1]


def test_a_log_from_standard_input_leaves_the_keys_to_the_terminal() -> None:
    reads, writes = os.pipe()
    with Terminal(80, "--dashboard", "--file", "-", stdin=reads) as terminal:
        os.close(reads)
        before = terminal.attributes
        # At now the tables answer for the window of the clock.
        os.write(writes, lines_now(30, path=b"/basket"))
        terminal.having("standard input")
        terminal.having("/basket")
        terminal.type("q")
        assert terminal.wait() == 0
        assert "30 lines read, 30 counted." in assert_left(terminal, before)
    os.close(writes)


def test_the_screen_is_on_standard_output_wherever_errors_go(log: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    arguments = ("--dashboard", "--no-state", log)
    with (
        errors.open("w") as file,
        Terminal(100, *arguments, lines=30, stderr=file.fileno(), env={"PYTHONUNBUFFERED": "1"}) as terminal,
    ):
        before = terminal.attributes
        terminal.having("live")
        terminal.type("q")
        assert terminal.wait() == 0
        assert "No line was read." in assert_left(terminal, before)
    # The last row was drawn: the size of the terminal is known.
    assert "\x1b[30;1H" in terminal.raw
    assert errors.read_text() == ""


def test_without_a_terminal_one_line_says_what_to_do_instead(log: Path) -> None:
    outcome = run("--dashboard", log)
    assert (outcome.code, outcome.out) == (2, b"")
    assert outcome.err == (
        b"http_monitor: --dashboard: standard output is no terminal; without it, reports are printed as text\n"
    )


def test_a_terminal_that_cannot_place_a_cursor_is_told_of_text(log: Path) -> None:
    with Terminal(120, "--dashboard", log, env={"TERM": "dumb"}) as terminal:
        assert terminal.wait() == 2
    assert terminal.raw == (
        "http_monitor: --dashboard: the terminal cannot place a cursor (TERM is dumb);"
        " without it, reports are printed as text\r\n"
    )


def test_a_terminal_without_keys_is_told_of_text(log: Path) -> None:
    with open(os.devnull) as nothing, Terminal(120, "--dashboard", log, stdin=nothing.fileno()) as terminal:
        assert terminal.wait() == 2
    assert terminal.raw == (
        "http_monitor: --dashboard: standard input is no terminal, and has no keys; without it, reports are printed"
        " as text\r\n"
    )


def test_what_is_no_text_for_people_is_refused(log: Path) -> None:
    outcome = run("--dashboard", "--output", "ndjson", log)
    assert outcome.code == 2
    assert outcome.err == (b"http_monitor: --dashboard: got --output ndjson too, takes a terminal and --output text\n")
