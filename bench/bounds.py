"""The goals that no race against others decides: live runs, memory under an attack, ever larger files."""

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from bench import followers, following, logs, program
from bench.machine import describe_machine
from bench.targets import Row, at_most, shown

_MB = 1_000_000
_LINE_BYTES = 82
"""About, of the dense common log."""
Json = dict[str, Any]


def main() -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure live runs, memory and ever larger files.")
    parser.add_argument("--seconds", type=int, default=150, help="of each live run, whose window is 120 (default: 150)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds whose median counts (default: 3)")
    parser.add_argument("--hostile", type=int, default=10_000_000, help="lines of new keys only (default: 10,000,000)")
    parser.add_argument("--largest", type=int, default=1_000, help="MB of the largest file (default: 1,000)")
    parser.add_argument("--short", action="store_true", help="a few seconds of each: only the results matter")
    chosen = parser.parse_args()
    if chosen.short:
        chosen.seconds, chosen.rounds, chosen.hostile, chosen.largest = 3, 1, 100_000, 8
    bounds = Bounds()
    bounds.say(", ".join(f"{name} {value}" for name, value in describe_machine().items()))
    bounds.start(chosen.rounds, idle_s=2.0 if chosen.short else 20.0)
    bounds.live(chosen.seconds)
    bounds.attack(chosen.hostile)
    bounds.growth([size for size in (1, 100, 1_000, 10_000) if size <= chosen.largest] or [1], chosen.rounds)
    for line in shown(bounds.rows):
        bounds.say(line)
    (logs.OUT / "limits.txt").write_text("\n".join(bounds.table) + "\n")
    (logs.OUT / "limits.json").write_text(json.dumps(bounds.figures, indent=1) + "\n")
    for sentence in bounds.wrong:
        print(f"WRONG: {sentence}", file=sys.stderr)
    return 1 if bounds.wrong else 0


class Bounds:
    """The goals so far, and what was wrong."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.table: list[str] = []
        self.figures: Json = {"machine": describe_machine()}
        self.wrong: list[str] = []
        logs.OUT.mkdir(exist_ok=True)

    def say(self, line: str) -> None:
        """Print a line and keep it."""
        print(line, flush=True)
        self.table.append(line)

    def start(self, rounds: int, idle_s: float) -> None:
        """Start live runs, and leave one alone."""
        start_s = statistics.median(program.start_s() for _ in range(rounds))
        log = logs.make("dense_common", 10_000)
        idle = following.idle_ratio(log.path, idle_s)
        self.figures |= {"start_s": start_s, "idle_core_ratio": idle}
        self.rows += [
            at_most("live: start to first output", 0.3, start_s, "s"),
            at_most("live: when nothing comes", 0.5, 100 * idle, "% of a core"),
        ]

    def live(self, seconds: int) -> None:
        """Follow a growing file, at a rate at which GoAccess follows it too, and at ten times that."""
        log = logs.make("dense_combined", 100_000)
        usual = program.live(log, 5_000 * seconds, 5_000, 2.0)
        ratios = {name: followers.core_ratio(name, log, 5_000 * seconds, 5_000) for name in followers.FOLLOWERS}
        fast = program.live(log, 50_000 * seconds, 50_000, 2.0)
        for name, run in (("5,000 lines/s", usual), ("50,000 lines/s", fast)):
            self.figures[f"live {name}"] = asdict(run)
            self.wrong += [f"live, {name}: {sentence}" for sentence in run.wrong]
            self.say(
                f"live, {name}: {100 * run.busy_cpu_ratio:.1f} % of a core, {(run.peak_bytes or 0) / _MB:.0f} MB at"
                f" the peak, reports {run.report_delay_s:.2f} s and alerts {run.alert_delay_s:.2f} s after they were"
                " due, at the most"
            )
        for name, ratio in ratios.items():
            if ratio is not None:
                self.figures[f"{name} live 5,000 lines/s"] = {"busy_cpu_ratio": ratio}
                self.say(f"{name}, 5,000 lines/s: {100 * ratio:.1f} % of a core")
        # apachetop reads some two hundred lines a second and leaves out the others, so it is no measure.
        if ratios["goaccess"] is not None:
            work = "live, 5,000 combined lines/s: CPU"
            self.rows.append(at_most(work, 1, usual.busy_cpu_ratio / ratios["goaccess"], "× GoAccess"))
        self.rows += [
            at_most("live, 5,000 combined lines/s: alert after its bucket closed", 1, usual.alert_delay_s, "s"),
            at_most("live, 50,000 combined lines/s: lag", 1, fast.report_delay_s, "s"),
            at_most("live, 5,000 combined lines/s: memory", 120, (usual.peak_bytes or 0) / _MB, "MB"),
        ]

    def attack(self, lines: int) -> None:
        """Replay a log in which every line has a host, path and agent of its own."""
        log = logs.make("hostile", lines)
        run = program.replay(log, ["--output", "ndjson"], check=True)
        self.wrong += [f"hostile: {sentence}" for sentence in run.wrong]
        self.figures["hostile"] = {"lines": lines, **asdict(run)}
        self.say(f"hostile, {lines:,} lines: {lines / run.seconds:,.0f} lines/s, {run.cpu_s:.1f} s of processor time")
        self.rows.append(at_most(f"memory: {lines:,} lines of new keys only", 300, run.peak_bytes / _MB, "MB"))

    def growth(self, sizes_mb: Sequence[int], rounds: int) -> None:
        """Replay ever larger files, and see what their further lines cost; what is done once counts for the first.

        A cost is processor time.
        """
        logs_of = {size: logs.make("dense_common", size * _MB // _LINE_BYTES) for size in sizes_mb}
        # A small file takes no time, so what one run takes more or less than another matters much.
        cpu_s = {size: _median_cpu_s(log, rounds * min(5, max(1, 100 // size))) for size, log in logs_of.items()}
        self.figures["cpu_s_by_mb"] = cpu_s
        self.say(", ".join(f"{size:,} MB: {seconds:.2f} s of processor time" for size, seconds in cpu_s.items()))
        costs = {
            large: 1e9 * (cpu_s[large] - cpu_s[small]) / (logs_of[large].facts.lines - logs_of[small].facts.lines)
            for small, large in pairwise(sizes_mb)
        }
        for size, cost in costs.items():
            self.say(f"up to {size:,} MB: {cost:,.0f} ns for a further line")
        if len(costs) > 1:
            first, *_, last = costs.values()
            self.rows.append(at_most("cost of a further line in the largest file", 1.1, last / first, "× at first"))


def _median_cpu_s(log: logs.Log, rounds: int) -> float:
    # Not the least: of the largest file there is one run, which has its share of whatever else the machine does.
    return statistics.median(program.replay(log, ["--threads", "1"]).cpu_s for _ in range(rounds))
