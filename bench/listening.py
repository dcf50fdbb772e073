"""Measures what it costs a replay that somebody takes the stream of accepted rows.

Usage: python bench/listening.py [--lines N] [--rounds N]

A replay of each dense log with a listener that folds every frame by minute and every dimension, in turns with one
without, in this process; prints the median of the ratios of their CPU time. What the fold has is compared with the
summary: exits with 1 where they differ.
"""

import argparse
import statistics
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from bench.logs import Log
    from http_monitor.hub.hub import Hub
    from http_monitor.ports.stream import RowFrame
    from http_monitor.report import Mark

_MINUTE_US = 60 * 1_000_000


class MinuteFold:
    """Hits by minute and by every dimension, the pieces of which are kept as they come."""

    def __init__(self) -> None:
        self.hits: Counter[int] = Counter()
        self.keys: Counter[tuple[int, str]] = Counter()

    def frame(self, frame: "RowFrame") -> None:
        """Add up the rows of a frame."""
        sums = frame.sums(_MINUTE_US)
        for index, start_us in enumerate(sums.starts_us.tolist()):
            self.hits[start_us] += sums.hits[index]
            for dimension in frame.dimensions:
                self.keys[start_us, dimension] += len(sums.by_key(dimension, index).hits)

    def mark(self, mark: "Mark") -> None:
        """Take no notice: a minute may be corrected at any time."""


def _seconds(log: "Log", hub: "Hub") -> float:
    parts, alerts, settings = (
        import_module(f"{name}") for name in ("bench.parts", "http_monitor.alerts", "http_monitor.settings")
    )
    chosen = settings.Settings(replay=True)
    before = process_time()
    parts.run_replay(log, chosen, hub, alerts.default_alerts(chosen))
    return process_time() - before


def main() -> int:
    """Measure, and return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--lines", type=int, default=500_000)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    hub_of, logs, parts = (import_module(name) for name in ("http_monitor.hub.hub", "bench.logs", "bench.parts"))
    wrong = False
    for name in ("dense_common", "dense_combined"):
        log, ratios = logs.make(name, given.lines), []
        for _ in range(given.rounds):
            alone = _seconds(log, hub_of.Hub([parts.Collector()]))
            collector, fold = parts.Collector(), MinuteFold()
            hub = hub_of.Hub([collector])
            hub.join_stream(fold)
            ratios.append(_seconds(log, hub) / alone)
            wrong |= sum(fold.hits.values()) != collector.messages[-1].hits
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(
            f"{name:16} {statistics.median(ratios):.2f} times the CPU with a listener ({spread}, {given.rounds} rounds)"
        )
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
