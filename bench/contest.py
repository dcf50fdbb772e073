"""Lets http_monitor and its rivals work on the same logs in turn, so that a machine that drifts drifts for all."""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import logs, program
from bench.machine import describe_machine
from bench.rivals import RIVALS, Rival
from bench.targets import Row, at_least, at_most, shown

_MIB = 1 << 20
_SPAWN = str(Path(__file__).with_name("spawn.py"))
_OWN = "http_monitor"
_ONE_THREAD = "http_monitor --threads 1"
_MUCH_SLOWER = 15
_WORK: dict[str, list[str]] = {
    "dense_common": [],
    "dense_combined": [],
    "sparse": ["--interval", "1h"],
    "hostile": [],
    "dense_common_gz": [],
}
"""Every log, with the options it is replayed with."""

_GOALS = (
    ("dense_common", "goaccess", 8),
    ("dense_common", "ngxtop", 30),
    ("dense_common", "gawk, counts only", 1),
    ("dense_common", "mawk, counts only", 0.4),
    ("dense_common", "DuckDB, SQL", 0.6),
    ("dense_combined", "goaccess", 10),
    ("sparse", "goaccess", 3),
    ("dense_common", _ONE_THREAD, 1.3),
    ("dense_combined", _ONE_THREAD, 1.3),
    ("sparse", _ONE_THREAD, 1),
    ("hostile", _ONE_THREAD, 1),
    ("dense_common_gz", _ONE_THREAD, 1),
)
"""Log, rival, how many times as fast as it."""

Json = dict[str, Any]


def main() -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure replays against other programs.")
    parser.add_argument("--lines", type=int, default=2_000_000, help="lines of each log (default: 2,000,000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds whose median counts (default: 5)")
    parser.add_argument("--work", nargs="+", choices=_WORK, default=list(_WORK), help="logs (default: all)")
    parser.add_argument("--short", action="store_true", help="100,000 lines, one round: only the results matter")
    chosen = parser.parse_args()
    lines, rounds = (100_000, 1) if chosen.short else (chosen.lines, chosen.rounds)
    contest = Contest(lines, rounds)
    for name in chosen.work:
        contest.run(name, _WORK[name])
    contest.judge()
    for sentence in contest.wrong:
        print(f"WRONG: {sentence}", file=sys.stderr)
    return 1 if contest.wrong else 0


