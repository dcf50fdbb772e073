"""The whole program as a user runs it: replays, its start, and a live run."""

import compileall
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from bench.check import Json, wrong_summary
from bench.logs import Facts, Log
from bench.parts import wrong_output
from http_monitor.clock import WallClock
from http_monitor.units import US_PER_S, local

ROOT = Path(__file__).resolve().parents[1]
_MAIN = str(ROOT / "main.py")
_SPAWN = str(Path(__file__).with_name("spawn.py"))
_PACKAGE = str(ROOT / "http_monitor")
_TICK_S = 0.02
_STOP_S = 30
_LATENESS_S = 1
"""The default."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the program took."""

    seconds: float
    cpu_s: float
    """Processor time of all its threads and processes."""
    peak_bytes: int
    """Resident; of several processes the greatest sum of their proportional shares, as `spawn.py` says."""
    wrong: list[str]


@cache
def compile_ahead() -> None:
    """Let every start be as all are but the first, also where Python was told not to keep what it compiles."""
    compileall.compile_dir(_PACKAGE, quiet=1)


def replay(log: Log, options: Sequence[str], *, check: bool = False, pin: str | None = None) -> Run:
    """Replay a log into /dev/null.

    Args:
        log: The log.
        options: More options of the program.
        pin: The only processors it may use, as taskset takes them; None: all.
        check: Keep the output, which must be NDJSON, and compare it with what is known of the log.
    """
    compile_ahead()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        environment = {**os.environ, "OUTPUT_TO": str(output)} if check else os.environ
        pinned = [] if pin is None else ["/usr/bin/taskset", "-c", pin]
        command = [*pinned, sys.executable, _MAIN, "--replay", "--file", str(log.path), *options]
        spawned = subprocess.run(
            [sys.executable, "-S", _SPAWN, *command], env=environment, stdout=subprocess.PIPE, check=True
        )
        took = json.loads(spawned.stdout)
        wrong = wrong_output(output.read_text().splitlines(), log) if check else []
    code = took.pop("exit_code")
    return Run(**took, wrong=[f"exit code {code}", *wrong] if code else wrong)


def start_s() -> float:
    """Return the seconds from the start of a live run to the first byte that it says."""
    compile_ahead()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, _MAIN, "--file", str(Path(folder) / "access.log"), "--state-dir", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout is not None
            os.read(process.stdout.fileno(), 1)
            seconds = time.perf_counter() - started
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=_STOP_S)
    return seconds


@dataclass(frozen=True, slots=True)
class LiveRun:
    """What a run took that followed a file as it grew."""

    lines: int
    lines_per_s: float
    """At which they were written."""
    busy_cpu_ratio: float
    """Share of one core while they were written."""
    idle_cpu_ratio: float
    """Share of one core while nothing came."""
    report_delay_s: float
    """From when a report was due, by the clock and --lateness, to when it was read, at the most."""
    alert_delay_s: float
    """Likewise from the close of the bucket that decided an alert; 0.0 where there was none."""
    resident_bytes: int | None
    """At the end; None where the system does not tell it."""
    peak_bytes: int | None
    wrong: list[str]


