"""Measures the recent rows: their memory, what a row costs, and what views cost.

Usage: python bench/recent.py [--seconds N] [--rate N] [--hosts N] [--rounds N] [--short]

Made rows (times in milliseconds, durations, agents, referers) come in frames of a tenth of a second. Prints the memory
that is told and what the process grew by, the CPU time of the fold for each row, and the CPU time of each view asked
for the first and for the third time, the least of some rounds: that varies least with what else runs.
Says `missed` where memory is more than 64 MB, rows are left out, a view whose filter keeps under 5 percent takes more
than 50 ms, or any other takes more than 150 ms. Exits with 1 only where results are wrong: rows are lost, or views of
the same rows differ.
"""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(import_module("bench.recent_rows").main())
