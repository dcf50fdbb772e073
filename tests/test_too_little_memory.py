"""Too little memory, and a terminal that is gone, end the program in words and as the README has it."""

import os
import pty
import resource
import subprocess
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from http_monitor.cli import program
from http_monitor.cli.signals import Stop
from http_monitor.errors import lacks_memory
from tests.program import DEADLINE_S, ROOT, command, environment, lines_now

_WORDS = "http_monitor: there is too little memory, or the limit of it is too low\n"


def _caused(by: BaseException) -> BaseException:
    error = ImportError("a library says nothing of use")
    error.__context__ = by
    return error


@pytest.mark.parametrize(
    ("error", "lacks"),
    [
        (MemoryError(), True),
        (pa.ArrowMemoryError("malloc of size 64 failed"), True),
        (OSError(12, "Cannot allocate memory"), True),
        (ImportError("libarrow.so: failed to map segment from shared object"), True),
        (SystemError("error return without exception set"), True),
        (_caused(ImportError("libgfortran.so: cannot allocate memory in static TLS block")), True),
        (_caused(MemoryError()), True),
        (ImportError("No module named 'numpy'"), False),
        (OSError(28, "No space left on device"), False),
        (ValueError("failed to map segment"), False),
    ],
)
def test_what_is_raised_for_want_of_memory_is_known(error: BaseException, lacks: bool) -> None:
    assert lacks_memory(error) is lacks


def _run_within(limit: int, *arguments: str | Path) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        env=environment({}),
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        timeout=DEADLINE_S,
        check=False,
    )


@pytest.mark.parametrize("mode", ["--replay", "--from-start"])
# Under the first, OpenBLAS ends the process; under the last but one Arrow aborts a replay, under the last a live run.
@pytest.mark.parametrize("limit_kb", [80_000, 150_000, 180_000, 205_000])
def test_too_little_memory_from_the_start_is_said_in_one_line(tmp_path: Path, mode: str, limit_kb: int) -> None:
    log = tmp_path / "0.log"
    log.write_bytes(lines_now(9))

    ended = _run_within(limit_kb << 10, "--file", log, mode, "--no-state", "--output", "ndjson")

    assert (ended.returncode, ended.stdout, ended.stderr.decode()) == (1, b"", _WORDS)


def test_a_limit_that_suffices_changes_nothing(tmp_path: Path) -> None:
    log = tmp_path / "0.log"
    log.write_bytes(lines_now(9))

    limited = _run_within(1_000_000_000, "--file", log, "--replay")
    unlimited = _run_within(resource.RLIM_INFINITY, "--file", log, "--replay")

    assert (limited.returncode, limited.stdout, limited.stderr) == (0, unlimited.stdout, unlimited.stderr)
    assert b"9 lines read, 9 counted." in limited.stdout


def test_help_needs_no_memory_for_libraries() -> None:
    ended = _run_within(80_000 << 10, "--help")

    assert (ended.returncode, ended.stderr) == (0, b"")


def test_too_little_memory_later_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*anything: object) -> int:
        raise MemoryError

    monkeypatch.setattr(program, "_run", full)

    assert program.main(["--no-state"]) == 1
    assert capsys.readouterr().err == _WORDS


def test_a_thread_that_has_too_little_memory_ends_the_run(capfd: pytest.CaptureFixture[str]) -> None:
    def ended(by: Exception) -> Stop:
        def run() -> None:
            raise by

        stop = Stop()
        with stop.handle_lack_of_memory():
            thread = threading.Thread(target=run)
            thread.start()
            thread.join(DEADLINE_S)
        return stop

    lacking = ended(MemoryError())
    assert (lacking.lacks_memory, lacking.is_requested()) == (True, True)
    assert lacking.waker.wait(0.0)
    assert capfd.readouterr().err == ""


def test_a_terminal_that_is_gone_is_a_reader_that_is_gone(tmp_path: Path) -> None:
    log = tmp_path / "0.log"
    log.write_bytes(lines_now(9))
    screen, inner = pty.openpty()
    process = subprocess.Popen(
        command("--file", log, "--from-start", "--no-state", "--output", "ndjson", "--interval", "1"),
        stdin=inner,
        stdout=inner,
        stderr=subprocess.DEVNULL,
        env=environment({}),
        cwd=ROOT,
    )
    try:
        os.close(inner)
        os.read(screen, 1)
        os.close(screen)

        assert process.wait(DEADLINE_S) == 0
    finally:
        process.kill()
        process.wait(DEADLINE_S)
