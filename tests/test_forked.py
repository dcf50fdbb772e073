"""A fork of the program is to a test what a start of it is."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.forked import can_fork
from tests.program import Program, append, lines_at, lines_now, run

pytestmark = pytest.mark.skipif(not can_fork(None), reason="forks are made on Linux only")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--replay", "--file", "a.log"),
        ("--replay", "--output", "ndjson", "--file", "-"),
        ("--replay", "--file", "none.log"),
        ("--bogus",),
        ("--version",),
        ("--explain", "what is this"),
    ],
    ids=" ".join,
)
def test_a_run_to_the_end_is_that_of_a_fresh_interpreter(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "a.log").write_bytes(lines_at(range(100)))
    zone = {"TZ": "Asia/Tokyo", "COLUMNS": "50"}
    forked, fresh = (run(*arguments, stdin=lines_at([7]), env=zone, cwd=tmp_path, fresh=it) for it in (False, True))
    assert forked == fresh


def test_a_file_is_its_standard_input(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(lines_at(range(100)))
    with log.open("rb") as file:
        assert run("--replay", "--output", "ndjson", "--file", "-", stdin=file).objects[-1]["hits"] == 100


def test_it_answers_signals_and_tells_what_ended_it(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    options = ("--file", log, "--from-start", "--output", "ndjson", "--interval", "1")
    append(log, lines_now(3))
    with Program(*options) as program:
        program.until_hits(3)
        with pytest.raises(subprocess.TimeoutExpired):
            program._process.wait(0)
        assert program.stop(signal.SIGTERM).code == 0
    with Program(*options) as program:
        assert program.stop(signal.SIGKILL).code == -signal.SIGKILL
    assert program._process.returncode == -signal.SIGKILL
