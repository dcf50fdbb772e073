"""Measures replays against the rivals that are installed, in turn, and prints medians, ratios, CPU and peak memory.

Usage: python bench/versus.py [--lines N] [--rounds N] [--work LOG ...] [--short]

Then come the goals. Writes the same to bench/out/versus.json and bench/out/versus.txt. Exits with 1 when a
result of http_monitor is wrong, never for being slow.
"""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(import_module("bench.contest").main())
