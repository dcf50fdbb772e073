"""Finds the text in many wrapped lines at once.

In a wrapped log nearly all lines differ around their texts only in digits. So one line is matched, and the result
applies to all lines with the same bytes around their texts; then the next unmatched line, and so on. If matches apply
to few lines, the remaining lines are matched one by one.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from http_monitor.arrow import take
from http_monitor.records import Bools, Int64s
from http_monitor.unwrap.stage import Stage, Taken, mask_digits, shape_of

_LF, _BLANK, _BACKSLASH, _N, _ESCAPE = (ord(char) for char in "\n \\n\x1b")
_MAX_LOOKS = 256
_MAX_IN_VAIN = 8
"""Number of matches that apply to few lines, after which the remaining lines are matched one by one."""
_FEW = 64
"""A match applies to few lines if it is fewer than one in this number of the remaining lines."""

Bytes = npt.NDArray[np.uint8]


@dataclass(slots=True)
class Labels:
    """A label for each line."""

    index: Int64s
    """Number of each line's label."""
    names: dict[bytes, int]
    """Number of each label, ascending."""

    def set(self, lines: Int64s, name: bytes) -> None:
        """Set the label of some lines."""
        self.index[lines] = self.names.setdefault(name, len(self.names))


@dataclass(slots=True)
class Spans:
    """The place of a part of each line in the data; empty if there is none."""

    start: Int64s
    stop: Int64s

    @classmethod
    def nowhere(cls, count: int) -> Self:
        """Return the places of lines that have none."""
        return cls(np.zeros(count, np.int64), np.zeros(count, np.int64))


@dataclass(slots=True)
class Found:
    """The texts in the lines of a chunk, one item per line; an unwrapped line is its own text."""

    start: Int64s
    stop: Int64s
    wrapped: Bools
    source: Spans
    times: list[tuple[Int64s, Int64s, int, int]]
    """For lines that are alike: their indices; the place from which each is counted; and the place of the time relative
    to that."""
    origin: Labels
    """The writer of each line; -1 if the line is not wrapped."""
    part: Labels
    """The split line that each line is a part of; 0: the line is whole."""
    more: Bools

    def take(self, lines: Int64s, taken: Taken, length: int) -> None:
        """Record the match of one line for all lines that are alike.

        Args:
            lines: The lines.
            taken: The match of one of them.
            length: The length of that one.
        """
        start, stop = self.start[lines], self.stop[lines]
        first, last = taken.source
        if first < last:
            base = start if last <= taken.start else stop - length
            self.source.start[lines], self.source.stop[lines] = base + first, base + last
        first, last = taken.time
        if first < last:
            self.times.append((lines, start if last <= taken.start else stop - length, first, last))
        if taken.origin or not self.wrapped[lines[0]]:
            self.origin.set(lines, taken.origin)
        self.wrapped[lines] = True
        self.start[lines] = start + taken.start
        self.stop[lines] = stop - (length - taken.stop)
        self.part.set(lines, taken.part)
        self.more[lines] = taken.more

    def time_spans(self) -> tuple[Int64s, Int64s]:
        """Return the place of the time in each line's wrapper."""
        spans = Spans.nowhere(len(self.start))
        for lines, base, first, last in self.times:
            spans.start[lines], spans.stop[lines] = base + first, base + last
        return spans.start, spans.stop


def lines_in(data: bytes) -> Found:
    """Return the lines of a chunk, none of them wrapped yet.

    Args:
        data: Whole lines, each with its LF.
    """
    stop = np.flatnonzero(np.frombuffer(data, np.uint8) == _LF)
    start = np.zeros(len(stop), np.int64)
    start[1:] = stop[:-1] + 1
    count = len(stop)
    return Found(
        start=start,
        stop=stop,
        wrapped=np.zeros(count, np.bool_),
        source=Spans.nowhere(count),
        times=[],
        origin=Labels(np.full(count, -1, np.int64), {}),
        part=Labels(np.zeros(count, np.int64), {b"": 0}),
        more=np.zeros(count, np.bool_),
    )


