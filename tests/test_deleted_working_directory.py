"""Relative paths where the working directory has been deleted, before the start or after it."""

import shutil
from pathlib import Path

import pytest

from http_monitor.sources.nearest_file import nearest_file
from tests.program import Program, lines_now

_GONE = "the working directory is gone, and the path begins there"


def _behind(directory: Path) -> list[str]:
    """Return a command that becomes the program in a working directory that it has deleted."""
    directory.mkdir()
    return ["/bin/sh", "-c", 'cd "$0" && rmdir "$0" && exec "$@"', str(directory)]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--replay", "--file", "access.log"], 3, f"access.log is missing: {_GONE}"),
        (["--replay", "--file", "./access.log", "--since", "30m"], 3, f"./access.log is missing: {_GONE}"),
        (["--replay", "--file", "*.log"], 3, "*.log matches no file"),
        (["--explain", "--file", "access.log"], 3, f"access.log is missing: {_GONE}"),
        (["--file", "/x.log", "--format-from", "a.conf"], 2, "--format-from: a.conf: cannot be read (No such file or"),
        (["--give-me-traffic", "--file", "x.log"], 3, "--give-me-traffic does not write to x.log: its folder does not"),
    ],
)
def test_a_relative_path_leads_nowhere_in_words(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    with Program(*arguments, behind=_behind(tmp_path / "gone")) as program:
        ended = program.wait()

    assert (ended.code, ended.out) == (code, b"")
    assert ended.err.decode().startswith(f"http_monitor: {said}")
    assert ended.err.count(b"\n") == 1


@pytest.mark.parametrize("given", ["access.log", "./*.log"])
def test_a_live_run_says_that_the_file_cannot_come_and_waits_as_ever(tmp_path: Path, given: str) -> None:
    with Program("--file", given, behind=_behind(tmp_path / "gone")) as program:
        program.err.having(f"{given} is missing: {_GONE}")
        program.err.having(f"no state is kept: {_GONE}")
        program.err.having(f"{given}: missing, waiting for it")
        ended = program.stop()

    assert ended.code == 0
    assert b"Traceback" not in ended.err


def test_a_state_directory_that_begins_there_is_said_not_to_be_usable(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(lines_now(2))
    with Program("--file", log, "--state-dir", "kept", behind=_behind(tmp_path / "gone")) as program:
        said = program.err.having("no state is kept")
        ended = program.stop()

    assert said.partition("http_monitor: ")[2] == "no state is kept: kept: No such file or directory\n"
    assert ended.code == 0


def test_a_working_directory_that_is_deleted_later_ends_no_run(tmp_path: Path) -> None:
    directory = tmp_path / "here"
    directory.mkdir()
    (directory / "access.log").write_bytes(lines_now(1))
    with Program("--file", "access.log", "--no-state", cwd=directory, fresh=True) as program:
        program.err.having("Format")
        shutil.rmtree(directory)
        program.err.having("access.log: missing, waiting for it")
        ended = program.stop()

    assert ended.code == 0
    assert b"Traceback" not in ended.err


def test_a_path_that_leads_nowhere_is_like_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "gone"
    directory.mkdir()
    monkeypatch.chdir(directory)
    directory.rmdir()
    (tmp_path / "access.log").write_bytes(b"")

    assert nearest_file("acces.log") is None
    assert nearest_file(str(tmp_path / "acces.log")) == str(tmp_path / "access.log")
