"""Measures what one appended line costs in a small and in a huge file, and what following an idle file costs.

Usage: python bench/append.py [--appends N] [--idle SECONDS] [--short]

Prints a table and writes the same to bench/out/append.json. Exits with 1 when a line is not handed out whole, or when
more is read of the huge file than of the small one; never for being slow.
"""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(import_module("bench.following").main())