def live(log: Log, lines: int, per_s: int, idle_s: float) -> LiveRun:
    """Follow a file into which lines of a log are written with the time of their writing.

    Args:
        log: Where the lines come from.
        lines: How many.
        per_s: How many a second.
        idle_s: For how long nothing comes afterwards.
    """
    pieces = pieces_of(log)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "access.log"
        path.touch()
        command = [sys.executable, _MAIN, "--file", str(path), "--from-start", "--output", "ndjson"]
        command += ["--state-dir", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
            told = _Told(run)
            # Until it has started, its processor time is that of its imports.
            wait(1.0)
            before, started = cpu_s_of(run.pid), time.perf_counter()
            write_lines(path, pieces, lines, per_s)
            busy_s = time.perf_counter() - started
            busy = (cpu_s_of(run.pid) - before) / busy_s
            wait(2.0)
            before, started = cpu_s_of(run.pid), time.perf_counter()
            wait(idle_s)
            idle = (cpu_s_of(run.pid) - before) / (time.perf_counter() - started)
            resident, peak = memory_of(run.pid)
            run.send_signal(signal.SIGINT)
            code = run.wait(_STOP_S)
            told.end()
    wrong = [f"exit code {code}"] if code else []
    sizes = [int(tail.split()[4].replace(b"-", b"0")) for _, tail in pieces]
    errors = [int(tail.split()[3].startswith(b"5")) for _, tail in pieces]
    facts = Facts(0, lines, _sum_over(sizes, lines), _sum_over(errors, lines), [], [])
    wrong += wrong_summary(told.things[-1][1], facts) if told.things else ["no output"]
    delays = told.delay_s("report"), told.delay_s("alert")
    return LiveRun(lines, lines / busy_s, busy, idle, *delays, resident, peak, wrong)


class _Told:
    """What a live run says, with the time at which it was read; a thread of its own reads it."""

    def __init__(self, run: "subprocess.Popen[bytes]") -> None:
        self._run = run
        self._clock = WallClock()
        self.things: list[tuple[int, Json]] = []
        """(Microseconds since the epoch, object)."""
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def end(self) -> None:
        """Read to the end."""
        self._thread.join(_STOP_S)

    def delay_s(self, kind: str) -> float:
        """Return how late the last of the objects of a type was; what a stop brought about was not late."""
        ends = {"report": "end", "alert": "at"}
        things = [(at_us, thing) for at_us, thing in self.things if thing["type"] == kind and "partial" not in thing]
        due = [(at_us, datetime.fromisoformat(thing[ends[kind]]).timestamp()) for at_us, thing in things]
        return max((at_us / US_PER_S - end_s - _LATENESS_S for at_us, end_s in due), default=0.0)

    def _read(self) -> None:
        assert self._run.stdout is not None
        for line in self._run.stdout:
            self.things.append((self._clock.now_us(), json.loads(line)))


def _sum_over(values: Sequence[int], count: int) -> int:
    """Return the sum of the first so many values, which begin again after the last."""
    times, rest = divmod(count, len(values))
    return times * sum(values) + sum(values[:rest])


def pieces_of(log: Log) -> list[tuple[bytes, bytes]]:
    """Return what stands before and after the time in the lines of a log."""
    pieces = []
    with log.path.open("rb") as file:
        for line in file:
            head, _, rest = line.partition(b"[")
            pieces.append((head, rest.partition(b"]")[2]))
    return pieces


def write_lines(path: Path, pieces: Sequence[tuple[bytes, bytes]], lines: int, per_s: int) -> None:
    """Append lines evenly, a few at a time, with the time of their writing; the pieces begin again after the last."""
    clock = WallClock()
    started = time.perf_counter()
    written = 0
    with path.open("ab", buffering=0) as file:
        while written < lines:
            due = min(lines, int((time.perf_counter() - started) * per_s) + 1)
            now = f"[{local(clock.now_us() // US_PER_S * US_PER_S):%d/%b/%Y:%H:%M:%S %z}]".encode()
            some = (pieces[number % len(pieces)] for number in range(written, due))
            file.write(b"".join(head + now + tail for head, tail in some))
            written = due
            wait(_TICK_S)


def wait(seconds: float) -> None:
    """Let time pass."""
    threading.Event().wait(seconds)


def cpu_s_of(pid: int, *thread: str) -> float:
    """Return the processor time of a process so far, or of a thread of it; 0.0 where the system does not tell it."""
    try:
        stat = Path(f"/proc/{pid}", *thread, "stat").read_text()
    except FileNotFoundError:
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> tuple[int | None, int | None]:
    """Return the resident memory of a process, now and at its peak, in bytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return None, None
    kib = {name: value for name, _, value in (line.partition(":") for line in status.splitlines())}
    return int(kib["VmRSS"].split()[0]) * 1024, int(kib["VmHWM"].split()[0]) * 1024


def own_memory() -> int:
    """Return the resident memory of this process in bytes. Raises OSError where the system does not tell it."""
    resident, _ = memory_of(os.getpid())
    if resident is None:
        raise OSError("the memory of this process is not known")
    return resident