def find(data: bytes, found: Found, stage: Stage, todo: Int64s) -> None:
    """Apply a stage to some of the lines.

    Args:
        data: The chunk.
        found: The texts so far; those that the stage matches are replaced by their inner texts.
        stage: The stage.
        todo: Indices of the lines, ascending.
    """
    if stage.has not in data:
        return
    plain = mask_digits(data)
    if stage.begins:
        todo = todo[_begin_with(plain, found, todo, stage.begins)]
    looks = in_vain = 0
    while len(todo) and looks < _MAX_LOOKS and in_vain < _MAX_IN_VAIN:
        looks += 1
        start, stop = int(found.start[todo[0]]), int(found.stop[todo[0]])
        line = data[start:stop]
        taken = stage.take(line)
        if taken is None:
            todo = todo[1:]
            in_vain += 1
            continue
        alike = _has(plain, found, todo, line[: taken.start], behind=False)
        if taken.stop < len(line):
            least = found.stop[todo] - found.start[todo] >= taken.start + len(line) - taken.stop
            alike &= least & _has(plain, found, todo, line[taken.stop :], behind=True)
        if stage.quoted or stage.blanks:
            if stage.quoted:
                alike &= ~_may_end_elsewhere(data, found, todo, len(line) - taken.stop)
            else:
                alike &= ~_begins_blank(data, found, todo, taken.start)
            alike[0] = False
            found.take(todo[:1], taken, len(line))
        lines = todo[alike]
        if len(lines):
            found.take(lines, taken, len(line))
        in_vain += len(lines) * _FEW < len(todo)
        alike[0] = True
        todo = todo[~alike]
    if len(todo) and stage.shapes:
        todo = todo[_begin_with(shape_of(data), found, todo, stage.shapes)]
    for index in todo.tolist():
        line = data[int(found.start[index]) : int(found.stop[index])]
        taken = stage.take(line)
        if taken is not None:
            found.take(np.array([index], np.int64), taken, len(line))


def cut(data: bytes, start: Int64s, stop: Int64s) -> bytes:
    """Return the bytes in each [start, stop), concatenated.

    Args:
        data: The bytes to cut from.
        start: Ascending.
        stop: Ascending; none is greater than the next start.
    """
    array: Any = texts(data, start, stop)
    _, offsets, values = array.buffers()
    last = int(np.frombuffer(memoryview(offsets or b""), np.int32)[len(array)])
    return values.slice(0, last).to_pybytes() if values is not None else b""


def texts(data: bytes, start: Int64s, stop: Int64s) -> Any:
    """Return the bytes in each [start, stop) as Arrow values; arguments as for `cut`, at least one item."""
    # With each start and stop as an offset, the even values are the texts and the odd ones the bytes between.
    edges = np.empty(2 * len(start), np.int32)
    edges[0::2], edges[1::2] = start, stop
    # Any: the stubs of pyarrow do not describe arrays of binary.
    both: Any = pa.Array.from_buffers(pa.binary(), len(edges) - 1, [None, pa.py_buffer(edges.data), pa.py_buffer(data)])
    return take(both, np.arange(0, len(edges), 2, dtype=np.int32))


def _begin_with(plain: bytes, found: Found, lines: Int64s, fronts: tuple[bytes, ...]) -> Bools:
    """Return a mask of the lines that begin with one of some texts; arguments as for `_has`."""
    begun = np.zeros(len(lines), np.bool_)
    for front in fronts:
        begun |= _has(plain, found, lines, front, behind=False)
        if begun.all():
            break
    return begun


def _has(plain: bytes, found: Found, lines: Int64s, text: bytes, *, behind: bool) -> Bools:
    """Return a mask of the lines that begin or end with a text, all digits being equal.

    Args:
        plain: The chunk, each digit replaced by 0.
        found: The texts of the lines.
        lines: Indices of the lines to check.
        text: The text.
        behind: Compare the end instead of the beginning.
    """
    start, stop, length = found.start[lines], found.stop[lines], len(text)
    fits: Bools = stop - start >= length
    if not length or not fits.any():
        return fits
    windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(plain, np.uint8), length)
    rows = (
        windows[stop - length if behind else start]
        if fits.all()
        else windows[(stop - length if behind else start)[fits]]
    )
    wanted = mask_digits(text)
    if wanted.endswith(b"\0"):
        same: Bools = (rows == np.frombuffer(wanted, np.uint8)).all(axis=1)
    else:
        # Comparing as strings is faster, and correct if the text does not end in NUL.
        same = rows.view(f"S{length}").ravel() == wanted
    fits[fits] = same
    return fits


def _may_end_elsewhere(data: bytes, found: Found, lines: Int64s, behind: int) -> Bools:
    """Return a mask of the lines whose JSON string may end elsewhere than in a line that is otherwise alike.

    Args:
        data: The chunk.
        found: The texts of the lines.
        lines: Indices of the lines to check.
        behind: Number of bytes after the string in the line that is alike.
    """
    every = np.frombuffer(data, np.uint8)
    last = found.stop[lines] - behind - 1
    # An escape may end there, or an escaped LF that the other line does not have.
    escape = every.take(last, mode="clip") == _BACKSLASH
    newline = (every.take(last, mode="clip") == _N) & (every.take(last - 1, mode="clip") == _BACKSLASH)
    doubted: Bools = escape | newline
    return doubted


def _begins_blank(data: bytes, found: Found, lines: Int64s, front: int) -> Bools:
    """Return a mask of the lines with a blank or a colour code after the prefix, to which it may belong."""
    at = found.start[lines] + front
    byte = np.frombuffer(data, np.uint8).take(at, mode="clip")
    begins: Bools = ((byte == _BLANK) | (byte == _ESCAPE)) & (at < found.stop[lines])
    return begins
