"""Finds the lines of a batch among the inner lines."""

import numpy as np

from http_monitor.ports.wrapper import Unwrapped
from http_monitor.records import Batch, Int64s


def places(batch: Batch, inside: Unwrapped, limit: int) -> Int64s:
    """Return for each line that counts its index among the inner lines."""
    if batch.lines == inside.lines:
        return np.arange(inside.lines)
    lines = inside.data.split(b"\n")
    lines.pop()
    return np.array([index for index, line in enumerate(lines) if len(line) > limit or line.strip()], np.int64)
