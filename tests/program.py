"""The real program in a process of its own; who waits, waits for something it says.

It is forked from a process that has imported it, unless a test wants a fresh interpreter (`tests/forked.py`).
"""

import datetime
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from http_monitor.clock import WallClock
from tests.forked import INTERPRETER, Forked, can_fork

ROOT = Path(__file__).resolve().parents[1]
MAIN = ROOT / "main.py"
SHARED = ROOT / ".." / "shared"
DEADLINE_S = 60.0
"""No event of these tests takes a fraction of it, however busy the machine is."""
_PATIENCE = 2_000
"""Number of lines that are searched for an awaited one."""

Json = dict[str, Any]
_STATES = tempfile.TemporaryDirectory(prefix="http_monitor-states-")


_THREADS_ONLY = """
import sys
from http_monitor.inputs.readahead import child_process as forked
forked.can_fork = lambda: False
from http_monitor.cli import main
sys.exit(main())
"""


def command(*arguments: str | Path, threads_only: bool = False) -> list[str]:
    program = ["-c", _THREADS_ONLY] if threads_only else [str(MAIN)]
    return [sys.executable, *program, *map(str, arguments)]


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of the program: this one without what changes its output, with those changes."""
    changing = ("NO_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONUNBUFFERED")
    kept = {name: value for name, value in os.environ.items() if name not in changing}
    # No run finds the checkpoint of another, unless it is told where.
    state = tempfile.mkdtemp(dir=_STATES.name)
    fixed = {"TZ": "UTC", "XDG_STATE_HOME": state, **INTERPRETER}
    return {**kept, **fixed, **(changes or {})}


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    code: int
    out: bytes
    err: bytes

    @property
    def objects(self) -> list[Json]:
        return [json.loads(line) for line in self.out.splitlines()]


def run(
    *arguments: str | Path,
    stdin: bytes | IO[bytes] = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    threads_only: bool = False,
    fresh: bool = False,
) -> Outcome:
    """Run the program to its end; the arguments are those of `Program`."""
    file = None if isinstance(stdin, bytes) else stdin
    with Program(*arguments, stdin=file, env=env, cwd=cwd, threads_only=threads_only, fresh=fresh) as program:
        if isinstance(stdin, bytes):
            with suppress(BrokenPipeError):  # it need not read it
                program.write(stdin)
            program.end_input()
        return program.wait()


class Program:
    """The program while it runs, its output read by two threads line by line.

    Args:
        arguments: Of the program.
        stdin: A file that it reads; None: what is written to it.
        env: Changes of its environment.
        cwd: Its working directory.
        behind: Words of a command that becomes it.
        threads_only: Whether it is as on a system where it cannot fork.
        fresh: Whether an interpreter is started for it.
    """

    def __init__(
        self,
        *arguments: str | Path,
        stdin: IO[bytes] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        behind: Sequence[str] = (),
        threads_only: bool = False,
        fresh: bool = False,
    ) -> None:
        self._process: subprocess.Popen[bytes] | Forked
        if fresh or behind or not can_fork(env):
            self._process = subprocess.Popen(
                [*behind, *command(*arguments, threads_only=threads_only)],
                stdin=subprocess.PIPE if stdin is None else stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment(env),
                cwd=cwd,
            )
        else:
            words = list(map(str, arguments))
            self._process = Forked(MAIN, words, env=environment(env), cwd=cwd, stdin=stdin, threads_only=threads_only)
        self.out = Stream(self._process.stdout)
        self.err = Stream(self._process.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait(DEADLINE_S)
        for stream in (self.out, self.err):
            stream.close()
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    @property
    def pid(self) -> int:
        return self._process.pid

    def descriptors(self) -> int:
        """Return how many files it has open."""
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))

    def children(self) -> list[int]:
        """Return the processes that it has started and not waited for."""
        return list(map(int, Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()))

    def write(self, data: bytes) -> None:
        """Write to its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def end_input(self) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def object(self, wanted: Callable[[Json], bool]) -> Json:
        """Read NDJSON on stdout up to the first object that is wanted."""
        found: Json = json.loads(self.out.line(lambda line: wanted(json.loads(line))))
        return found

    def report(self) -> Json:
        """Read up to the next report."""
        return self.object(lambda message: message["type"] == "report")

    def alert(self, state: str) -> Json:
        return self.object(lambda message: message["type"] == "alert" and message["state"] == state)

    def until_hits(self, hits: int) -> None:
        """Read on until that many hits have been reported since the start, late ones included."""
        total = sum(hits_of(json.loads(line)) for line in self.out.seen)
        while total < hits:
            total += hits_of(self.report())

    def wait(self) -> Outcome:
        """Read on to the end."""
        out, err = self.out.rest(), self.err.rest()
        return Outcome(self._process.wait(DEADLINE_S), out, err)

    def stop(self, number: signal.Signals = signal.SIGINT) -> Outcome:
        """Stop it by a signal; what it said from the start is in the outcome."""
        self.send(number)
        return self.wait()


def hits_of(message: Json) -> int:
    """Return how many accepted lines a message tells of for the first time."""
    return int(message["hits"]) + int(message["late_hits"]) if message["type"] == "report" else 0


def shown_hits(messages: Iterable[Json]) -> int:
    return sum(map(hits_of, messages))


class Stream:
    """The lines of one output."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        assert stream is not None
        self._stream = stream
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.seen: list[bytes] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def line(self, wanted: Callable[[bytes], bool]) -> bytes:
        """Read up to the first line that is wanted, and return it."""
        for _ in range(_PATIENCE):
            line = self._lines.get(timeout=DEADLINE_S)
            if not line:
                raise AssertionError(f"ended without what was waited for: {b''.join(self.seen)!r}")
            self.seen.append(line)
            if wanted(line):
                return line
        raise AssertionError(f"says other things: {b''.join(self.seen[-20:])!r}")

    def having(self, text: str) -> str:
        """Read up to the first line that has this text in it."""
        return self.line(lambda line: text.encode() in line).decode()

    def rest(self) -> bytes:
        """Read to the end; return everything from the start."""
        while line := self._lines.get(timeout=DEADLINE_S):
            self.seen.append(line)
        self._lines.put(b"")
        return b"".join(self.seen)

    def close(self) -> None:
        self._thread.join(DEADLINE_S)
        self._stream.close()

    def _read(self) -> None:
        for line in self._stream:
            self._lines.put(line)
        self._lines.put(b"")


def stamp(time_us: int) -> bytes:
    """Return the time of a log line, in UTC."""
    moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=time_us)
    return f"{moment:%d/%b/%Y:%H:%M:%S +0000}".encode()


def lines_now(hits: int, *, path: bytes = b"/pages/create", status: int = 200, host: bytes = b"192.0.2.1") -> bytes:
    """Return common log lines of this moment."""
    time = stamp(WallClock().now_us())
    return b'%s - james [%s] "GET %s HTTP/1.0" %d 123\n' % (host, time, path, status) * hits


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def lines_at(times_s: Sequence[int], *, path: bytes = b"/pages/create", host: bytes = b"192.0.2.1") -> bytes:
    """Return a common log line for each time, in seconds since the epoch."""
    return b"".join(
        b'%s - james [%s] "GET %s HTTP/1.0" 200 123\n' % (host, stamp(second * 1_000_000), path) for second in times_s
    )
