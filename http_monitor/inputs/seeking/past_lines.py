"""Reads stretches of a file that others have passed, each as if nothing had been read before."""

import json
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

import numpy as np

from http_monitor.counting.long_keys import with_short_keys
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.rows import NEVER_US, Rows, times_of
from http_monitor.eventtime.running_max import running_max
from http_monitor.inputs.line_places import Locator
from http_monitor.inputs.look import Select
from http_monitor.inputs.seeking.log_file import Limits
from http_monitor.inputs.seeking.reading_back import read_lines
from http_monitor.ports.log_format import Ending, LogFormat, Remembering
from http_monitor.ports.source import Chunk
from http_monitor.records import Batch, Int64s, LogFile
from http_monitor.sources.files.access import Handle

_AROUND_BYTES = 64 << 10
"""Read before and behind a stretch: a line may come in parts, and be read by what is in front of it."""
_LINE_BYTES, _GROWTH = 4 << 10, 8
_FIRST_ROWS = 20
_LF = b"\n"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the lines of a run are read."""

    limits: Limits
    wall_us: int
    """The wall clock; lines that are far ahead of it do not count."""
    since_us: int
    """Rows before it are left out."""


class PastLines:
    """Reads lines of an open file. A line is of the stretch in which it begins, or its first part does.

    Args:
        file: Its name in the places of the rows.
        handle: The file.
        log_format: A format for lines from any place of it, used for nothing else.
        select: Removes rows that do not count; None: keeps all.
        reading: How they are read.
        apart: Offsets of lines that are counted elsewhere.
    """

    def __init__(
        self,
        file: LogFile,
        handle: Handle,
        log_format: LogFormat,
        select: Select | None,
        reading: Reading,
        apart: Set[int] = frozenset(),
    ) -> None:
        self._file = file
        self._handle = handle
        self._format = log_format
        self._select = select
        self._reading = reading
        self._apart = np.array(sorted(apart), np.int64)
        self._memory = json.dumps(log_format.save()) if isinstance(log_format, Remembering) else ""
        self.before_us = NEVER_US
        """A time that lines before the stretch read last have at most, as far as lines are in order."""
        self.disorder_us = 0
        """How far lines read so far were out of order."""

    def line_start(self, offset: int) -> int:
        """Return where the first line begins at an offset or after it; the offset itself if none does soon."""
        begin, size = offset - 1, _LINE_BYTES
        while offset and begin < offset + self._reading.limits.line_bytes:
            found = self._handle.read(begin, size)
            at = found.find(_LF)
            if at >= 0:
                return begin + at + 1
            if len(found) < size:
                break
            begin, size = begin + size, size * _GROWTH
        return offset

    def read(self, start: int, end: int) -> Iterator[list[Rows]]:
        """Yield the rows of a stretch, a piece of it at a time.

        Args:
            start: Where a line begins.
            end: Where the first line begins that is not of it.

        Raises:
            OSError: the file cannot be read.
        """
        log_format, limit = self._format, self._reading.limits.line_bytes
        if isinstance(log_format, Remembering):
            log_format.load(json.loads(self._memory))
        locator, ahead_filter = Locator(log_format), AheadFilter(self._reading.limits.max_ahead_us)
        locator.at_once = True
        self.before_us = NEVER_US
        for lines in read_lines(self._handle, self._file, max(0, start - _AROUND_BYTES), start, limit):
            batch = log_format.parse(lines.data)
            self._note_before(times_of(batch))
            self._admit(lines, batch, locator, ahead_filter)
        for lines in read_lines(self._handle, self._file, start, self.line_start(end) + _AROUND_BYTES, limit):
            batch = log_format.parse(lines.data)
            times_us = times_of(batch)
            self._note_disorder(times_us)
            if self.before_us == NEVER_US:
                self._note_before(times_us[:_FIRST_ROWS])
            yield self._within(start, end, self._admit(lines, batch, locator, ahead_filter))
        if isinstance(log_format, Ending):
            batch = log_format.parse_last(b"")
            yield self._within(start, end, self._admit(Chunk(), batch, locator, ahead_filter))

    def _admit(self, lines: Chunk, batch: Batch, locator: Locator, ahead_filter: AheadFilter) -> list[Rows]:
        """Return the rows that count and whose times are plausible by the clock; those of a live run are alike."""
        chosen = batch if self._select is None else self._select(batch)
        offsets = locator.offsets(lines.data, lines.stretches, batch, chosen.line_nos)
        chosen = replace(chosen, rows=with_short_keys(chosen.rows), begins=None, offsets=offsets)
        return ahead_filter.admit(chosen, times_of(chosen), self._reading.wall_us)

    def _within(self, start: int, end: int, parts: list[Rows]) -> list[Rows]:
        found = []
        for rows in parts:
            if not len(rows) or rows.offsets is None:
                continue
            offset = rows.offsets.resolve().offset
            kept = (offset >= start) & (offset < end) & (rows.time_us >= self._reading.since_us)
            if len(self._apart):
                kept &= ~np.isin(offset, self._apart)
            if kept.any():
                found.append(rows.take(np.flatnonzero(kept)))
        return found

    def _note_before(self, times_us: Int64s) -> None:
        plausible = self._plausible(times_us)
        if len(plausible):
            self.before_us = max(self.before_us, int(plausible.max()))

    def _note_disorder(self, times_us: Int64s) -> None:
        plausible = self._plausible(times_us)
        if len(plausible):
            self.disorder_us = max(self.disorder_us, int((running_max(plausible) - plausible).max()))

    def _plausible(self, times_us: Int64s) -> Int64s:
        return times_us[times_us <= self._reading.wall_us + self._reading.limits.max_ahead_us]
