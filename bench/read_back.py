"""Measures reading back beside a live run: time, memory, and whether the run keeps up.

Usage: python bench/read_back.py [--seconds N] [--rate N] [--live N]

Makes a combined log of some seconds up to now in a temporary folder, follows it while another process appends to it,
and reads it back. Exits with 1 if the rows held are not all that were written.
"""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(import_module("bench.reading_back").main())
