"""Finds the fields of plain lines by counting the spaces and quotes in each, block by block."""

from dataclasses import dataclass

import numpy as np

from http_monitor.parser.chunks.arrays import Bytes, Ints, Statuses, Words
from http_monitor.parser.chunks.chunk import WORD_BYTES, words_of
from http_monitor.parser.chunks.spans import Span
from http_monitor.parser.clf.mark_matching import SIZE, match_marks
from http_monitor.parser.clf.regular_lines import are_http, statuses_at
from http_monitor.parser.fields.clf_time import CLF_BYTES

_BLOCK_BYTES = 512 << 10
"""Size of a block: its intermediate results fit in the cache of a core."""
_DAY_BYTES = len("[10/Oct/2000:13:55:36")
_ZONE_BYTES = len("-0700]")
_STATUS_BYTES = 3
_EDGES, _EDGES_OF_PAIR = 1 + SIZE, 4
"""The start of a line and the marks at which its fields begin or end, and those of a pair."""
_MIN_BYTES = SIZE + _DAY_BYTES + _ZONE_BYTES + _STATUS_BYTES
"""Minimum length of a plain line."""
_SPARSE = 8
"""Rows of lines this many times as long leave most of the room unused."""
_OPEN, _CLOSE, _SLASH = (ord(char) for char in "[]/")


@dataclass(frozen=True, slots=True)
class PlainFields:
    """The places of the fields of plain lines; times, methods, sizes and targets are not checked here.

    A plain line is one of `match_marks` with single spaces, no empty field, a time of `CLF_BYTES`, a target that
    begins with a slash, and a status from 100 on.
    """

    line: Ints
    """For each line, its index among all lines, ascending."""
    host: Span
    user: Span
    time: Span
    """The time without its brackets."""
    method: Span
    target: Span
    status: Statuses
    size: Span
    referer: Span
    """Empty and at the end of the line if there is no pair; likewise the agent."""
    agent: Span
    stop: Ints
    """The ends of the lines: their LFs."""
    lines: int
    """Number of lines in the text."""


def find_plain(text: bytes, *, pair: bool) -> PlainFields:
    """Return the fields of the plain lines.

    Args:
        text: Whole lines, each with its LF, at least one.
        pair: Find lines with referer and agent; else lines without.
    """
    every, words = np.frombuffer(text, np.uint8), words_of(text.ljust(WORD_BYTES))
    room = len(text) // _MIN_BYTES + 1
    line, status = np.empty(room, np.int64), np.empty(room, np.int16)
    at = np.empty((_EDGES + (_EDGES_OF_PAIR if pair else 0), room), np.int64)
    count = lines = begin = 0
    while begin < len(text):
        end = _end_of_block(text, begin)
        block = _find_in_block(every, words, begin, end, at[:, count:], pair=pair)
        here = slice(count, count + len(block.line))
        line[here], status[here] = block.line + lines, block.status
        count, lines, begin = here.stop, lines + block.lines, end
    line, status = line[:count], status[:count]
    if _SPARSE * count < room:
        # Rows of long lines may be kept for long; they must not keep all the room that short ones would have taken.
        line, status = line.copy(), status.copy()
    start, host, ident, user, _, zone, quote, method, target, _, _, before_size, size, *quotes = at[:, :count]
    referer = agent = Span(size, size)
    if pair:
        referer, agent = Span(quotes[0] + 1, quotes[1]), Span(quotes[2] + 1, quotes[3])
    return PlainFields(
        line=line,
        host=Span(start, host),
        user=Span(ident + 1, user),
        time=Span(zone - CLF_BYTES - 1, zone - 1),
        method=Span(quote + 1, method),
        target=Span(method + 1, target),
        status=status,
        size=Span(before_size + 1, size),
        referer=referer,
        agent=agent,
        stop=agent.stop + 1 if pair else size,
        lines=lines,
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """The result for one block."""

    lines: int
    line: Ints
    """For each plain line, its index in the block."""
    status: Statuses


def _end_of_block(text: bytes, begin: int) -> int:
    """Return the end of the block that begins there, after a line, which may be longer than a block."""
    end = text.rfind(b"\n", begin, begin + _BLOCK_BYTES) + 1
    return end or text.find(b"\n", begin) + 1


def _find_in_block(every: Bytes, words: Words, begin: int, end: int, edges: Ints, *, pair: bool) -> _Block:
    """Return the plain lines of a block.

    Args:
        every: All bytes of the text.
        words: For each position, the eight bytes that begin there.
        begin: Start of the block.
        end: End of the block.
        edges: Receives the edges of each line, shape (edges, at least the lines): `_EDGES`, then those of a pair.
        pair: As in `find_plain`.
    """
    marked = match_marks(every[begin:end], pair=pair)
    count = len(marked.line)
    # Each edge of all lines is stored together, as it is needed from here on.
    np.add(marked.start, begin, out=edges[0, :count])
    np.add(marked.at, begin, out=edges[1:_EDGES, :count])
    if marked.pair is not None:
        np.add(marked.pair, begin, out=edges[_EDGES:, :count])
    start, host, ident, user, day, zone, quote, method, target, close, before_status, status, size = edges[
        :_EDGES, :count
    ]
    good = (host > start) & (ident > host + 1) & (user > ident + 1)
    good &= (day == user + 1 + _DAY_BYTES) & (zone == day + 1 + _ZONE_BYTES) & (quote == zone + 1)
    good &= (before_status == close + 1) & (status == before_status + 1 + _STATUS_BYTES) & (size > status + 1)
    # Before an empty target there is a space.
    good &= (every.take(user + 1) == _OPEN) & (every.take(zone - 1) == _CLOSE) & (every.take(method + 1) == _SLASH)
    good &= are_http(words, target + 1)
    code, is_status = statuses_at(every, before_status + 1)
    good &= is_status
    if good.all():
        return _Block(marked.lines, marked.line, code)
    places = np.flatnonzero(good)
    edges[:, : len(places)] = edges[:, places]
    return _Block(marked.lines, marked.line[places], code[places])
