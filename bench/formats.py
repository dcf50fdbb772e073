"""Measures how many lines a second each format that has a name reads.

Usage: python bench/formats.py [--lines N] [--rounds N] [--format NAME]

The logs are made from a fixed seed, 1,000 lines a second, and are read in chunks of 4 MiB, as a replay does. Prints the
median of the rounds, by the time that the processor spent, so that what else it had to do counts less. Exits with 1
when a line of a log is not read as a row, never for being slow.
"""

import argparse
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.presets import BY_NAME, PRESETS, Preset
from tests.written.hit import some_hit
from tests.written.writers import write

_SEED = 20_261_126
_START_US = 1_760_097_336_000_000
_CHUNK_BYTES = 4 << 20


def main() -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description="lines a second of every format", allow_abbrev=False)
    parser.add_argument("--lines", type=int, default=40_000, help="of each log (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is read (default %(default)s)")
    parser.add_argument("--format", choices=sorted(BY_NAME), help="only this one")
    given = parser.parse_args()
    for preset in PRESETS if given.format is None else (BY_NAME[given.format],):
        chunks = _chunks(preset.name, given.lines)
        rates = []
        for _ in range(given.rounds):
            rows, seconds = _read(preset, chunks)
            if rows != given.lines:
                print(f"{preset.name}: {rows} rows of {given.lines} lines", file=sys.stderr)
                return 1
            rates.append(given.lines / seconds)
        bytes_per_line = sum(map(len, chunks)) / given.lines
        print(
            f"{preset.name:22}{statistics.median(rates):12,.0f} lines/s{bytes_per_line:8.0f} bytes a line", flush=True
        )
    return 0


def _chunks(name: str, lines: int) -> list[bytes]:
    source = random.Random(_SEED)
    chunks: list[bytes] = []
    held: list[bytes] = []
    size = 0
    for number in range(lines):
        line, _ = write(name, some_hit(source, _START_US + 1_000 * number + source.randrange(1_000)))
        held.append(line + b"\n")
        size += len(held[-1])
        if size >= _CHUNK_BYTES:
            chunks.append(b"".join(held))
            held, size = [], 0
    return [*chunks, b"".join(held)]


def _read(preset: Preset, chunks: list[bytes]) -> tuple[int, float]:
    log_format = preset.make(DEFAULT_LINE_BYTES)
    started = time.process_time()
    rows = sum(log_format.parse(chunk).rows.num_rows for chunk in chunks if chunk)
    return rows, time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
