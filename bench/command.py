"""The command of the benchmark: what it measures, in which order, and how it shows it."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from bench import logs, parts, program
from bench.machine import describe_machine
from http_monitor.settings import Settings

_OPTIONS = {
    "dense_common": [],
    "dense_combined": [],
    "sparse": ["--interval", "1h"],
    "hostile": [],
}
"""Every log of the whole program, with the options it is replayed with."""

_MIB = 1 << 20
Json = dict[str, Any]
T = TypeVar("T")


def main() -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure speed, start-up and memory.")
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of each log (default: 1,000,000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds whose median counts (default: 5)")
    parser.add_argument("--short", action="store_true", help="100,000 lines, one round: only the results matter")
    chosen = parser.parse_args()
    bench = Bench(100_000 if chosen.short else chosen.lines, 1 if chosen.short else chosen.rounds)
    bench.machine()
    bench.programs()
    bench.starts()
    bench.live(*((5_000, 5_000, 1.0) if chosen.short else (60_000, 5_000, 5.0)))
    bench.stages()
    (logs.OUT / "stages.json").write_text(json.dumps(bench.figures, indent=1) + "\n")
    for sentence in bench.wrong:
        print(f"WRONG: {sentence}", file=sys.stderr)
    return 1 if bench.wrong else 0


class Bench:
    """The figures so far, and what was wrong."""

    def __init__(self, lines: int, rounds: int) -> None:
        self._lines = lines
        self._rounds = rounds
        self.figures: Json = {"lines": lines, "rounds": rounds}
        self.wrong: list[str] = []

    def machine(self) -> None:
        """Say what it runs on."""
        self.figures["machine"] = describe_machine()
        print(", ".join(f"{name} {value}" for name, value in self.figures["machine"].items()))

    def programs(self) -> None:
        """Replay every log with the whole program."""
        print(f"\n{'whole program, a replay to /dev/null':44}{'lines/s':>12}{'best':>12}{'core s':>8}{'peak MiB':>10}")
        for name, options in _OPTIONS.items():
            log = logs.make(name, self._lines)
            self._note(name, program.replay(log, [*options, "--output", "ndjson"], check=True).wrong)
            for output in ("text", "ndjson"):
                runs = [program.replay(log, [*options, "--output", output]) for _ in range(self._rounds)]
                self._note(name, [sentence for run in runs for sentence in run.wrong])
                seconds = [run.seconds for run in runs]
                peak = max(run.peak_bytes for run in runs) / _MIB
                cpu_s = statistics.median(run.cpu_s for run in runs)
                what = " ".join([name, *options, output])
                self._keep(f"program {what}", seconds, {"cpu_s": round(cpu_s, 3), "peak_mib": round(peak, 1)})
                print(f"{what:44}{_rates(self._lines, seconds)}{cpu_s:>8.2f}{peak:>10.0f}")

    def starts(self) -> None:
        """Start live runs."""
        seconds = [program.start_s() for _ in range(self._rounds)]
        self.figures["start"] = {"seconds": _rounded(seconds), "median_s": round(statistics.median(seconds), 3)}
        print(f"\nstart to first output: median {statistics.median(seconds):.3f} s of {self._rounds} runs")

    def live(self, lines: int, per_s: int, idle_s: float) -> None:
        """Follow a growing file."""
        run = program.live(logs.make("dense_combined", self._lines), lines, per_s, idle_s)
        self._note("live", run.wrong)
        figures: Json = {
            "lines": run.lines,
            "lines_per_s": round(run.lines_per_s),
            "busy_core_percent": round(100 * run.busy_cpu_ratio, 1),
            "idle_core_percent": round(100 * run.idle_cpu_ratio, 2),
            "resident_mib": None if run.resident_bytes is None else round(run.resident_bytes / _MIB, 1),
            "peak_mib": None if run.peak_bytes is None else round(run.peak_bytes / _MIB, 1),
        }
        self.figures["live"] = figures
        print(
            f"live, after {lines} combined lines at {figures['lines_per_s']}/s: {figures['resident_mib']} MiB resident,"
            f" {figures['peak_mib']} MiB at the peak; {figures['busy_core_percent']} % of a core meanwhile,"
            f" {figures['idle_core_percent']} % when idle"
        )

    def stages(self) -> None:
        """Run each stage by itself in this process, then all of them."""
        log = logs.make("dense_common", self._lines)
        settings = Settings(replay=True, output="ndjson")
        print(f"\n{f'each stage by itself, {log.name}':44}{'lines/s':>12}{'best':>12}")
        chunks = self._stage("read, cut into lines", lambda: parts.read(log))
        if sum(map(len, chunks)) != log.facts.file_bytes:
            self._note("read", [f"got {sum(map(len, chunks))} bytes, expected {log.facts.file_bytes}"])
        batches = self._stage("parse", lambda: parts.parse(chunks))
        self._note("count", self._stage("gate, count", lambda: parts.count(batches, settings)).wrong(log))
        self._note("replay", self._stage("all in one process", lambda: parts.replay(log, settings)).wrong(log))

    def _stage(self, name: str, work: Callable[[], T]) -> T:
        seconds = []
        for _ in range(self._rounds):
            started = time.perf_counter()
            result = work()
            seconds.append(time.perf_counter() - started)
        self._keep(f"stage {name}", seconds, {})
        print(f"{name:44}{_rates(self._lines, seconds)}")
        return result

    def _keep(self, name: str, seconds: list[float], more: Json) -> None:
        rate = round(self._lines / statistics.median(seconds))
        self.figures[name] = {"lines_per_s": rate, "seconds": _rounded(seconds), **more}

    def _note(self, what: str, wrong: list[str]) -> None:
        self.wrong += [f"{what}: {sentence}" for sentence in wrong]


def _rates(lines: int, seconds: list[float]) -> str:
    return f"{lines / statistics.median(seconds):>12,.0f}{lines / min(seconds):>12,.0f}"


def _rounded(seconds: list[float]) -> list[float]:
    return [round(second, 4) for second in seconds]
