"""What must be counted of a log that is copied and truncated, said as plainly as can be.

A line is in the log until that is truncated, and in every copy that was made while it was there. Whoever reads the log
now and then can only count what some file has, or had when it was looked at. So of all lines ever written

- those that a copy or the log has at the end are counted exactly once,
- those that were written after the copy and before the truncation are counted once or not at all; if one of them is
  not, that is told (`maybe_lost`, or their bytes).
"""

from collections import Counter
from collections.abc import Iterable, Sequence


def wrong_counts(written: Sequence[bytes], kept: Iterable[bytes], counted: Iterable[bytes], *, told: bool) -> list[str]:
    """Return what is wrong with the lines that were counted, each as a sentence; nothing if they are right.

    Args:
        written: All lines that were ever written, each another one.
        kept: The contents of the log and of all its copies at the end.
        counted: The lines that were counted, as often as they were.
        told: Whether a loss is told.
    """
    times = Counter(counted)
    in_files = {line for content in kept for line in content.splitlines(keepends=True)}
    wrong = [f"{line!r} was never written" for line in times if line not in set(written)]
    for line in written:
        if times[line] > 1:
            wrong.append(f"{line!r} is counted {times[line]} times")
        elif times[line] == 0 and line in in_files:
            wrong.append(f"{line!r} is in a file and not counted")
        elif times[line] == 0 and not told:
            wrong.append(f"{line!r} is lost without a word")
    return wrong
