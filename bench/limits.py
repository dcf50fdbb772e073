"""Measures live runs, memory under an attack, and ever larger files.

Usage: python bench/limits.py [--seconds N] [--rounds N] [--hostile LINES] [--largest MB] [--short]

Prints a table and writes the same to bench/out/limits.json and bench/out/limits.txt. Exits with 1 when a result is
wrong, never for being slow.
"""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(import_module("bench.bounds").main())
