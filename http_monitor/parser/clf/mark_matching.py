"""Finds lines whose spaces and quotes come in the sequence of plain lines."""

from dataclasses import dataclass

import numpy as np

from http_monitor.parser.chunks.arrays import Bytes, Ints
from http_monitor.parser.chunks.chunk import LF, QUOTE, SPACE, WORD_BYTES, word, words_at, words_of

_MARKS = np.frombuffer(b'     "  "  ', np.uint8)
"""The marks of `host ident user [day zone] "method target version" status size`."""
_LINE = np.append(_MARKS, np.uint8(LF))
SIZE = len(_LINE)
"""Number of marks up to the one after the size."""
_PAIRED = _MARKS.tobytes() + bytes([SPACE])
_END_AT = SIZE - WORD_BYTES
_PAIRED_BEGIN, _PAIRED_END = word(_PAIRED[:WORD_BYTES]), word(_PAIRED[_END_AT:])
"""The first and the last eight marks of a line with a pair, up to the space before its referer; they overlap."""
QUOTES = 6
"""Number of quotes in a line with referer and agent, including those of the request."""
_REFERER_OPENS, _REFERER_CLOSES, _AGENT_OPENS, _AGENT_CLOSES = range(2, QUOTES)


@dataclass(frozen=True, slots=True)
class MarkedLines:
    """Lines that have the marks of plain lines, and outside a quoted pair no other byte up to a quote."""

    lines: int
    """Number of lines in the text."""
    line: Ints
    """For each line found, its index among all lines, ascending."""
    start: Ints
    at: Ints
    """Positions of its first `SIZE` marks, shape (SIZE, lines); the last is the LF, or the space before a referer."""
    pair: Ints | None
    """Positions of the quotes of referer and agent, shape (4, lines); None if pairs are not looked for."""


def match_marks(text: Bytes, *, pair: bool) -> MarkedLines:
    """Return the lines that have only the marks of plain lines; with a pair, those that end with referer and agent.

    Args:
        text: Whole lines, each with its LF, at least one.
        pair: Find lines like ``… size "referer" "agent"`` that have no other quotes.
    """
    marks = np.flatnonzero(text <= QUOTE)
    kinds = text.take(marks)
    if pair:
        return _with_pair(text, marks, kinds)
    if len(marks) % SIZE == 0 and (kinds.reshape(-1, SIZE) == _LINE).all():
        at = marks.reshape(-1, SIZE).T
        return MarkedLines(len(at[0]), np.arange(len(at[0])), _starts(at[-1]), at, None)
    ends = np.flatnonzero(kinds == LF)
    line = np.flatnonzero(np.diff(ends, prepend=-1) == SIZE)
    of_line = ends[line][:, None] + np.arange(1 - SIZE, 1)
    fits = (kinds.take(of_line) == _LINE).all(axis=1)
    line = line[fits]
    return MarkedLines(len(ends), line, _starts(marks.take(ends))[line], marks.take(of_line[fits]).T, None)


def _with_pair(text: Bytes, marks: Ints, kinds: Bytes) -> MarkedLines:
    ends = np.flatnonzero(kinds == LF)
    first = _starts(ends)
    quoted, line = _six_each(np.flatnonzero(kinds == QUOTE), first, ends)
    first = first[line]
    # The last of these marks is just before the referer, so all of them belong to this line.
    fits = quoted[:, _REFERER_OPENS] == first + SIZE
    words = words_of(kinds.tobytes() + bytes(2 * WORD_BYTES))
    fits &= (words_at(words, first) == _PAIRED_BEGIN) & (words_at(words, first + _END_AT) == _PAIRED_END)
    at, quotes = np.empty((SIZE, len(line)), np.int64), marks.take(quoted)
    for number in range(SIZE):
        marks.take(first + number, out=at[number], mode="clip")
    closes, opens = quotes[:, _REFERER_CLOSES], quotes[:, _AGENT_OPENS]
    fits &= (quotes[:, _REFERER_OPENS] == at[-1] + 1) & (opens == closes + 2)
    fits &= text.take(closes + 1, mode="clip") == SPACE
    lfs = marks.take(ends)
    fits &= quotes[:, _AGENT_CLOSES] + 1 == lfs[line]
    start = _starts(lfs)[line]
    if not fits.all():
        line, start, at, quotes = line[fits], start[fits], at[:, fits], quotes[fits]
    return MarkedLines(len(ends), line, start, at, quotes[:, _REFERER_OPENS:].T)


def _starts(ends: Ints) -> Ints:
    """Return the starts of lines with these ends; the first starts at 0."""
    return np.concatenate([[0], ends[:-1] + 1])


def _six_each(quotes: Ints, first: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Return the quotes of each line that has exactly six, shape (lines, 6), and a mask of those lines.

    Args:
        quotes: Indices of the quotes among the marks.
        first: For each line, the index of its first mark.
        ends: For each line, the index of its LF.
    """
    if len(quotes) == QUOTES * len(ends):
        by_line = quotes.reshape(-1, QUOTES)
        if (by_line[:, 0] >= first).all() and (by_line[:, -1] < ends).all():
            return by_line, np.arange(len(ends))
    upto = np.searchsorted(quotes, ends)
    before = np.concatenate([[0], upto[:-1]])
    line = np.flatnonzero(upto - before == QUOTES)
    return quotes[before[line][:, None] + np.arange(QUOTES)], line
