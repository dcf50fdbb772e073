"""Measures how fast each stage is, how soon the program starts, and how much memory a live run needs.

Usage: python bench/stages.py [--lines N] [--rounds N] [--short]

Prints a table and writes the same to bench/out/stages.json. Exits with 1 when a result is wrong, never for being slow.
"""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(import_module("bench.command").main())
