"""Finds the fields of plain lines by counting the spaces and quotes of each, a block of lines at a time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from http_monitor.parser.arrays import Bytes, Ints, Words
from http_monitor.parser.chunk import LF, QUOTE, WORD_BYTES, word, words_at, words_of
from http_monitor.parser.clf_time import CLF_BYTES
from http_monitor.parser.regular import Span

_BLOCK_BYTES = 512 << 10
"""What is found in so much text stays in the cache of a core while it is looked at."""
_MARKS = np.frombuffer(b'     "  "  \n', np.uint8)
"""Of `host ident user [day zone] "method target version" status size`, its LF included."""
_DAY_BYTES = len("[10/Oct/2000:13:55:36")
_ZONE_BYTES = len("-0700]")
_STATUS_BYTES = 3
_EDGES = 10
_LEAST_BYTES = len(_MARKS) + _DAY_BYTES + _ZONE_BYTES + _STATUS_BYTES
"""No plain line is shorter."""
_OPEN, _CLOSE, _SLASH, _ZERO = (ord(char) for char in "[]/0")
_HTTP = b"HTTP/"
_HTTP_WORD, _HTTP_MASK = word(_HTTP), word(b"\xff" * len(_HTTP))

Statuses = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class PlainFields:
    """Where the fields of plain lines are; what a time, a method, a size or a target say is not looked at here.

    A plain line is as `_MARKS` says, with single spaces between fields that are not empty, a time of `CLF_BYTES`, a
    target that begins with a slash and a status from 100 on. The fields have no byte below a quote in them.
    """

    line: Ints
    """For each its index among all lines, ascending."""
    host: Span
    user: Span
    time: Span
    """Without its brackets."""
    method: Span
    target: Span
    status: Statuses
    size: Span
    lines: int
    """How many lines the text has."""


def find_plain(text: bytes) -> PlainFields:
    """Return the fields of the plain lines.

    Args:
        text: Whole lines, each with its LF, at least one.
    """
    every, words = np.frombuffer(text, np.uint8), words_of(text.ljust(WORD_BYTES))
    room = len(text) // _LEAST_BYTES + 1
    line, status, at = np.empty(room, np.int64), np.empty(room, np.int16), np.empty((_EDGES, room), np.int64)
    count = lines = begin = 0
    while begin < len(text):
        end = _end_of_block(text, begin)
        block = _plain_of_block(every, words, begin, end)
        here = slice(count, count + len(block.line))
        line[here], status[here] = block.line + lines, block.status
        np.stack(block.edges, out=at[:, here])
        count, lines, begin = here.stop, lines + block.lines, end
    start, host, ident, user, zone, quote, method, target, before_size, size = at[:, :count]
    return PlainFields(
        line=line[:count],
        host=Span(start, host),
        user=Span(ident + 1, user),
        time=Span(zone - CLF_BYTES - 1, zone - 1),
        method=Span(quote + 1, method),
        target=Span(method + 1, target),
        status=status[:count],
        size=Span(before_size + 1, size),
        lines=lines,
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """What was found in a block."""

    lines: int
    line: Ints
    """Of the plain lines their indices in the block."""
    edges: tuple[Ints, ...]
    """Their starts, and those of their marks that a field begins or ends at: `_EDGES` in all."""
    status: Statuses


def _end_of_block(text: bytes, begin: int) -> int:
    """Return where the block ends that begins there: behind a line, which may be longer than a block."""
    end = text.rfind(b"\n", begin, begin + _BLOCK_BYTES) + 1
    return end or text.find(b"\n", begin) + 1


def _plain_of_block(every: Bytes, words: Words, begin: int, end: int) -> _Block:
    """Return the plain lines of some text.

    Args:
        every: All bytes.
        words: At each position the eight bytes from there on.
        begin: Where the text begins.
        end: Where it ends.
    """
    count, line, start, at = _marked_lines(every[begin:end])
    start += begin
    at += begin
    host, ident, user, day, zone, quote, method, target, close, before_status, status, size = at.T
    good = (host > start) & (ident > host + 1) & (user > ident + 1)
    good &= (day == user + 1 + _DAY_BYTES) & (zone == day + 1 + _ZONE_BYTES) & (quote == zone + 1)
    good &= (before_status == close + 1) & (status == before_status + 1 + _STATUS_BYTES) & (size > status + 1)
    # A target of nothing has a space there.
    good &= (every.take(user + 1) == _OPEN) & (every.take(zone - 1) == _CLOSE) & (every.take(method + 1) == _SLASH)
    good &= (words_at(words, target + 1) & _HTTP_MASK) == _HTTP_WORD
    hundreds, tens, ones = (
        every.take(before_status + number, mode="clip") - np.uint8(_ZERO) for number in range(1, 1 + _STATUS_BYTES)
    )
    good &= (hundreds >= 1) & (hundreds <= 9) & (tens <= 9) & (ones <= 9)
    code = hundreds * np.int16(100) + tens * np.int16(10) + ones
    edges = start, host, ident, user, zone, quote, method, target, status, size
    if good.all():
        return _Block(count, line, edges, code)
    return _Block(count, line[good], tuple(edge[good] for edge in edges), code[good])


def _marked_lines(text: Bytes) -> tuple[int, Ints, Ints, Ints]:
    """Return how many lines a text has, which of them have the marks of a plain one, their starts and their marks.

    The marks have the shape (lines, marks); nothing else is as small as a quote in these lines.
    """
    marks = np.flatnonzero(text <= QUOTE)
    kinds = text.take(marks)
    size = len(_MARKS)
    if len(marks) % size == 0 and (kinds.reshape(-1, size) == _MARKS).all():
        at = marks.reshape(-1, size)
        return len(at), np.arange(len(at)), np.concatenate([[0], at[:-1, -1] + 1]), at
    ends = np.flatnonzero(kinds == LF)
    starts = np.concatenate([[0], marks.take(ends[:-1]) + 1])
    line = np.flatnonzero(np.diff(ends, prepend=-1) == size)
    of_line = ends[line][:, None] + np.arange(1 - size, 1)
    is_plain = (kinds.take(of_line) == _MARKS).all(axis=1)
    line = line[is_plain]
    return len(ends), line, starts[line], marks.take(of_line[is_plain])
