"""Finds lines that end with two quoted fields, and takes them apart from what stands before."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from http_monitor.parser.arrays import Bytes, Ints
from http_monitor.parser.chunk import LF, QUOTE, SPACE
from http_monitor.parser.keys import between
from http_monitor.parser.regular import Span

QUOTES = 6
"""So many there are in such a line: those of the request too."""
_REFERER_OPENS, _REFERER_CLOSES, _AGENT_OPENS, _AGENT_CLOSES = range(2, QUOTES)


@dataclass(frozen=True, slots=True)
class PairedLines:
    """Lines like ``… "request" … "referer" "agent"`` with no other quotes, single spaces between, nothing behind."""

    line: Ints
    """For each its index among all lines, ascending."""
    front: bytes
    """What stands before the referer and its space, of one line after the other, an LF after each."""
    referer: Span
    agent: Span
    lines: int
    """How many lines there are in all."""

    def only(self, rows: Ints) -> tuple[Span, Span]:
        """Return referer and agent of some of them."""
        if len(rows) == len(self.line):
            return self.referer, self.agent
        return self.referer.only(rows), self.agent.only(rows)


def paired_lines(data: bytes, limit: int) -> PairedLines:
    """Return the lines that are such.

    Args:
        data: Whole lines, each with its LF.
        limit: The longest line, in bytes without its LF.
    """
    every: Bytes = np.frombuffer(data, np.uint8)
    lfs, quotes = np.flatnonzero(every == LF), np.flatnonzero(every == QUOTE)
    starts = np.concatenate([[0], lfs[:-1] + 1])
    quoted, line = _six_each(quotes, starts, lfs)
    opens, closes = quoted[:, _AGENT_OPENS], quoted[:, _REFERER_CLOSES]
    good = (opens == closes + 2) & (every.take(closes + 1, mode="clip") == SPACE)
    good &= every[quoted[:, _REFERER_OPENS] - 1] == SPACE
    good &= (quoted[:, _AGENT_CLOSES] + 1 == lfs[line]) & (lfs[line] - starts[line] <= limit)
    if not good.all():
        quoted, line = quoted[good], line[good]
    ended = every.copy()
    stops = quoted[:, _REFERER_OPENS]
    ended[stops - 1] = LF
    front = between(pa.py_buffer(ended.data), starts[line], stops).buffers()[2] or pa.py_buffer(b"")
    return PairedLines(
        line=line,
        front=front.slice(0, int((stops - starts[line]).sum())).to_pybytes(),
        referer=Span(quoted[:, _REFERER_OPENS] + 1, quoted[:, _REFERER_CLOSES]),
        agent=Span(quoted[:, _AGENT_OPENS] + 1, quoted[:, _AGENT_CLOSES]),
        lines=len(lfs),
    )


def _six_each(quotes: Ints, starts: Ints, lfs: Ints) -> tuple[Ints, Ints]:
    """Return where the quotes are of each line that has six of them, shape (lines, 6), and which lines those are."""
    if len(quotes) == QUOTES * len(lfs):
        by_line = quotes.reshape(-1, QUOTES)
        if (by_line[:, 0] >= starts).all() and (by_line[:, -1] < lfs).all():
            return by_line, np.arange(len(lfs))
    upto = np.searchsorted(quotes, lfs)
    first = np.concatenate([[0], upto[:-1]])
    line = np.flatnonzero(upto - first == QUOTES)
    return quotes[first[line][:, None] + np.arange(QUOTES)], line
