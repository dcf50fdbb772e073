"""Finds the fields of regular lines by arithmetic on the positions of spaces and quotes."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Bytes, Ints, Statuses, Words
from http_monitor.parser.chunks.chunk import BACKSLASH, QUOTE, SPACE, TAB, WORD_BYTES, Chunk, word, words_at
from http_monitor.parser.chunks.numbers import numbers
from http_monitor.parser.chunks.spans import Span
from http_monitor.parser.clf.variants import Shape
from http_monitor.parser.fields.clf_time import CLF_BYTES


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of the regular lines, one item for each such line, in file order."""

    line: Ints
    """Index among the lines of the chunk."""
    first: Span
    """The first field: the host, or a vhost if there are four fields before the time."""
    second: Span
    user_from_third: Span
    """From the third field to the last before the time."""
    user_from_fourth: Span
    """The fourth field; empty if there are three before the time."""
    four: Bools
    """Whether there are four fields before the time."""
    time: Span
    """The time without its brackets, `CLF_BYTES` long."""
    method: Span
    target: Span
    """Begins with a slash, contains no space."""
    status: Statuses
    size: Ints
    """0 for a dash."""
    size_null: Bools
    """Whether the size is a dash."""
    pair: Bools
    """Whether there are referer and agent."""
    referer: Span
    agent: Span

    def only(self, keep: Bools) -> "Fields":
        """Return the fields of the selected lines."""
        parts: dict[str, Any] = {part.name: getattr(self, part.name) for part in fields(self)}
        kept: dict[str, Any] = {
            name: part.only(keep) if isinstance(part, Span) else part[keep] for name, part in parts.items()
        }
        return Fields(**kept)


# The marks of `h i u [date zone] "m t v" s b` up to the one before the size, as two overlapping words.
_THREE = b'     "  "  '
_FOUR = b'      "  "  '
_THREE_HEAD, _THREE_TAIL = word(_THREE[:WORD_BYTES]), word(_THREE[-WORD_BYTES:])
_FOUR_HEAD, _FOUR_TAIL = word(_FOUR[:WORD_BYTES]), word(_FOUR[-WORD_BYTES:])
_TAIL_AT = len(_THREE) - WORD_BYTES

_HTTP = word(b"HTTP/")
_HTTP_MASK = np.uint64((1 << 40) - 1)
_BRACKET_OPEN, _BRACKET_CLOSE, _SLASH, _DASH, _ZERO, _COMMA, _DOT = (ord(char) for char in "[]/-0,.")
_RACK_END = len(".0021")


def find_fields(chunk: Chunk, shape: Shape) -> Fields:
    """Return the fields of the regular lines; other lines may be well-formed too.

    A regular line has single spaces, three or four fields before a time of `CLF_BYTES`, a request with method, path and
    version, no tab, no escaped quote or backslash, and a size of at most 16 digits. The date and the characters of the
    method are not checked here.
    """
    line, four = _plausible_lines(chunk, shape)
    marks_at = chunk.marks_at
    start, mark = chunk.starts[line], chunk.first_mark[line]
    space = [marks_at(mark + number) for number in range(4)]
    # From the last field before the time on, the distances are the same for both.
    mark += four
    before_time, before_request, open_quote, after_method, after_target, close_quote, before_status, before_size = (
        marks_at(mark + number) for number in (2, 4, 5, 6, 7, 8, 9, 10)
    )
    # A list of addresses is more than one field.
    good = (space[0] > start) & (chunk.bytes_at(space[0] - 1) != _COMMA)
    good &= (space[1] > space[0] + 1) & (space[2] > space[1] + 1)
    good &= ~four | ((space[3] > space[2] + 1) & (chunk.bytes_at(space[2] + 1) != _BRACKET_OPEN))
    time_stop = open_quote - 2
    time_start = time_stop - CLF_BYTES
    good &= (before_request == open_quote - 1) & (before_time == time_start - 2)
    good &= (chunk.bytes_at(before_time + 1) == _BRACKET_OPEN) & (chunk.bytes_at(time_stop) == _BRACKET_CLOSE)
    good &= chunk.bytes_at(after_method + 1) == _SLASH
    good &= are_http(chunk.words, after_target + 1)
    good &= (before_status == close_quote + 1) & (before_size == before_status + 4)
    status, is_status = statuses_at(chunk.bytes, before_status + 1)
    good &= is_status
    size = Span(before_size + 1, np.minimum(marks_at(mark + 11), chunk.ends[line]))
    size_null = (size.stop == size.start + 1) & (chunk.bytes_at(size.start) == _DASH)
    size_value, is_number = numbers(chunk, size)
    good &= ~_may_be_forged(chunk, line, four, space[0], space[1], mark + 11)
    good &= (size_null | is_number) & (chunk.mark_kind.take(mark + 11) != QUOTE)
    if shape.pair:
        pair, unclear, referer, agent = _find_pairs(chunk, mark + 11, chunk.ends[line])
        good &= ~unclear
    else:
        pair = np.zeros(len(line), np.bool_)
        referer = agent = Span(size.stop, size.stop)
    found = Fields(
        line=line,
        first=Span(start, space[0]),
        second=Span(space[0] + 1, space[1]),
        user_from_third=Span(space[1] + 1, before_time),
        user_from_fourth=Span(np.minimum(space[2] + 1, before_time), before_time),
        four=four,
        time=Span(time_start, time_stop),
        method=Span(open_quote + 1, after_method),
        target=Span(after_method + 1, after_target),
        status=status,
        size=np.where(size_null, 0, size_value),
        size_null=size_null,
        pair=pair,
        referer=referer,
        agent=agent,
    )
    return found if good.all() else found.only(good)


