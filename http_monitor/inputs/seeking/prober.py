"""Finds the times of the lines near an offset of a file."""

import json
from dataclasses import dataclass, replace

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.rows import NEVER_US, times_of
from http_monitor.ports.log_format import Ending, LogFormat, Remembering
from http_monitor.sources.files.access import Handle
from http_monitor.sources.files.line_cutter import LineCutter

PROBE_BYTES = 64 << 10
"""Number of bytes read first to find a time."""
MAX_PROBE_BYTES = 1 << 20
"""Maximum number of bytes read to find a time, if lines are long or have none."""
_GROWTH = 4
_MAX_TAIL_BYTES = 16 << 20
_LF = b"\n"


@dataclass(frozen=True, slots=True)
class Probe:
    """The times of some consecutive lines of a file."""

    start: int
    """Offset of the first of these lines."""
    end: int
    """End of the last of these lines, or a later offset."""
    least_us: int
    greatest_us: int
    """Excludes single lines that are far ahead of the others."""


class Prober:
    """Reads lines anywhere in a file, each time as if nothing had been read before. Keeps no lines.

    Args:
        handle: The file.
        size: Its size; bytes after that are ignored.
        log_format: Parses its lines, and knows its header lines; must not be used for anything else meanwhile.
        max_ahead_us: The times of single lines that are this far ahead of the others are ignored.
        limit: The longest line, in bytes without its LF.
    """

    def __init__(
        self, handle: Handle, size: int, log_format: LogFormat, max_ahead_us: int, limit: int = DEFAULT_LINE_BYTES
    ) -> None:
        self._handle = handle
        self.size = size
        self._format = log_format
        self._max_ahead_us = max_ahead_us
        self._limit = limit
        self._memory = json.dumps(log_format.save()) if isinstance(log_format, Remembering) else ""

    def at(self, offset: int) -> Probe | None:
        """Return the times of the first lines that start at an offset or after it; None if they have none.

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
        """Return the times of the last lines, which include the greatest one of a file in order; None as for `at`.

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
        """Return the times of the complete lines in a range; the end of the file completes a line too."""
        # The previous byte shows whether a line starts here.
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
        # The cutter removes NULs and oversized lines, so the length of the lines does not give their end.
        return None if found is None else replace(found, end=begin + len(data))


def probe_lines(
    lines: bytes, start: int, log_format: LogFormat, max_ahead_us: int, *, to_end: bool = False
) -> Probe | None:
    """Return the times of some lines; None if they have none.

    Args:
        lines: Complete lines.
        start: Their offset.
        log_format: Parses them.
        max_ahead_us: The times of single lines that are this far ahead of the others are ignored.
        to_end: They are the last of their file, so times that await confirmation are accepted, as in a replay.
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
