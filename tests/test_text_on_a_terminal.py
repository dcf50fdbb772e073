"""On a terminal the text is coloured, as wide as the window, and never looks dead."""

import fcntl
import os
import pty
import re
import struct
import termios
from pathlib import Path

import pytest

from http_monitor.cli.streams import width_of
from tests.program import append, lines_now
from tests.terminal import Terminal, drawn, left, without_colour

EVERY_S = ("--interval", "1", "--window", "2", "--lateness", "0")
QUIET_HOSTS = (*EVERY_S, "--ddos-threshold", "1000")
STATUS = r"now [0-9.]+ /s │ average [0-9.]+ of [0-9]+ /s │ next report in [0-9]+ s"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return a log whose name is short enough for a narrow screen, as it is given."""
    path = tmp_path / "access.log"
    path.touch()
    return path


def test_a_written_over_line_is_not_left_on_the_screen() -> None:
    raw = "one\r\n\x1b[1mstatus\x1b[0m\r\x1b[Kx\r\nlong\rAB\r\n"

    assert left(raw) == ["one", "x", "ABng", ""]
    assert drawn(raw) == ["one", "status", "x", "long", "AB", ""]


@pytest.mark.parametrize("columns", [80, 140])
def test_a_status_line_is_refreshed_and_gives_way_to_what_stays(log: Path, columns: int) -> None:
    with Terminal(columns, "--file", log, *QUIET_HOSTS, "--alert-threshold", "4") as terminal:
        terminal.having("next report in")
        terminal.having("next report in")
        append(log, lines_now(20))
        terminal.having("High traffic generated an alert - hits = 10.00")
        terminal.having("1 alert active")
        terminal.having("High traffic alert recovered")
        terminal.having("next report in")
        terminal.press_ctrl_c()
        assert terminal.wait() == 0

    assert re.search(STATUS, without_colour(terminal.raw)) is not None
    stays = left(terminal.raw)
    assert [line for line in stays if "next report in" in line] == []
    assert stays[-1] == ""
    assert "  20 lines read, 20 counted." in stays
    assert [line for line in stays if "^C" in line] == []
    alerts = re.compile("High traffic|Flood")
    too_wide = [line for line in drawn(terminal.raw) if len(line) > columns and not alerts.match(line)]
    assert [line for line in too_wide if str(log.parent) not in line] == []
    block, _ = [number for number, line in enumerate(stays) if "  20 hits " in line]
    assert max(map(len, stays[block - 1 : block + 3])) == columns


def test_a_raise_is_red_and_a_recovery_green(log: Path) -> None:
    with Terminal(80, "--file", log, *QUIET_HOSTS, "--alert-threshold", "4") as terminal:
        terminal.having("next report in")
        append(log, lines_now(20))
        # To its end: the terminal may echo ^C between what a line says and the line end.
        terminal.having("recovered at [^\r]*\r\n")
        terminal.press_ctrl_c()
        terminal.wait()

    assert re.search(r"\x1b\[1m\x1b\[31mHigh traffic generated [^\r]*\x1b\[0m\r\n", terminal.raw)
    assert re.search(r"\x1b\[1m\x1b\[32mHigh traffic alert recovered [^\r]*\x1b\[0m\r\n", terminal.raw)


@pytest.mark.parametrize(
    ("arguments", "env"),
    [((), {"NO_COLOR": "1"}), (("--color", "never"), {}), ((), {"TERM": "dumb"})],
    ids=["NO_COLOR", "never", "dumb"],
)
def test_without_colour_no_code_at_all_is_written(log: Path, arguments: tuple[str, ...], env: dict[str, str]) -> None:
    with Terminal(80, "--file", log, *EVERY_S, *arguments, env=env) as terminal:
        terminal.having("next report in")
        terminal.having("no hits")
        terminal.having("next report in")
        terminal.press_ctrl_c()
        assert terminal.wait() == 0

    assert "\x1b" not in terminal.raw
    assert [line for line in left(terminal.raw) if "next report in" in line or "^C" in line] == []


def test_a_window_that_is_made_wider_is_used(log: Path) -> None:
    with Terminal(80, "--file", log, *EVERY_S) as terminal:
        terminal.having("next report in")
        terminal.resize(140)
        append(log, lines_now(20))
        terminal.having("Flood from")
        terminal.press_ctrl_c()
        terminal.wait()

    (title,) = [line for line in left(terminal.raw) if line.startswith("── Summary ")]
    assert len(title) == 140


def test_the_width_is_used_where_nothing_is_buffered_too(log: Path) -> None:
    append(log, lines_now(20))
    with Terminal(140, "--replay", "--file", log, env={"PYTHONUNBUFFERED": "1"}) as terminal:
        assert terminal.wait() == 0

    (title,) = [line for line in left(terminal.raw) if line.startswith("── Summary ")]
    assert len(title) == 140


@pytest.mark.parametrize(("told", "columns"), [("", 132), ("99", 99), ("0", 132), ("wide", 132)])
def test_the_width_is_that_of_the_terminal_which_is_asked(
    monkeypatch: pytest.MonkeyPatch, told: str, columns: int
) -> None:
    screen, inner = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 132, 0, 0))
    monkeypatch.setenv("COLUMNS", told)
    try:
        with os.fdopen(inner, "w") as terminal:
            assert width_of(terminal) == columns
    finally:
        os.close(screen)


def test_a_terminal_that_does_not_know_its_width_has_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, inner = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
    monkeypatch.delenv("COLUMNS", raising=False)
    try:
        with os.fdopen(inner, "w") as terminal:
            assert width_of(terminal) == 80
    finally:
        os.close(screen)


def test_a_replay_has_no_status_line(log: Path) -> None:
    append(log, lines_now(20))
    with Terminal(80, "--replay", "--file", log) as terminal:
        assert terminal.wait() == 0

    assert "next report in" not in terminal.raw
    assert "\r" not in terminal.raw.replace("\r\n", "")
