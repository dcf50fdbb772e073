"""Finds out of which time the lines near an offset of a file are."""

import json
from dataclasses import dataclass, replace

from http_monitor.choices import MAX_LINE_BYTES
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.rows import NEVER_US, times_of
from http_monitor.ports.log_format import Ending, LogFormat, Remembering
from http_monitor.sources.files.access import Handle
from http_monitor.sources.files.line_cutter import LineCutter

PROBE_BYTES = 64 << 10
"""So much of a file is looked at to find a time."""
MAX_PROBE_BYTES = 1 << 20
"""So much at the most, where lines are long or have no time."""
_GROWTH = 4
_MAX_TAIL_BYTES = 16 << 20
_LF = b"\n"


@dataclass(frozen=True, slots=True)
class Probe:
    """The times of some lines of a file."""

    start: int
    """Where the first of these lines begins."""
    end: int
    """Where the last of them ends, or later."""
    least_us: int
    greatest_us: int
    """Without single lines far ahead of the others."""


class Prober:
    """Looks at lines anywhere in a file, each time as if nothing had been read before. It keeps no line.

    Args:
        handle: The file.
        size: Its size; what is behind is not looked at.
        log_format: Reads its lines, and knows what stands at its head; used for nothing else meanwhile.
        max_ahead_us: A line so far ahead of the others says nothing.
        limit: The longest line, in bytes without its LF.
    """

    def __init__(
        self, handle: Handle, size: int, log_format: LogFormat, max_ahead_us: int, limit: int = MAX_LINE_BYTES
    ) -> None:
        self._handle = handle
        self.size = size
        self._format = log_format
        self._max_ahead_us = max_ahead_us
        self._limit = limit
        self._memory = json.dumps(log_format.save()) if isinstance(log_format, Remembering) else ""

    def at(self, offset: int) -> Probe | None:
        """Return the times of the first lines that begin at an offset or behind it; None: they have none.

        Raises:
            OSError: the file cannot be read.
        """
        reach = PROBE_BYTES
        while True:
            probe = self._look(offset, reach, to_end=False)
            if probe is not None or reach >= MAX_PROBE_BYTES or offset + reach >= self.size:
                return probe
            reach *= _GROWTH

    def last(self) -> Probe | None:
        """Return the times of the last lines, whose greatest is that of the file where it is in order; None: as `at`.

        Raises:
            OSError: the file cannot be read.
        """
        reach = PROBE_BYTES
        while True:
            probe = self._look(max(0, self.size - reach), reach, to_end=True)
            if probe is not None or reach >= min(_MAX_TAIL_BYTES, self.size):
                return probe
            reach *= _GROWTH

    def _look(self, offset: int, reach: int, *, to_end: bool) -> Probe | None:
        """Return the times of the whole lines among some bytes; the end of the file ends a line too."""
        # The byte before tells whether a line begins here.
        begin = max(0, offset - 1)
        data = self._handle.read(begin, min(reach + 1, self.size - begin))
        first = data.find(_LF) + 1 if offset else 0
        if offset and not first:
            return None
        cutter = LineCutter(self._limit, at_start=not offset)
        lines = cutter.feed(data[first:])
        if begin + len(data) >= self.size:
            lines += cutter.finish()
        if isinstance(self._format, Remembering):
            self._format.load(json.loads(self._memory))
        found = probe_lines(lines, begin + first, self._format, self._max_ahead_us, to_end=to_end)
        # Of NULs and of what is too long nothing is left.
        return None if found is None else replace(found, end=begin + len(data))


def probe_lines(
    lines: bytes, start: int, log_format: LogFormat, max_ahead_us: int, *, to_end: bool = False
) -> Probe | None:
    """Return the times of some lines; None: they have none.

    Args:
        lines: Whole lines.
        start: Where they begin.
        log_format: Reads them.
        max_ahead_us: A line so far ahead of the others says nothing.
        to_end: They are the last of their file: what still waits to be confirmed is believed, as in a replay.
    """
    batch = log_format.parse_last(lines) if isinstance(log_format, Ending) else log_format.parse(lines)
    times_us = times_of(batch)
    if not len(times_us):
        return None
    ahead_filter = AheadFilter(max_ahead_us)
    ahead_filter.admit(batch, times_us, None)
    if to_end:
        ahead_filter.release(None)
    greatest_us = ahead_filter.greatest_us
    end = start + len(lines)
    return Probe(start, end, int(times_us.min()), int(times_us.max()) if greatest_us == NEVER_US else greatest_us)
