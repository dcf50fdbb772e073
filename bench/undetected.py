"""Measures what a log costs that fits no format: each of its lines is tried as all of them.

Usage: python -m bench.undetected [--lines N]

Its lines are `#` lines and junk in turn, from a fixed seed; formats disagree on which of them record no request. Prints
the processor time of a line where they come in chunks, as in a replay, and one by one, as from a slow server.
"""

import argparse
import random
import time

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.detect.auto import auto_formats
from http_monitor.parser.wrapped.format import WrappedFormat
from http_monitor.unwrap import wrappers

_BYTES = 'abcdefghijkl 0123456789[]{}"-:/'
_MEAN_LENGTH = 110


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description="time a log that fits no format", allow_abbrev=False)
    parser.add_argument("--lines", type=int, default=10_000, help="lines of the log (default %(default)s)")
    lines = made(parser.parse_args().lines)
    print(f"in chunks of 1,000: {ms_for_each(lines, 1_000):.2f} ms of processor time for each line")
    print(f"one by one: {ms_for_each(lines[:2_000], 1):.2f} ms")


def made(count: int) -> list[bytes]:
    """Return the lines."""
    chance = random.Random(1)
    return [
        ("#" * (number % 2) + "".join(chance.choices(_BYTES, k=_MEAN_LENGTH)) + "\n").encode()
        for number in range(count)
    ]


def ms_for_each(lines: list[bytes], at_once: int) -> float:
    """Return the processor time of a line, in milliseconds, with that many lines in each chunk."""
    made_bare, made_inside = auto_formats(), auto_formats(untimed=True)
    fmt = WrappedFormat(made_bare, lambda: wrappers(DEFAULT_LINE_BYTES), make_inside=made_inside)
    begun = time.process_time()
    for at in range(0, len(lines), at_once):
        assert not len(fmt.parse(b"".join(lines[at : at + at_once])).line_nos), "a line fits"
    return 1_000 * (time.process_time() - begun) / len(lines)


if __name__ == "__main__":
    main()
