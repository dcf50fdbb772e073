"""What the dashboard costs beside text mode, and how soon it shows what a key asks for."""

import argparse
import json
import multiprocessing
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import logs
from bench.machine import describe_machine
from bench.parts import run_replay
from bench.program import compile_ahead, pieces_of, wait, write_lines
from bench.targets import Row, at_most, shown
from bench.terminal import Terminal
from http_monitor.alerts import default_alerts
from http_monitor.hub.hub import Hub
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S

LOG = "dense_combined", 100_000
"""Where the lines come from: name and number; they begin again after the last."""
SMALL, LARGE = (120, 40), (200, 60)
"""Columns and lines of the terminals."""
_START_S = 4.0
_REST_S = 3.0
_PATIENCE_S = 5.0
_MIB = 1 << 20
_PANELS = ((b"2", "Sections"), (b"3", "Hosts"), (b"5", "Status"), (b"1", "Endpoints"))
_COUNTED = re.compile(r"([\d,]+) lines read, ([\d,]+) counted")
_HITS = re.compile(r"([\d,]+) hits")


def main() -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure what the dashboard costs.")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of each live run (default: 60)")
    parser.add_argument("--rounds", type=int, default=5, help="number of starts (default: 5)")
    parser.add_argument("--short", action="store_true", help="a few seconds: only the counts matter")
    chosen = parser.parse_args()
    seconds, rounds = (5.0, 1) if chosen.short else (chosen.seconds, chosen.rounds)
    compile_ahead()
    machine = describe_machine()
    beside = measure_beside(seconds)
    keys = [measure_keys(seconds, refresh, size) for refresh, size in ((1, SMALL), (10, LARGE))]
    start_s = statistics.median(measure_start_s() for _ in range(rounds))
    rows, wrong = rows_of(beside, keys, start_s), [*beside.wrong, *(sentence for run in keys for sentence in run.wrong)]
    for line in [*shown(rows), *remarks_on(beside, keys)]:
        print(line)
    figures = {
        "machine": machine,
        "seconds": seconds,
        "beside": asdict(beside),
        "keys": [asdict(run) for run in keys],
        "start_cpu_s": start_s,
        "goals": [asdict(row) for row in rows],
    }
    logs.OUT.mkdir(exist_ok=True)
    (logs.OUT / "dashboard.json").write_text(json.dumps(figures, indent=1) + "\n")
    for sentence in wrong:
        print(f"WRONG: {sentence}", file=sys.stderr)
    return 1 if wrong else 0


@dataclass(frozen=True, slots=True)
class Beside:
    """What text mode and two dashboards took that followed the same log."""

    cpu_ratio: dict[str, float]
    """Share of a core while lines came, by name of the program's mode."""
    screen_ratio: dict[str, float]
    """Likewise of its main thread: in the dashboard the screen's."""
    resident_bytes: dict[str, int]
    """At the end."""
    recent_bytes: int
    """The rows that each dashboard held, by their own account."""
    same_summary: bool
    """Those on terminals of the same size printed the same summary."""
    wrong: list[str]


@dataclass(frozen=True, slots=True)
class Keys:
    """How soon keys were answered while many lines came."""

    refresh_per_s: int
    lines_per_s: int
    painted_s: list[float]
    """From a key to the panel that it shows; a key that was not answered has taken the patience there is."""
    undelayed_s: list[float]
    """Likewise, less the time for which the screen's thread waited for a processor that others used."""
    counted_s: list[float]
    """From a key to the figures in the panel, counted anew where they were not there before."""
    longest_pause_s: float
    """Between two pieces of output."""
    delay_ratio: float
    """Share of the time for which the screen's thread waited for a processor that others used."""
    resident_bytes: list[int]
    """After a third of the time, and at the end."""
    wrong: list[str] = field(default_factory=list)


