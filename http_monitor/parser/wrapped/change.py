"""Detects that the lines of a file have another wrapper from some line on."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from http_monitor.arrow import fill_nulls
from http_monitor.parser.chunks.key_columns import distinct_bytes
from http_monitor.parser.detect.format_change import ENOUGH_LINES
from http_monitor.parser.wrapped.timing import try_inside
from http_monitor.parser.wrapped.well_read import row_is_well_read
from http_monitor.ports.log_format import LogFormat, Remembering
from http_monitor.ports.wrapper import Wrapper
from http_monitor.records import Batch, Bools, Int64s, Json

_ISO = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T")


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of the wrapper, after the lines that showed it."""

    lines: int
    """Number of lines of the batch before the change."""
    offset: int
    """Number of bytes of its data before the change."""
    wrapper: Wrapper
    made: LogFormat
    """The format of the inner lines; it has read the lines that showed the change."""


def find_doubts(batch: Batch) -> Int64s:
    """Return the numbers of lines that do not fit, or whose user or vhost looks like a part of a wrapper."""
    doubts = np.zeros(batch.lines, np.bool_)
    if batch.malformed_lines:
        doubts[:] = True
        doubts[batch.line_nos - 1] = False
        doubts[batch.other_nos - 1] = False
    rows = _odd(batch, "user", lambda name: b" " in name, b" ") | _odd(batch, "vhost", _is_time, b"T")
    if rows.any():
        doubts[batch.line_nos[rows] - 1] = True
    return np.flatnonzero(doubts) + 1


def _is_time(name: bytes) -> bool:
    return _ISO.match(name) is not None


def _odd(batch: Batch, column: str, is_odd: Callable[[bytes], bool], mark: bytes) -> Bools:
    """Return a mask of the rows with an odd key; odd keys contain the mark."""
    # Any: the stubs of pyarrow do not describe dictionary arrays of binary.
    keys: Any = batch.rows.column(column)
    odd = np.zeros(len(keys), np.bool_)
    if not len(keys.dictionary) or mark not in distinct_bytes(keys)[0]:
        return odd
    named = np.array([is_odd(name) for name in keys.dictionary.to_pylist()], np.bool_)
    if named.any():
        # A last value for the rows without a key.
        odd = np.append(named, False)[fill_nulls(keys.indices, len(named))]
    return odd


class Rewrapped:
    """Checks consecutive lines for another wrapper: the first 20, and then as `Change` does.

    The result depends only on the lines of the file, not on how they were cut.

    Args:
        make: Makes the format of the inner lines.
        wrappers: Makes one of each wrapper.
        current: The name of the wrapper that is removed; None: there is none.
        limit: The longest line, in bytes without its LF.
    """

    def __init__(
        self,
        make: Callable[[], LogFormat],
        wrappers: Callable[[], Sequence[Wrapper]],
        current: str | None,
        limit: int,
    ) -> None:
        self._limit = limit
        self._make = make
        self._wrappers = wrappers
        self._current = current
        self._row = 0
        self._rivals: dict[str, tuple[Wrapper, LogFormat]] = {}

    def forget(self) -> None:
        """Start again, after a line with the expected wrapper."""
        self._row = 0
        self._rivals = {}

    def look(
        self, batch: Batch, numbers: Int64s, lines: Callable[[], Sequence[tuple[int, bytes]]], at: int
    ) -> Turn | None:
        """Check the next lines; return a change if there is one, and then ignore the lines after it.

        Args:
            batch: The batch made of the lines.
            numbers: Numbers of the lines that may have another wrapper.
            lines: Returns these lines, each with its end in the data.
            at: The offset of the data in all data.
        """
        edges = np.flatnonzero(np.diff(numbers, prepend=-1, append=-1) != 1)
        given: Sequence[tuple[int, bytes]] = ()
        row_of: dict[int, int] = {}
        for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            first, last = int(numbers[start]), int(numbers[stop - 1])
            if first > 1:
                self.forget()
            # Batches may have many short sequences, which show nothing.
            if self._row + stop - start < ENOUGH_LINES and last < batch.lines:
                self.forget()
                continue
            given = given or lines()
            row_of = row_of or dict(zip(batch.line_nos.tolist(), range(len(batch.line_nos)), strict=True))
            for number, (end, line) in zip(numbers[start:stop].tolist(), given[start:stop], strict=True):
                found = self._note(line, at + end - len(line) - 1, batch, row_of.get(number))
                if found is not None:
                    return Turn(number, end, *found)
        if batch.lines and (not len(numbers) or numbers[-1] < batch.lines):
            self.forget()
        return None

    def _note(self, line: bytes, at: int, batch: Batch, row: int | None) -> tuple[Wrapper, LogFormat] | None:
        block, place = divmod(self._row, ENOUGH_LINES)
        self._row += 1
        if block & (block + 1):
            return None
        if not place:
            fitting = [wrapper for wrapper in self._wrappers() if wrapper.front(line) is not None]
            self._rivals = {
                wrapper.name: (wrapper, self._make()) for wrapper in fitting if wrapper.name != self._current
            }
        for name, (wrapper, made) in list(self._rivals.items()):
            if wrapper.front(line) is None or (row is not None and row_is_well_read(batch, row, line, [wrapper])):
                del self._rivals[name]
                continue
            if try_inside(made, wrapper, line + b"\n", self._limit, at)[1]:
                del self._rivals[name]
        if place + 1 < ENOUGH_LINES:
            return None
        left, self._rivals = self._rivals, {}
        return next(iter(left.values()), None)

    def find_begun(self) -> list[int]:
        """Return the offsets of the incomplete lines that a wrapper holds."""
        return [begin for wrapper, _ in self._rivals.values() for begin in wrapper.find_begun()]

    def save(self) -> Json:
        """Return the state as JSON."""
        return {
            "row": self._row,
            "rivals": {
                name: [wrapper.save(), made.save() if isinstance(made, Remembering) else None]
                for name, (wrapper, made) in self._rivals.items()
            },
        }

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        row = given["row"]
        if type(row) is not int or row < 0:
            raise ValueError("no number of lines")
        rivals = dict(given["rivals"])
        self._row, self._rivals = row, {}
        for wrapper in self._wrappers() if rivals else ():
            if wrapper.name in rivals:
                parts, memory = rivals[wrapper.name]
                wrapper.load(parts)
                made = self._make()
                if isinstance(made, Remembering) and memory is not None:
                    made.load(memory)
                self._rivals[wrapper.name] = wrapper, made


def bare_lines(data: bytes, wrapper: Wrapper, limit: int) -> list[tuple[int, bytes]]:
    """Return (end, line) of each non-blank line that a wrapper does not match."""
    bare: list[tuple[int, bytes]] = []
    end = 0
    for line in data.split(b"\n"):
        end += len(line) + 1
        if (len(line) > limit or line.strip()) and wrapper.front(line) is None:
            bare.append((end, line))
    return bare