class Contest:
    """The rows so far, and what was wrong."""

    def __init__(self, lines: int, rounds: int) -> None:
        self._lines = lines
        self._rounds = rounds
        self._rivals = [(rival, version) for rival in RIVALS if (version := rival.version()) is not None]
        self._table: list[str] = []
        self._figures: Json = {
            "lines": lines,
            "rounds": rounds,
            "machine": describe_machine(),
            "rivals": {rival.name: version for rival, version in self._rivals},
            "work": {},
        }
        self.wrong: list[str] = []
        self._say(", ".join(f"{name} {value}" for name, value in self._figures["machine"].items()))
        self._say("; ".join(f"{rival.name}: {version}" for rival, version in self._rivals))

    def run(self, name: str, options: list[str]) -> None:
        """Let everybody work on one log, in turn, as many rounds as were asked for."""
        log = _log(name, self._lines)
        own = program.replay(log, [*options, "--output", "ndjson"], check=True)
        self.wrong += [f"{name}: {sentence}" for sentence in own.wrong]
        takers = [(rival, command) for rival, _ in self._rivals if (command := rival.command(log)) is not None]
        runs: dict[str, list[Json]] = {}
        for _ in range(self._rounds):
            for who, took in self._round(log, options, takers):
                runs.setdefault(who, []).append(took)
            # Of somebody so far behind one round says enough.
            slow_s = _MUCH_SLOWER * runs[_OWN][0]["seconds"]
            takers = [taker for taker in takers if runs[taker[0].name][0]["seconds"] < slow_s]
        self._report(name, runs)

    def judge(self) -> None:
        """Say which goals were met."""
        goals = [
            at_least(f"{name}: speed", least, row["own_speed_ratio"], f"× {who}")
            for name, who, least in _GOALS
            if (row := self._figures["work"].get(name, {}).get(who)) is not None
        ]
        goals += self._judge_archive()
        self._say("")
        for line in shown(goals):
            self._say(line)
        self._figures["goals"] = [asdict(goal) for goal in goals]
        (logs.OUT / "versus.json").write_text(json.dumps(self._figures, indent=1) + "\n")

    def _judge_archive(self) -> list[Row]:
        archive, plain = (self._figures["work"].get(name, {}) for name in ("dense_common_gz", "dense_common"))
        if "zcat" not in archive or not plain:
            return []
        ours, zcat, text = (statistics.median(row["seconds"]) for row in (archive[_OWN], archive["zcat"], plain[_OWN]))
        return [at_most("dense_common_gz: time", 1.5, ours / (zcat + text), "× zcat and the plain replay")]

    def _round(
        self, log: logs.Log, options: list[str], takers: list[tuple[Rival, list[str]]]
    ) -> Iterator[tuple[str, Json]]:
        for who, more in ((_OWN, []), (_ONE_THREAD, ["--threads", "1"])):
            took = program.replay(log, [*options, *more])
            self.wrong += [f"{log.name}: {sentence}" for sentence in took.wrong]
            yield who, {"seconds": took.seconds, "cpu_s": took.cpu_s, "peak_bytes": took.peak_bytes}
        for rival, command in takers:
            took_of_rival = _took(command)
            if took_of_rival.pop("exit_code"):
                self._say(f"{rival.name} fails on {log.name}")
            yield rival.name, took_of_rival

    def _report(self, name: str, runs: dict[str, list[Json]]) -> None:
        self._say(f"\n{name:30}{'lines/s':>12}{'ratio':>8}{'min':>8}{'max':>8}{'core s':>9}{'peak MiB':>10}")
        own_s = [run["seconds"] for run in runs[_OWN]]
        rows: Json = {}
        for who, taken in runs.items():
            seconds = [run["seconds"] for run in taken]
            # Round by round: both were measured while the machine was in one mood.
            ratios = [theirs / ours for ours, theirs in zip(own_s, seconds, strict=False)]
            row = {
                "lines_per_s": round(self._lines / statistics.median(seconds)),
                "own_speed_ratio": round(statistics.median(ratios), 2),
                "seconds": [round(second, 4) for second in seconds],
                "cpu_s": round(statistics.median(run["cpu_s"] for run in taken), 3),
                "peak_mib": round(max(run["peak_bytes"] for run in taken) / _MIB, 1),
            }
            rows[who] = row
            self._say(
                f"  {who:28}{row['lines_per_s']:>12,}{row['own_speed_ratio']:>8.2f}{min(ratios):>8.2f}"
                f"{max(ratios):>8.2f}{row['cpu_s']:>9.2f}{row['peak_mib']:>10.0f}"
            )
        self._figures["work"][name] = rows
        (logs.OUT / "versus.json").write_text(json.dumps(self._figures, indent=1) + "\n")

    def _say(self, line: str) -> None:
        print(line, flush=True)
        self._table.append(line)
        logs.OUT.mkdir(exist_ok=True)
        (logs.OUT / "versus.txt").write_text("\n".join(self._table) + "\n")


def _took(command: list[str]) -> Json:
    spawned = subprocess.run(
        [sys.executable, "-S", _SPAWN, *command],
        env={**os.environ, "LC_ALL": "C"},
        stdout=subprocess.PIPE,
        check=True,
    )
    took: Json = json.loads(spawned.stdout)
    return took


def _log(name: str, lines: int) -> logs.Log:
    plain = logs.make(name.removesuffix("_gz"), lines)
    if not name.endswith("_gz"):
        return plain
    path = plain.path.with_suffix(".log.gz")
    if not path.exists() or path.stat().st_mtime_ns < plain.path.stat().st_mtime_ns:
        with plain.path.open("rb") as source, gzip.open(path, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, 1 << 20)
    return logs.Log(name, path, plain.facts)