def measure_beside(seconds: float, per_s: int = 5_000) -> Beside:
    """Let text mode and the dashboard follow a log at the same time."""
    lines = int(seconds * per_s)
    modes: dict[str, tuple[tuple[int, int], list[str]]] = {
        "text": (SMALL, []),
        "dashboard": (SMALL, ["--dashboard", "--refresh", "1"]),
        "dashboard at 10": (LARGE, ["--dashboard", "--refresh", "10"]),
    }
    with _growing_log() as path, ExitStack() as stack:
        runs = {
            name: stack.enter_context(Terminal(*size, *_following(path), *options))
            for name, (size, options) in modes.items()
        }
        wait(_START_S)
        with _writing(path, lines, per_s):
            wait(1.0)
            started_s = time.perf_counter()
            before = {name: (run.cpu_s, run.screen_cpu_s) for name, run in runs.items()}
        took_s = time.perf_counter() - started_s
        cpu_ratio = {name: (run.cpu_s - before[name][0]) / took_s for name, run in runs.items()}
        screen_ratio = {name: (run.screen_cpu_s - before[name][1]) / took_s for name, run in runs.items()}
        wait(_REST_S)
        resident = {name: run.resident_bytes for name, run in runs.items()}
        told = {name: run.end() for name, run in runs.items()}
        recent_bytes = _recent_bytes(path)
    wrong = [sentence for name, text in told.items() for sentence in _wrong_counts(name, text, lines)]
    # On a larger terminal it is longer.
    summaries = {told[name][told[name].rfind("Summary ") :] for name, (size, _) in modes.items() if size == SMALL}
    return Beside(cpu_ratio, screen_ratio, resident, recent_bytes, len(summaries) == 1, wrong)


def measure_keys(seconds: float, refresh: int, size: tuple[int, int], per_s: int = 50_000) -> Keys:
    """Press keys while many lines come."""
    lines, chance = int(seconds * per_s), random.Random(refresh)
    painted: list[float] = []
    undelayed: list[float] = []
    counted: list[float] = []
    resident: list[int] = []
    options = ["--dashboard", "--refresh", str(refresh)]
    with _growing_log() as path, Terminal(*size, *_following(path), *options) as run:
        wait(_START_S)
        with _writing(path, lines, per_s) as writer:
            wait(1.0)
            run.forget_pauses()
            started_s, delay_s = time.perf_counter(), run.screen_delay_s
            number = 0
            while writer.is_alive():
                wait(chance.uniform(0.15, 0.45))
                key, title = _PANELS[number % len(_PANELS)]
                name = key.decode()
                waited_s = run.screen_delay_s
                first = run.press(key, f"▸{name}", _PATIENCE_S)
                painted.append(_PATIENCE_S if first is None else first)
                undelayed.append(max(0.0, painted[-1] - run.screen_delay_s + waited_s))
                second = run.see(f"{name} {title} · ", _PATIENCE_S)
                counted.append(_PATIENCE_S if second is None else second)
                number += 1
                if not resident and time.perf_counter() - started_s > seconds / 3:
                    resident.append(run.resident_bytes)
        pause_s = run.longest_pause_s
        delay_ratio = (run.screen_delay_s - delay_s) / (time.perf_counter() - started_s)
        wait(_REST_S)
        resident.append(run.resident_bytes)
        wrong = _wrong_counts(f"dashboard at {refresh}", run.end(), lines)
    return Keys(refresh, per_s, painted, undelayed, counted, pause_s, delay_ratio, resident, wrong)


def measure_start_s() -> float:
    """Return the processor time from the start of the dashboard to its first picture, of a log that is there."""
    log = logs.make(*LOG)
    with Terminal(*SMALL, "--file", str(log.path), "--no-state", "--dashboard") as run:
        if run.wait_for("1 Endpoints", _PATIENCE_S) is None:
            return _PATIENCE_S
        cpu_s = run.cpu_s
        run.end()
    return cpu_s


