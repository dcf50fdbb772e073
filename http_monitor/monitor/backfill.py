"""Fills the window of a live run from the ends of its logs, so that an ongoing incident shows at once.

The lines used end where the following of each log starts, so no line is counted twice.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from http_monitor.clock import Clock
from http_monitor.counting.long_keys import with_short_keys
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.rows import FATES, Rows, join_offsets, times_of
from http_monitor.inputs.line_places import Locator
from http_monitor.inputs.look import Select
from http_monitor.inputs.seeking.prober import Prober
from http_monitor.inputs.seeking.reading_back import read_lines, shares, start_before
from http_monitor.inputs.seeking.search import Bound
from http_monitor.inputs.seeking.tail_start import are_copies
from http_monitor.ports.log_format import Ending, LogFormat, Remembering
from http_monitor.ports.source import Chunk
from http_monitor.records import Batch, LogFile
from http_monitor.report import Notice
from http_monitor.settings import Settings
from http_monitor.sources.files.access import FileStatus, Handle, Identity, LocalFiles
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.known.fingerprint import HEAD_BYTES
from http_monitor.sources.rotation.log_directory import LogDirectory
from http_monitor.units import US_PER_S

MAX_BYTES = 64 << 20
"""Maximum number of bytes read of all logs together."""
_FIRST_BYTES = 32 << 10
"""Number of bytes read of each log first; it suffices for most logs if there are many."""
_FIRST_ROWS = 20
"""Number of first rows that show whether earlier lines may be in the window."""
_MANY = 200
"""Number of short logs that are counted together, because counting each separately takes as long."""
_NS_PER_US = 1_000

MakeFormat = Callable[[str, Handle], LogFormat]
"""Makes a format for lines from any place of a file, given (its path, the file)."""


@dataclass(slots=True)
class _Log:
    """The end of a log, and the format of its lines."""

    file: LogFile
    handle: Handle
    end: int
    log_format: LogFormat
    is_rotated: bool
    memory: str | None = None
    """What the format remembered before its first use, as JSON; None: it was not used."""

    def fresh_format(self) -> LogFormat:
        """Return the format as if it had read nothing."""
        if isinstance(self.log_format, Remembering):
            if self.memory is None:
                self.memory = json.dumps(self.log_format.save())
            else:
                self.log_format.load(json.loads(self.memory))
        return self.log_format


class Backfill:
    """Reads the ends of logs once. Owned by the monitor's thread.

    Args:
        settings: The settings of the run.
        clock: Prevents a directory of many logs from being listed for each of them.
        began_us: The wall clock at the start of the run.
        since: The beginning of the window.
        make_format: Makes formats that are used for nothing else.
        select: Removes rows that the filter options exclude; None: keeps all.
        stopping: Returns whether the user asked to stop; then nothing more is read.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
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
        self._files = LocalFiles(clock)
        self._left = MAX_BYTES
        self._is_cut = False
        self._locates = False

    def fill(self, engine: MetricsAggregator, seen: Mapping[str, FileStatus]) -> Notice | None:
        """Fill the window of a new engine; return a notice if any lines were counted.

        Args:
            engine: The engine.
            seen: The status of each path when its following started; it is followed from the end of that size.
        """
        self._locates = engine.wants_offsets
        with ExitStack() as handles:
            lines = engine.backfill(self._rows(seen, handles))
        if not lines:
            return None
        noun = "1 line" if lines == 1 else f"{lines:,} lines"
        limit = f", its last {MAX_BYTES >> 20} MiB" if self._is_cut else ""
        return Notice(f"window filled from {noun} of the log{limit}", name="backfilled")

    def _rows(self, seen: Mapping[str, FileStatus], handles: ExitStack) -> Iterator[Rows]:
        """Yield the rows at the ends of logs.

        Args:
            seen: The status of each path.
            handles: Closes the opened files.
        """
        known = {status.identity for status in seen.values()}
        wanted: list[tuple[_Log, int]] = []
        short: list[Rows] = []
        for path, status in seen.items():
            with suppress(OSError):
                log = self._open(path, status, handles)
                while log is not None:
                    begin, rows = max(0, log.end - _FIRST_BYTES), self._short_end(log)
                    if rows is None:
                        prober = Prober(log.handle, log.end, log.fresh_format(), self._max_ahead_us, self._limit)
                        begin = start_before(prober, self._since, MAX_BYTES)
                        wanted.append((log, log.end - begin))
                    short += rows or ()
                    log = None if begin else self._older(log, known, handles)
            if len(short) >= _MANY:
                yield _join(short)
                short = []
        if short:
            yield _join(short)
        given = shares([reach for _, reach in wanted], self._left)
        for (log, reach), share in zip(wanted, given, strict=True):
            self._is_cut |= share < reach or MAX_BYTES <= reach < log.end
            with suppress(OSError):
                yield from self._long_end(log, log.end - share)

    def _open(self, path: str, seen: FileStatus, handles: ExitStack) -> _Log | None:
        """Return a log up to where it is followed from; None if it has no lines in the window, or is gone."""
        opened = None if self._stopping() or not self._may_be_recent(seen) else self._files.open(path)
        if opened is None or isinstance(opened, Obstacle):
            return None
        handle, status = opened
        handles.callback(handle.close)
        is_same = status.identity == seen.identity and status.size >= seen.size
        return self._log(LogFile(path, path, seen.identity), handle, seen.size) if is_same else None

    def _older(self, log: _Log, known: Collection[Identity], handles: ExitStack) -> _Log | None:
        """Return the newest rotated file of a log that was read from its beginning.

        Args:
            log: The log.
            known: Identities of followed files.
            handles: Closes the opened files.
        """
        if log.is_rotated:
            return None
        directory = LogDirectory(self._files, self._files.target(log.file.path))
        plain = [sibling for sibling in directory.list_rotated() if not sibling.compressed]
        handle = directory.open(plain[-1]) if plain and plain[-1].identity not in known else None
        if handle is None:
            return None
        handles.callback(handle.close)
        status = handle.status()
        # A copy that is kept beside the log has the same lines.
        is_copy = are_copies(log.handle.read(0, HEAD_BYTES), handle.read(0, HEAD_BYTES))
        is_wanted = self._may_be_recent(status) and not is_copy
        file = LogFile(log.file.source, plain[-1].path, status.identity)
        return self._log(file, handle, status.size, is_rotated=True) if is_wanted else None

    def _log(self, file: LogFile, handle: Handle, end: int, *, is_rotated: bool = False) -> _Log:
        return _Log(file, handle, end, self._make_format(file.path, handle), is_rotated)

    def _may_be_recent(self, status: FileStatus) -> bool:
        """Return whether a file may have lines in the window; of a thousand idle logs, none is opened."""
        least_ns = (self._since.at_us - self._since.margin_us) * _NS_PER_US
        return status.size > 0 and (status.mtime_ns is None or status.mtime_ns >= least_ns)

    def _short_end(self, log: _Log) -> list[Rows] | None:
        """Return the rows of the last lines of a log; None if earlier lines may be in the window too."""
        size = min(log.end, _FIRST_BYTES)
        if size > self._left:
            self._is_cut = True
            return []
        log_format = log.fresh_format()
        lines = next(read_lines(log.handle, log.file, log.end - size, log.end, self._limit), Chunk())
        batch = log_format.parse_last(lines.data) if isinstance(log_format, Ending) else log_format.parse(lines.data)
        first_us = times_of(batch)[:_FIRST_ROWS]
        reaches_back = len(first_us) > 0 and int(first_us.max()) + self._since.margin_us < self._since.at_us
        if size < log.end and not reaches_back:
            return None
        self._left -= size
        admitted = self._admit(lines, batch, Locator(log_format), AheadFilter(self._max_ahead_us))
        return [rows for rows in admitted if len(rows)]

    def _long_end(self, log: _Log, start: int) -> Iterator[Rows]:
        """Yield the rows of a log from an offset on."""
        log_format, ahead_filter = log.fresh_format(), AheadFilter(self._max_ahead_us)
        locator = Locator(log_format)
        for lines in read_lines(log.handle, log.file, start, log.end, self._limit):
            if self._stopping():
                return
            yield from self._admit(lines, log_format.parse(lines.data), locator, ahead_filter)
        if isinstance(log_format, Ending):
            yield from self._admit(Chunk(), log_format.parse_last(b""), locator, ahead_filter)

    def _admit(self, lines: Chunk, batch: Batch, locator: Locator, ahead_filter: AheadFilter) -> list[Rows]:
        """Return the rows that count and whose times are plausible by the clock.

        Args:
            lines: The next lines of a log.
            batch: These lines, parsed.
            locator: Finds the places of the lines.
            ahead_filter: Has admitted the rows before them.
        """
        chosen = batch if self._select is None else self._select(batch)
        offsets = None
        if self._locates:
            offsets = locator.offsets(lines.data, lines.stretches, batch, chosen.line_nos)
        chosen = replace(chosen, rows=with_short_keys(chosen.rows), begins=None, offsets=offsets)
        return ahead_filter.admit(chosen, times_of(chosen), self._began_us)


def _join(parts: Sequence[Rows]) -> Rows:
    """Join the rows of the ends of some logs, with the number of lines after each that do not count."""
    if len(parts) == 1:
        return parts[0]
    table = pa.Table.from_batches([part.batch for part in parts]).unify_dictionaries().combine_chunks()
    after = [np.zeros((len(FATES), len(part)), np.int64) if part.after is None else part.after for part in parts]
    # Lines before the first row of a log have no known time.
    return Rows(
        table.to_batches()[0],
        np.concatenate([part.time_us for part in parts]),
        np.concatenate(after, axis=1),
        offsets=join_offsets(parts),
    )
