"""The cost of following: one append, whatever the size of the file, and a file to which nothing comes."""

import argparse
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import logs
from bench.program import cpu_s_of, wait
from http_monitor.clock import WallClock
from http_monitor.sources.files.access import Files, FileStatus, Handle, Listing, LocalFiles
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.tail.tail import FileTail

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"1 KB": 1 << 10, "4 GB, sparse": 4 << 30}
"""The files that lines are appended to, by how large they are before, in bytes."""

_LINE = b'192.0.2.1 - anna [10/Oct/2025:13:55:36 +0200] "GET /basket/add?item=7 HTTP/2.0" 503 12\n'
_COUNTED = 100
_START_S = 2.0
_STOP_S = 30


def main() -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure what following a file costs.")
    parser.add_argument("--appends", type=int, default=20_000, help="lines appended to each file (default: 20,000)")
    parser.add_argument("--idle", type=float, default=30.0, help="seconds that nothing is appended (default: 30)")
    parser.add_argument("--short", action="store_true", help="2,000 lines, 2 seconds: only the results matter")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = {name: _file(Path(folder) / f"{size}.log", size) for name, size in SIZES.items()}
        costs, wrong = appends(files, 2_000 if chosen.short else chosen.appends)
        idle = {name: idle_ratio(path, 2.0 if chosen.short else chosen.idle) for name, path in files.items()}
    _show(costs, idle)
    figures = {"appends": {name: asdict(cost) for name, cost in costs.items()}, "idle_core_ratio": idle}
    logs.OUT.mkdir(exist_ok=True)
    (logs.OUT / "append.json").write_text(json.dumps(figures, indent=1) + "\n")
    for sentence in wrong:
        print(f"WRONG: {sentence}", file=sys.stderr)
    return 1 if wrong else 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What it costs to read one appended line."""

    wall_us: float
    """From the append to the line handed out, the median."""
    cpu_us: float
    calls: float
    """For a status, or to read, on average."""
    read_bytes: float
    """With what is read to see that the file is still the same, on average."""


def appends(files: dict[str, Path], count: int) -> tuple[dict[str, Cost], list[str]]:
    """Append lines to files in turn, so that whatever else the machine does is the same for all.

    Args:
        files: By name.
        count: Lines for each.

    Returns:
        What a line costs in each, and a sentence for everything that is not as it must be.
    """
    timed = {name: _Followed(path, LocalFiles()) for name, path in files.items()}
    for _ in range(count):
        for one in timed.values():
            one.append()
    counting = {name: CountingFiles() for name in files}
    counted = {name: _Followed(path, counting[name]) for name, path in files.items()}
    costs = {}
    for name, one in counted.items():
        counting[name].calls = counting[name].read_bytes = 0
        for _ in range(_COUNTED):
            one.append()
        calls, read_bytes = counting[name].calls / _COUNTED, counting[name].read_bytes / _COUNTED
        costs[name] = Cost(*timed[name].medians_us(), calls, read_bytes)
    everyone = [*timed.items(), *counted.items()]
    wrong = [f"{name}: {one.wrong} lines were not handed out" for name, one in everyone if one.wrong]
    wrong += [] if len({(cost.calls, cost.read_bytes) for cost in costs.values()}) == 1 else [f"not alike: {costs}"]
    for _, one in everyone:
        one.close()
    return costs, wrong


class _Followed:
    """A file that is followed from its end, and what its appends took."""

    def __init__(self, path: Path, files: Files) -> None:
        self._file = path.open("ab", buffering=0)
        self._tail = FileTail(str(path), files=files, clock=WallClock(), from_start=False)
        self._tail.read()
        self._wall_ns: list[int] = []
        self._cpu_ns: list[int] = []
        self.wrong = 0

    def append(self) -> None:
        """Append one line and read it."""
        self._file.write(_LINE)
        cpu_ns, wall_ns = time.process_time_ns(), time.perf_counter_ns()
        data = self._tail.read().data
        self._wall_ns.append(time.perf_counter_ns() - wall_ns)
        self._cpu_ns.append(time.process_time_ns() - cpu_ns)
        self.wrong += data != _LINE

    def medians_us(self) -> tuple[float, float]:
        """Return what an append took on the clock and of the processor."""
        return statistics.median(self._wall_ns) / 1_000, statistics.median(self._cpu_ns) / 1_000

    def close(self) -> None:
        """Let go of the file."""
        self._tail.close()
        self._file.close()


class CountingFiles(LocalFiles):
    """The files of this machine, with a count of what is asked of them; owns the counts of its handles."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.read_bytes = 0

    def look(self, path: str) -> FileStatus | Obstacle:
        """Look, and count it."""
        self.calls += 1
        return super().look(path)

    def is_still(self, path: str, status: FileStatus) -> bool:
        """Look, and count it."""
        self.calls += 1
        return super().is_still(path, status)

    def open(self, path: str) -> tuple[Handle, FileStatus] | Obstacle:
        """Open, and count that and what is done with the file."""
        self.calls += 1
        opened = super().open(path)
        return opened if isinstance(opened, Obstacle) else (_CountingHandle(opened[0], self), opened[1])

    def listing(self, directory: str) -> Listing:
        """List, and count it."""
        self.calls += 1
        return super().listing(directory)


class _CountingHandle:
    """An open file whose use is counted."""

    def __init__(self, handle: Handle, counts: CountingFiles) -> None:
        self._handle = handle
        self._counts = counts

    def status(self) -> FileStatus:
        self._counts.calls += 1
        return self._handle.status()

    def read(self, offset: int, most: int) -> bytes:
        data = self._handle.read(offset, most)
        self._counts.calls += 1
        self._counts.read_bytes += len(data)
        return data

    def close(self) -> None:
        self._handle.close()


def idle_ratio(path: Path, seconds: float) -> float:
    """Return the share of one core that the program takes while nothing comes to the file it follows."""
    with tempfile.TemporaryDirectory() as state:
        command = [sys.executable, str(ROOT / "main.py"), "--file", str(path), "--state-dir", state]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            # Until it has started, its processor time is that of its imports.
            wait(_START_S)
            before, started = cpu_s_of(run.pid), time.perf_counter()
            wait(seconds)
            ratio = (cpu_s_of(run.pid) - before) / (time.perf_counter() - started)
            run.send_signal(signal.SIGINT)
            run.wait(_STOP_S)
    return ratio


def _file(path: Path, size: int) -> Path:
    """Make a file of that size that ends with a line; its blocks are not on the disk."""
    with path.open("wb") as file:
        file.truncate(size - 1)
        file.seek(size - 1)
        file.write(b"\n")
    return path


def _show(costs: dict[str, Cost], idle: dict[str, float]) -> None:
    print(
        f"{'one append to a file of':24}{'µs':>8}{'core µs':>9}{'calls':>7}{'bytes read':>12}{'idle, % of a core':>19}"
    )
    for name, cost in costs.items():
        figures = f"{cost.wall_us:>8.1f}{cost.cpu_us:>9.1f}{cost.calls:>7.1f}{cost.read_bytes:>12.1f}"
        print(f"{name:24}{figures}{100 * idle[name]:>19.2f}")
    first, *others = costs.values()
    for cost in others:
        print(f"{'ratio':24}{cost.wall_us / first.wall_us:>8.2f}{cost.cpu_us / first.cpu_us:>9.2f}")