def rows_of(beside: Beside, keys: Sequence[Keys], start_s: float) -> Iterator[Row]:
    """Yield what is aimed at, beside what was measured."""
    text = beside.cpu_ratio["text"]
    above = {name: 100 * (ratio - text) for name, ratio in beside.cpu_ratio.items()}
    yield at_most("CPU above text mode, 1 frame/s, 120×40, 5,000 lines/s", 2.0, above["dashboard"], "% of a core")
    yield at_most("CPU above text mode, 10 frames/s, 200×60", 15.0, above["dashboard at 10"], "% of a core")
    for run, most_ms in zip(keys, (50.0, 100.0), strict=True):
        work = f"key to paint, {run.refresh_per_s} frames/s, {run.lines_per_s:,} lines/s"
        yield at_most(f"{work}, p95", most_ms, 1_000 * _quantile(run.painted_s, 95), "ms")
        yield at_most(f"{work}, p99", 150.0, 1_000 * _quantile(run.painted_s, 99), "ms")
    yield at_most("start to first picture", 0.6, start_s, "s CPU")
    memory = beside.resident_bytes["dashboard"] - beside.resident_bytes["text"] - beside.recent_bytes
    yield at_most("memory above text mode, recent rows apart", 35.0, memory / _MIB, "MB")


def remarks_on(beside: Beside, keys: Sequence[Keys]) -> Iterator[str]:
    """Yield what was measured besides."""
    ratios = ", ".join(f"{name} {100 * ratio:.1f} %" for name, ratio in beside.cpu_ratio.items())
    screens = ", ".join(f"{100 * ratio:.1f} %" for ratio in beside.screen_ratio.values())
    yield f"CPU: {ratios} of a core; main threads {screens}"
    yield f"The summaries are {'the same' if beside.same_summary else 'different'}."
    sizes = ", ".join(f"{name} {size / _MIB:.0f} MB" for name, size in beside.resident_bytes.items())
    yield f"Memory: {sizes}; recent rows {beside.recent_bytes / _MIB:.1f} MB"
    for run in keys:
        painted, undelayed, counted = (_shown_ms(some) for some in (run.painted_s, run.undelayed_s, run.counted_s))
        memory = " to ".join(f"{size / _MIB:.0f}" for size in run.resident_bytes)
        yield (
            f"{len(run.painted_s)} keys at {run.refresh_per_s} frames/s, in ms: painted {painted}; "
            f"less waits for a processor {undelayed}; with figures {counted}"
        )
        yield (
            f"  the screen waited {100 * run.delay_ratio:.1f} % of the time for a processor; "
            f"longest pause {run.longest_pause_s:.2f} s; memory {memory} MB"
        )


def _quantile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


def _shown_ms(values_s: Sequence[float]) -> str:
    return ", ".join(f"p{percent} {1_000 * _quantile(values_s, percent):.0f}" for percent in (50, 95, 99))


def _following(path: Path) -> list[str]:
    return ["--file", str(path), "--no-state", "--from-start"]


@contextmanager
def _growing_log() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "access.log"
        path.touch()
        yield path


@contextmanager
def _writing(path: Path, lines: int, per_s: int) -> Iterator[Any]:
    """Let a process of its own write lines, which this one's threads do not delay; from its first line to its last."""
    writer = multiprocessing.get_context("spawn").Process(target=_write, args=(path, lines, per_s))
    writer.start()
    try:
        while not path.stat().st_size and writer.is_alive():
            wait(0.05)
        yield writer
        writer.join()
    finally:
        writer.kill()


def _write(path: Path, lines: int, per_s: int) -> None:
    write_lines(path, pieces_of(logs.make(*LOG)), lines, per_s)


def _wrong_counts(name: str, text: str, lines: int) -> list[str]:
    counted = _COUNTED.findall(text)
    hits = _HITS.findall(text[text.rfind("Summary ") :])
    if not counted or not hits:
        return [f"{name}: no summary"]
    found = [int(figure.replace(",", "")) for figure in (*counted[-1], hits[0])]
    names = ("lines read", "lines counted", "hits")
    return [
        f"{name}: {what}: got {got}, expected {lines}" for what, got in zip(names, found, strict=True) if got != lines
    ]


def _recent_bytes(path: Path) -> int:
    """Return what the rows of a log take, as a dashboard holds them."""
    settings = Settings(replay=True)
    recent, hub = RecentRows(settings.recent_s * US_PER_S, settings.recent_memory_bytes), Hub()
    hub.join_stream(recent)
    run_replay(logs.Log("live", path, logs.Facts(0, 0, 0, 0, [], [])), settings, hub, default_alerts(settings))
    return recent.held().nbytes
