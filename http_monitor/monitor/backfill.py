"""Fills the window of a live run with the lines at the ends of its logs, so that an incident under way is seen at once.

The lines are those up to the place at which the following of each log begins, so no line is counted twice.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

from http_monitor.counting.long_keys import with_short_keys
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.rows import Rows, times_of
from http_monitor.inputs.look import Select
from http_monitor.inputs.seeking.prober import Prober
from http_monitor.inputs.seeking.reading_back import read_lines, shares, start_before
from http_monitor.inputs.seeking.search import Bound
from http_monitor.inputs.seeking.tail_start import are_copies
from http_monitor.ports.log_format import Ending, LogFormat
from http_monitor.records import Batch
from http_monitor.report import Notice
from http_monitor.settings import Settings
from http_monitor.sources.files.access import FileStatus, Handle, LocalFiles
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.tail.fingerprint import HEAD_BYTES
from http_monitor.sources.tail.log_directory import LogDirectory
from http_monitor.units import US_PER_S

MAX_BYTES = 64 << 20
"""So much of all logs is read at the most."""
_NS_PER_US = 1_000

MakeFormat = Callable[[str, Handle], LogFormat]
"""Makes a format for lines that may not stand at the beginning of a file: of (its path, the file)."""


@dataclass(frozen=True, slots=True)
class _Log:
    """The end of a log."""

    path: str
    handle: Handle
    start: int
    end: int


class Backfill:
    """Reads the ends of logs once. Owned by the monitor's thread.

    Args:
        settings: Of the run.
        began_us: The wall clock at its beginning.
        since: The beginning of the window.
        make_format: Makes formats that nothing else reads by.
        select: Takes out lines that are not to be counted; None: all are.
        stopping: Whether the user wants no more; then no more is read.
    """

    def __init__(
        self,
        settings: Settings,
        began_us: int,
        since: Bound,
        make_format: MakeFormat,
        select: Select | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._max_ahead_us = settings.max_ahead_s * US_PER_S
        self._limit = settings.max_line_bytes
        self._began_us = began_us
        self._since = since
        self._make_format = make_format
        self._select = select
        self._stopping = stopping
        self._files = LocalFiles()

    def fill(self, engine: MetricsAggregator, seen: dict[str, FileStatus]) -> Notice | None:
        """Fill the window of an engine that has just begun; return what the user is told, if it took any line.

        Args:
            engine: It.
            seen: What stood at each path when its following began: the end of that is where it is followed from.
        """
        with ExitStack() as handles:
            logs: list[_Log] = []
            known = {status.identity for status in seen.values()}
            for path, status in seen.items():
                if self._stopping():
                    return None
                with suppress(OSError):
                    logs += self._ends_of(path, status, known, handles)
            given = shares([log.end - log.start for log in logs], MAX_BYTES)
            cut = [replace(log, start=log.end - most) for log, most in zip(logs, given, strict=True)]
            lines = sum(self._fill_from(engine, log) for log in cut)
        if not lines:
            return None
        noun = "1 line" if lines == 1 else f"{lines:,} lines"
        limit = "" if cut == logs else f", its last {MAX_BYTES >> 20} MiB"
        return Notice(f"window filled from {noun} of the log{limit}", name="backfilled")

    def _ends_of(self, path: str, seen: FileStatus, known: set[tuple[int, int]], handles: ExitStack) -> Iterator[_Log]:
        """Yield the end of a log, and that of the file that was rotated last where the log is younger than the window.

        Args:
            path: Of the log.
            seen: What stood there.
            known: Files that are followed.
            handles: Closes what is opened.
        """
        if not self._may_be_recent(seen):
            return
        opened = self._files.open(path)
        if isinstance(opened, Obstacle):
            return
        handle, status = opened
        handles.callback(handle.close)
        if status.identity != seen.identity or status.size < seen.size:
            return  # it was rotated or truncated since
        start = self._start(path, handle, seen.size)
        yield _Log(path, handle, start, seen.size)
        if start:
            return
        directory = LogDirectory(self._files, self._files.target(path))
        plain = [sibling for sibling in directory.rotated() if not sibling.compressed]
        older = directory.open(plain[-1]) if plain and plain[-1].identity not in known else None
        if older is None:
            return
        handles.callback(older.close)
        status = older.status()
        # A copy that somebody keeps beside the log has the same lines.
        is_copy = are_copies(handle.read(0, HEAD_BYTES), older.read(0, HEAD_BYTES))
        if self._may_be_recent(status) and not is_copy:
            yield _Log(plain[-1].path, older, self._start(plain[-1].path, older, status.size), status.size)

    def _may_be_recent(self, status: FileStatus) -> bool:
        """Tell whether a file may have lines of the window: of a thousand idle logs none is opened."""
        if not status.size:
            return False
        least_ns = (self._since.at_us - self._since.margin_us) * _NS_PER_US
        return status.mtime_ns is None or status.mtime_ns >= least_ns

    def _start(self, path: str, handle: Handle, size: int) -> int:
        prober = Prober(handle, size, self._make_format(path, handle), self._max_ahead_us, self._limit)
        return start_before(prober, self._since, MAX_BYTES)

    def _fill_from(self, engine: MetricsAggregator, log: _Log) -> int:
        ahead_filter = AheadFilter(self._max_ahead_us)
        taken = 0
        # What can no longer be read has nothing to fill it with.
        with suppress(OSError):
            for rows in self._rows(log, ahead_filter):
                taken += engine.backfill(rows)
        return taken

    def _rows(self, log: _Log, ahead_filter: AheadFilter) -> Iterator[Rows]:
        log_format = self._make_format(log.path, log.handle)
        for lines in read_lines(log.handle, log.start, log.end, self._limit):
            if self._stopping():
                return
            yield from self._admit(log_format.parse(lines), ahead_filter)
        if isinstance(log_format, Ending):
            yield from self._admit(log_format.parse_last(b""), ahead_filter)

    def _admit(self, batch: Batch, ahead_filter: AheadFilter) -> list[Rows]:
        """Return the rows that count and whose times the clock believes."""
        batch = batch if self._select is None else self._select(batch)
        batch = replace(batch, rows=with_short_keys(batch.rows))
        return ahead_filter.admit(batch, times_of(batch), self._began_us)
