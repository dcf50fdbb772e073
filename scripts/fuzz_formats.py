"""Throws hostile lines at every format that has a name, some format strings and every wrapper, for a bounded time.

Usage: python scripts/fuzz_formats.py [--seconds N] [--seed N] [--format NAME]

A line is an example of the format, or what its server writes, with bytes changed, cut, repeated or put in, or the same
bytes over and over. Reading may not fail for any, nor depend on where lines were cut, nor on whether they are read by
columns, nor take longer than a millisecond for each KiB; and a short line means what the slow reader of
`tests/reference` says. Prints the line that breaks a law, and exits with 1 then.
"""

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from http_monitor.choices import UNWRAPS
from http_monitor.parser.presets import BY_NAME, PRESETS
from tests.fuzzed_strings import STRINGS
from tests.fuzzing import Broken, Fuzzer


def main() -> int:
    """Fuzz for as long as was asked for; return the exit code."""
    parser = argparse.ArgumentParser(description="read hostile lines in every format", allow_abbrev=False)
    parser.add_argument("--seconds", type=float, default=60, help="how long, in all (default %(default)s)")
    parser.add_argument("--seed", type=int, default=None, help="the same lines again")
    names = sorted([*BY_NAME, *(preset.name for preset in STRINGS), *UNWRAPS])
    parser.add_argument("--format", choices=names, help="only this format, or this wrapper")
    given = parser.parse_args()
    seed = random.randrange(1 << 32) if given.seed is None else given.seed
    every = {preset.name: preset for preset in (*PRESETS, *STRINGS)}
    presets = tuple(preset for name, preset in every.items() if given.format in (None, name))
    wrappers = tuple(name for name in UNWRAPS if given.format in (None, name))
    print(f"seed {seed}, {len(presets)} formats, {len(wrappers)} wrappers", flush=True)
    fuzzer = Fuzzer(presets, seed, wrappers)
    try:
        fuzzer.run(given.seconds)
    except Broken as broken:
        print(f"BROKEN: {broken}", file=sys.stderr)
        return 1
    slowest = ", ".join(f"{name} {ms:.3f}" for name, ms in fuzzer.slowest_ms_per_kib(3))
    print(f"{fuzzer.lines:,} lines, no law broken; the slowest, in ms for each KiB: {slowest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
