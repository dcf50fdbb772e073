"""Measures what the dashboard costs above text mode, and how soon it shows what a key asks for.

Usage: python bench/dashboard.py [--seconds N] [--rounds N] [--short]

Text mode and the dashboard follow one log at the same time, each on a terminal of its own; then keys are pressed while
50,000 lines/s come. Prints a table and writes the same to bench/out/dashboard.json. Exits with 1 when one of them has
not counted every line, never for being slow.
"""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(import_module("bench.screens").main())
