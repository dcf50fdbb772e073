"""Finds the text in many wrapped lines at once.

Nearly all lines of a wrapped log have the same around their text, but for digits. So one line is looked at, and what
all have that have the same bytes around their text is known; then the next line that is left. What is left when looks
find few lines alike is looked at one by one.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from http_monitor.arrow import take
from http_monitor.records import Bools, Int64s
from http_monitor.unwrap.stage import Stage, Taken, masked, shaped

_LF, _BLANK, _BACKSLASH, _N, _ESCAPE = (ord(char) for char in "\n \\n\x1b")
_MOST_LOOKS = 256
_MOST_IN_VAIN = 8
"""So many looks that find few lines are made before the others are looked at one by one."""
_FEW = 64
"""A look was in vain where fewer than one in so many lines were alike, of those that were left."""

Bytes = npt.NDArray[np.uint8]


@dataclass(slots=True)
class Labels:
    """A name for each line."""

    index: Int64s
    """Which of the names."""
    names: dict[bytes, int]
    """Those there are, with their numbers, ascending."""

    def set(self, lines: Int64s, name: bytes) -> None:
        """Name some lines so."""
        self.index[lines] = self.names.setdefault(name, len(self.names))


@dataclass(slots=True)
class Spans:
    """Where a part of each line stands in the data; nowhere where it is empty."""

    start: Int64s
    stop: Int64s

    @classmethod
    def nowhere(cls, count: int) -> Self:
        """Return those of lines that have none."""
        return cls(np.zeros(count, np.int64), np.zeros(count, np.int64))


@dataclass(slots=True)
class Found:
    """Where the texts stand in the lines of a chunk; one that is not wrapped is its own text. An item a line."""

    start: Int64s
    stop: Int64s
    wrapped: Bools
    source: Spans
    times: list[tuple[Int64s, Int64s, int, int]]
    """Of lines that are alike: which; where each begins, or that from which it is counted; and where from there the
    time stands that it is given."""
    origin: Labels
    """What wrote it; -1 where it is not wrapped."""
    part: Labels
    """Of which line in parts it is one; 0: a whole line."""
    more: Bools

    def take(self, lines: Int64s, taken: Taken, length: int) -> None:
        """Note what was found in lines that are alike.

        Args:
            lines: Which.
            taken: What was found in one of them.
            length: Of that one.
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
        """Return where the time of each line stands that it is given."""
        spans = Spans.nowhere(len(self.start))
        for lines, base, first, last in self.times:
            spans.start[lines], spans.stop[lines] = base + first, base + last
        return spans.start, spans.stop


def lines_in(data: bytes) -> Found:
    """Return the lines of a chunk, none of them wrapped.

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
    """Take one step with some of the lines.

    Args:
        data: What the lines are of.
        found: Their texts so far; those that the step finds wrapped become what is inside.
        stage: The step.
        todo: The lines, ascending.
    """
    if stage.has not in data:
        return
    plain = masked(data)
    if stage.begins:
        todo = todo[_begun(plain, found, todo, stage.begins)]
    looks = in_vain = 0
    while len(todo) and looks < _MOST_LOOKS and in_vain < _MOST_IN_VAIN:
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
                alike &= ~_doubted(data, found, todo, len(line) - taken.stop)
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
        todo = todo[_begun(shaped(data), found, todo, stage.shapes)]
    for index in todo.tolist():
        line = data[int(found.start[index]) : int(found.stop[index])]
        taken = stage.take(line)
        if taken is not None:
            found.take(np.array([index], np.int64), taken, len(line))


def cut(data: bytes, start: Int64s, stop: Int64s) -> bytes:
    """Return the bytes in each [start, stop) of some data, one behind the other.

    Args:
        data: What the bytes are of.
        start: Ascending.
        stop: Ascending, none after the next start.
    """
    array: Any = texts(data, start, stop)
    _, offsets, values = array.buffers()
    last = int(np.frombuffer(memoryview(offsets or b""), np.int32)[len(array)])
    return values.slice(0, last).to_pybytes() if values is not None else b""


def texts(data: bytes, start: Int64s, stop: Int64s) -> Any:
    """Return the bytes in each [start, stop) of some data as values; as `cut`, at least one."""
    # Offsets that name each start and stop in turn make these the even values over the bytes as they lie.
    edges = np.empty(2 * len(start), np.int32)
    edges[0::2], edges[1::2] = start, stop
    # Any: the stubs of pyarrow do not describe arrays of binary.
    both: Any = pa.Array.from_buffers(pa.binary(), len(edges) - 1, [None, pa.py_buffer(edges.data), pa.py_buffer(data)])
    return take(both, np.arange(0, len(edges), 2, dtype=np.int32))


def _begun(plain: bytes, found: Found, lines: Int64s, fronts: tuple[bytes, ...]) -> Bools:
    """Return which lines begin with one of some texts; the arguments are those of `_has`."""
    begun = np.zeros(len(lines), np.bool_)
    for front in fronts:
        begun |= _has(plain, found, lines, front, behind=False)
        if begun.all():
            break
    return begun


def _has(plain: bytes, found: Found, lines: Int64s, text: bytes, *, behind: bool) -> Bools:
    """Return which lines have a text in front or behind, but for digits.

    Args:
        plain: What the lines are of, each digit as 0.
        found: The lines.
        lines: Which of them.
        text: What they should have.
        behind: Not in front.
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
    wanted = masked(text)
    if wanted.endswith(b"\0"):
        same: Bools = (rows == np.frombuffer(wanted, np.uint8)).all(axis=1)
    else:
        # What ends in no NUL is equal as a text where all of its bytes are, and texts are compared faster.
        same = rows.view(f"S{length}").ravel() == wanted
    fits[fits] = same
    return fits


def _doubted(data: bytes, found: Found, lines: Int64s, behind: int) -> Bools:
    """Return in which lines a JSON string may not end where that of a line that is alike does.

    Args:
        data: What the lines are of.
        found: The lines.
        lines: Which of them.
        behind: So many bytes stand behind the string of the line that is alike.
    """
    every = np.frombuffer(data, np.uint8)
    last = found.stop[lines] - behind - 1
    # An escape may end there, or the line end of a text that has none in the other line.
    escape = every.take(last, mode="clip") == _BACKSLASH
    newline = (every.take(last, mode="clip") == _N) & (every.take(last - 1, mode="clip") == _BACKSLASH)
    doubted: Bools = escape | newline
    return doubted


def _begins_blank(data: bytes, found: Found, lines: Int64s, front: int) -> Bools:
    """Return in which lines a blank or a colour stands behind so many bytes: it may belong to what is in front."""
    at = found.start[lines] + front
    byte = np.frombuffer(data, np.uint8).take(at, mode="clip")
    begins: Bools = ((byte == _BLANK) | (byte == _ESCAPE)) & (at < found.stop[lines])
    return begins
