"""The real program is interrupted before it can answer, or asked for what it cannot write."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from http_monitor.cli.streams import buffer_writes
from tests.program import DEADLINE_S, ROOT, command, environment

_INTERRUPTED = """
import os, runpy, signal, sys

class InterruptingFinder:
    def find_spec(self, name, path=None, target=None):
        if name == "http_monitor.cli.program":
            os.kill(os.getpid(), signal.SIGINT)

# As at a terminal; a shell's job in the background would not hear of it.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, InterruptingFinder())
sys.argv = ["http_monitor", "--version"]
"""
_INTERRUPTED_AT_ONCE = """
import _signal, os, pkgutil, runpy, sys

class InterruptingFinder:
    def find_spec(self, name, path=None, target=None):
        if name not in ("http_monitor", "http_monitor.__main__"):
            os.kill(os.getpid(), _signal.SIGINT)

_signal.signal(_signal.SIGINT, _signal.default_int_handler)
sys.meta_path.insert(0, InterruptingFinder())
sys.argv = ["http_monitor", "--version"]
"""
"""The first module that is imported but the program's own: even `signal` takes so long that Ctrl-C hits it."""
_AS_SCRIPT = 'runpy.run_path("main.py", run_name="__main__")'
_AS_MODULE = 'runpy.run_module("http_monitor", run_name="__main__")'
_AS_COMMAND = "from http_monitor.__main__ import main; sys.exit(main())"
"""What the command does that pip installs."""


@pytest.mark.parametrize("start", [_AS_SCRIPT, _AS_MODULE, _AS_COMMAND])
@pytest.mark.parametrize("interrupted", [_INTERRUPTED, _INTERRUPTED_AT_ONCE], ids=["later", "at once"])
def test_an_interrupt_while_the_program_is_imported_ends_it_without_a_word(start: str, interrupted: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", interrupted + start],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        timeout=DEADLINE_S,
    )

    # To a shell this is 130.
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_the_installed_command_is_the_one_that_is_tested_here() -> None:
    assert "    http-monitor = http_monitor.__main__:main\n" in (ROOT / "setup.cfg").read_text("utf-8")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("option", ["-h", "--version", "--list-formats"])
def test_an_answer_that_cannot_be_written_is_exit_3(option: str, unbuffered: str) -> None:
    surroundings = environment({"PYTHONUNBUFFERED": unbuffered})
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(option), stdout=full, stderr=subprocess.PIPE, env=surroundings, timeout=DEADLINE_S
        )

    assert (done.returncode, done.stderr) == (3, b"http_monitor: standard output: No space left on device\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
@pytest.mark.parametrize("option", ["-h", "--list-formats"])
def test_an_answer_has_escapes_for_what_the_encoding_lacks(option: str, encoding: str) -> None:
    surroundings = environment({"PYTHONIOENCODING": encoding})
    done = subprocess.run(command(option), capture_output=True, env=surroundings, timeout=DEADLINE_S)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u2026" in done.stdout


def test_how_the_user_wants_such_characters_written_stays() -> None:
    surroundings = environment({"PYTHONIOENCODING": "ascii:replace"})
    done = subprocess.run(command("-h"), capture_output=True, env=surroundings, timeout=DEADLINE_S)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"(HAProxy, IIS, ?)" in done.stdout


def test_a_wrong_option_is_exit_2_where_it_cannot_be_said_too() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command("--bogus"), stderr=full, env=environment(), timeout=DEADLINE_S)

    assert done.returncode == 2


class _Reluctant(io.RawIOBase):
    """Takes three bytes at a time, as a pipe takes part of a text where a signal comes."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.taken += bytes(data[:3])
        return min(3, len(data))


def test_no_signal_cuts_off_what_is_written_without_a_buffer() -> None:
    raw = _Reluctant()
    stream = buffer_writes(io.TextIOWrapper(cast(Any, raw), "utf-8", write_through=True))
    stream.write("a line of JSON\n")
    stream.flush()

    assert raw.taken == b"a line of JSON\n"
    assert buffer_writes(stream) is stream


@pytest.mark.parametrize("option", ["-h", "--version"])
def test_a_reader_that_goes_before_the_answer_is_no_error(option: str) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = subprocess.run(
            command(option), stdout=pipe, stderr=subprocess.PIPE, env=environment(), timeout=DEADLINE_S
        )

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("options", [(), ("--replay",), ("--explain",), ("--file", "other.log")], ids=" ".join)
def test_a_closed_standard_input_is_refused_and_is_no_empty_log(options: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *command("--file", "-", *options)],
        capture_output=True,
        cwd=ROOT,
        env=environment(),
        timeout=DEADLINE_S,
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, b"", b"http_monitor: standard input is closed\n")
