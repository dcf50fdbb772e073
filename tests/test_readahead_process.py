"""The process that reads and parses beside a replay: how it ends, and what is known here of its errors."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from http_monitor.errors import WorkerError
from http_monitor.inputs.input import Input
from http_monitor.inputs.readahead.child_process import ChildProcess
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.source import Chunk
from http_monitor.settings import Settings
from http_monitor.sources.stdin import StdinSource
from tests.engine_strategies import START_S
from tests.harness import ScriptedSource, make_monitor, replay
from tests.program import DEADLINE_S, ROOT, Program, lines_at

if sys.platform != "linux":
    pytest.skip("nothing is forked here", allow_module_level=True)

from http_monitor.clock import ReplayClock
from http_monitor.inputs.readahead.process import ProcessAhead

# Unlike the program, these tests fork where other threads are, those of who runs the tests; Python 3.12 tells.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

_LINES = lines_at([START_S + second for second in range(0, 60, 2)])
_FOLLOWED = ("--replay", "--lateness", "1s", "--file", "-", "--output", "ndjson", "--threads", "2")
_ADVICE = "; --threads 1 does without it"


@pytest.fixture
def silent() -> Iterator[Input]:
    """Return an input that has nothing to give and does not end."""
    reading, writing = os.pipe()
    yield Input(StdinSource(lambda: None, block=True, descriptor=reading), get_format("auto"), 0, explain)
    os.close(reading)
    os.close(writing)


@pytest.fixture
def running() -> Iterator[tuple[Program, int]]:
    """Return the program, waiting for more lines, and the process beside it."""
    with Program(*_FOLLOWED, behind=["setsid"]) as program:
        program.write(_LINES)
        program.until_hits(25)
        (child,) = program.children()
        yield program, child


def _open_files() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


def test_a_process_that_is_killed_is_told_of(silent: Input) -> None:
    ahead = ProcessAhead([silent])
    ahead.begin(silent)
    assert ahead.pid is not None
    os.kill(ahead.pid, signal.SIGKILL)
    with pytest.raises(WorkerError) as raised:
        while True:
            ahead.next_look(silent)
    assert str(raised.value) == f"the process that reads and parses was ended by SIGKILL (out of memory?){_ADVICE}"
    ahead.close()


def test_the_user_reads_one_line_when_the_process_is_killed(running: tuple[Program, int]) -> None:
    program, child = running
    os.kill(child, signal.SIGKILL)
    outcome = program.wait()
    said = f"http_monitor: the process that reads and parses was ended by SIGKILL (out of memory?){_ADVICE}\n"
    assert (outcome.code, outcome.err.decode()) == (1, said)
    assert all(thing["type"] == "report" for thing in outcome.objects)


def test_a_process_that_cannot_be_had_is_told_of(silent: Input, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    before = _open_files()
    monkeypatch.setattr(os, "fork", refuse)
    ahead = ProcessAhead([silent])
    with pytest.raises(WorkerError) as raised:
        ahead.next_look(silent)
    words = "cannot start a process that reads and parses: Resource temporarily unavailable"
    assert str(raised.value) == words + _ADVICE
    ahead.close()
    assert _open_files() == before


class _Odd(ScriptedSource):
    def read(self) -> Chunk:
        return Chunk(bytes([1 // 0]))


class _Full(ScriptedSource):
    def read(self) -> Chunk:
        raise MemoryError


def test_too_little_memory_is_raised_here_without_a_traceback() -> None:
    monitor, _ = make_monitor(Settings(replay=True), [_Full([], ends=True)], ReplayClock(), make_ahead=ProcessAhead)
    with pytest.raises(MemoryError):
        while True:
            monitor.step()
    monitor.close_inputs()


def test_an_unexpected_error_is_raised_here_with_its_traceback() -> None:
    before = _open_files()
    monitor, _ = make_monitor(Settings(replay=True), [_Odd([], ends=True)], ReplayClock(), make_ahead=ProcessAhead)
    with pytest.raises(RuntimeError) as raised:
        while True:
            monitor.step()
    monitor.close_inputs()
    first, second, *_, last = str(raised.value).splitlines()
    assert (first, second) == ("in the process that reads and parses:", "Traceback (most recent call last):")
    assert last == "ZeroDivisionError: integer division or modulo by zero"
    assert "return Chunk(bytes([1 // 0]))" in str(raised.value)
    assert _open_files() == before


@pytest.mark.parametrize("files", [1, 2, 9])
def test_no_process_and_no_descriptor_is_left(files: int) -> None:
    made: list[ProcessAhead] = []

    def make(inputs: object) -> ProcessAhead:
        assert isinstance(inputs, list)
        made.append(ProcessAhead(inputs))
        return made[-1]

    before = _open_files()
    recorder = replay([[_LINES[:300], _LINES[300:]]] * files, Settings(replay=True), make_ahead=make)
    assert recorder.summary.hits == 30 * files
    assert made[0].pid is not None
    with pytest.raises(ChildProcessError):
        os.waitpid(made[0].pid, 0)
    assert _open_files() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_both_ends_with_the_summary_of_one(number: signal.Signals) -> None:
    ends = []
    for options in ({"threads_only": True}, {}):
        with Program(*_FOLLOWED, behind=["setsid"], **options) as program:  # type: ignore[arg-type]
            program.write(_LINES)
            program.until_hits(25)
            os.killpg(program.pid, number)
            ends.append(program.wait())
    thread, process = ends
    assert (process.code, process.err) == (0, b"")
    assert process.objects[-1]["hits"] == 30
    assert process == thread


def test_a_hangup_that_both_ignore_ends_neither() -> None:
    ignoring = ["setsid", "/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh"]
    with Program(*_FOLLOWED, behind=ignoring) as program:
        program.write(_LINES)
        program.until_hits(25)
        os.killpg(program.pid, signal.SIGHUP)
        program.write(lines_at([START_S + second for second in range(60, 120, 2)]))
        program.end_input()
        ended = program.wait()
    assert (ended.code, ended.err) == (0, b"")
    assert ended.objects[-1]["hits"] == 60


def test_the_process_goes_when_who_started_it_is_killed(running: tuple[Program, int]) -> None:
    program, child = running
    watched = os.pidfd_open(child)
    program.send(signal.SIGKILL)
    gone, _, _ = select.select([watched], [], [], DEADLINE_S)
    os.close(watched)
    assert gone == [watched]


def test_who_reads_the_output_need_not_wait_for_the_process(running: tuple[Program, int]) -> None:
    _, child = running
    assert os.readlink(f"/proc/{child}/fd/1") == os.devnull


def _echo(theirs: socket.socket) -> None:
    while said := theirs.recv(100):
        theirs.send(said)


def _nothing(theirs: socket.socket, error: BaseException) -> None:
    pass


def test_a_child_that_gets_signals_keeps_running() -> None:
    child = ChildProcess(_echo, _nothing)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(child.pid, number)
        child.socket.send(b"there?")
        assert child.socket.recv(100) == b"there?"
    assert child.end() == "was ended by SIGKILL"


def test_a_child_ends_at_the_end_of_its_socket() -> None:
    child = ChildProcess(_echo, _nothing)
    child.socket.close()
    _, status = os.waitpid(child.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_child_that_fails_to_tell_why_ends_with_a_code() -> None:
    def fail(theirs: socket.socket) -> None:
        raise ZeroDivisionError

    child = ChildProcess(fail, lambda theirs, error: fail(theirs))
    assert child.socket.recv(100) == b""
    assert child.end() == "ended with exit code 1"


def test_signals_are_as_before_here() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    ChildProcess(_echo, _nothing).end()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == handlers


_ENDS = """
import atexit, sys
from http_monitor.inputs.readahead.child_process import ChildProcess
atexit.register(lambda: print("at the end"))
sys.stdout.write("once, ")
child = ChildProcess(lambda theirs: theirs.send(theirs.recv(9)), lambda theirs, error: None)
child.socket.send(b"go")
child.socket.recv(9)
assert child.socket.recv(9) == b""
child.end()
"""


def test_what_is_done_at_the_end_is_done_once(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _ENDS], capture_output=True, cwd=ROOT, timeout=DEADLINE_S, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("once, at the end\n", "", 0)


_COUNTS = """
import threading
from http_monitor.inputs.readahead.child_process import can_fork
alone = can_fork()
go = threading.Event()
thread = threading.Thread(target=go.wait)
thread.start()
beside = can_fork()
go.set()
thread.join()
print(alone, beside)
"""


def test_only_a_process_of_one_thread_is_forked() -> None:
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
    done = subprocess.run(
        [sys.executable, "-c", _COUNTS], capture_output=True, cwd=ROOT, env=env, timeout=DEADLINE_S, text=True
    )
    assert (done.stdout, done.stderr) == ("True False\n", "")