def _may_be_forged(
    chunk: Chunk, line: Ints, four: Bools, before_ident: Ints, after_ident: Ints, size_end: Ints
) -> Bools:
    """Return a mask of the lines that end like those of Rack but are not plain lines of it (see `rack_front`).

    Args:
        chunk: The chunk.
        line: Indices of the lines to check.
        four: Which of them have four fields before the time.
        before_ident: For each, the mark between its first and second field.
        after_ident: For each, the mark after the second field.
        size_end: For each, the index of the mark after its size.
    """
    ends = chunk.ends[line]
    forged: Bools = chunk.bytes_at(ends - _RACK_END) == _DOT
    if not forged.any():
        return forged
    # Three blanks follow the last quote.
    for back in (1, 2, 3):
        forged &= chunk.mark_kind.take(chunk.lf_mark[line] - back, mode="clip") == SPACE
    if not forged.any():
        return forged
    commas = np.append(np.flatnonzero(chunk.bytes == _COMMA), len(chunk.bytes))
    starts = chunk.starts[line]
    plain = ~four & (after_ident == before_ident + 2) & (chunk.bytes_at(before_ident + 1) == _DASH)
    plain &= commas.take(np.searchsorted(commas, starts)) > before_ident
    # After the size there are no quotes and only one blank.
    plain &= chunk.marks_at(size_end + 1) >= ends
    forged &= ~plain
    return forged


def _plausible_lines(chunk: Chunk, shape: Shape) -> tuple[Ints, Bools]:
    """Return the lines that have the marks of a regular one, and a mask of those with four fields before the time."""
    head = words_at(chunk.mark_words, chunk.first_mark)
    tail = words_at(chunk.mark_words, chunk.first_mark + _TAIL_AT)
    three = (head == _THREE_HEAD) & (tail == _THREE_TAIL)
    tail = words_at(chunk.mark_words, chunk.first_mark + _TAIL_AT + 1)
    four = (head == _FOUR_HEAD) & (tail == _FOUR_TAIL)
    if shape.vhost == "always":
        three[:] = False
    usual = three | four
    usual &= chunk.lfs - chunk.starts <= shape.limit
    usual[chunk.lines_of(escapes_in(chunk.data))] = False
    line = np.flatnonzero(usual)
    return line, four[line]


def are_http(words: Words, start: Ints) -> Bools:
    """Return a mask of the positions at which a version of HTTP begins."""
    are: Bools = (words_at(words, start) & _HTTP_MASK) == _HTTP
    return are


def statuses_at(every: Bytes, start: Ints) -> tuple[Statuses, Bools]:
    """Return the three digits at each position as a number, and a mask of the valid statuses, from 100 on."""
    hundreds, tens, ones = (every.take(start + number, mode="clip") - np.uint8(_ZERO) for number in range(3))
    good: Bools = (hundreds >= 1) & (hundreds <= 9) & (tens <= 9) & (ones <= 9)
    return hundreds * np.int16(100) + tens * np.int16(10) + ones, good


def escapes_in(data: bytes) -> Ints:
    r"""Return the positions of tabs, ``\"`` and ``\\``; any other backslash has no effect."""
    every = np.frombuffer(data, np.uint8)
    positions = []
    if b"\t" in data:
        positions.append(np.flatnonzero(every == TAB))
    if b"\\" in data:
        slashes = np.flatnonzero(every[:-1] == BACKSLASH)
        escaped = every.take(slashes + 1)
        positions.append(slashes[(escaped == QUOTE) | (escaped == BACKSLASH)])
    return np.concatenate(positions) if positions else np.empty(0, np.int64)


def _find_pairs(chunk: Chunk, mark: Ints, ends: Ints) -> tuple[Bools, Bools, Span, Span]:
    """Find referer and agent after the size.

    Args:
        chunk: The chunk.
        mark: For each line, the index of the mark after its size.
        ends: For each line, its end.

    Returns:
        A mask of the lines with a pair, a mask of those that must be read one by one, and the two fields.
    """
    marks_at = chunk.marks_at
    after_size = marks_at(mark)
    following = np.where(chunk.mark_kind.take(mark) == SPACE, chunk.mark_kind.take(mark + 1), 0)
    following[marks_at(mark + 1) != after_size + 1] = 0
    unclear = following == SPACE
    pair = following == QUOTE
    # Without a pair the spans stay empty and inside the line, so that offsets made from them ascend.
    referer, agent = (Span(after_size.copy(), after_size.copy()) for _ in range(2))
    quoted = np.flatnonzero(pair)
    if not len(quoted):
        return pair, unclear, referer, agent
    quotes = np.flatnonzero(chunk.mark_kind == QUOTE)
    rank = np.searchsorted(quotes, mark[quoted] + 1)
    quotes = np.concatenate([quotes, np.full(WORD_BYTES, len(chunk.mark_at))])
    open_1, close_1, open_2, close_2 = (marks_at(quotes.take(rank + number)) for number in range(4))
    end = ends[quoted]
    next_1, next_2 = (chunk.bytes_at(close_1 + number) for number in (1, 2))
    both = (next_1 == SPACE) & (next_2 == QUOTE)
    both &= (close_2 + 1 == end) | (chunk.bytes_at(close_2 + 1) == SPACE)
    four = close_2 < end
    both &= four
    # With fewer quotes there is no pair; with another number there may be one.
    unclear[quoted] = four & ~both
    pair[quoted] = both
    paired = quoted[both]
    for span, left, right in ((referer, open_1, close_1), (agent, open_2, close_2)):
        span.start[paired] = left[both] + 1
        span.stop[paired] = right[both]
    return pair, unclear, referer, agent
