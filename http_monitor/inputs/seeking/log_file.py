"""A finished log file in which times are searched for; those of an archive are known only by inflating it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from http_monitor.inputs.seeking.prober import Probe, Prober, probe_lines
from http_monitor.inputs.seeking.search import Bound, Part, Search
from http_monitor.ports.log_format import LogFormat
from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.files.gzip_stream import MAGIC
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.replay import ReplayFile, is_archive

SAMPLE_BYTES = 64 << 10
"""Number of bytes sampled at the beginning of a file, or of a part of one, to detect its format."""
_KEPT_BYTES = 256 << 10

MakeFormat = Callable[[str, bytes, bytes], LogFormat]
"""Makes a format for lines from any place of a file, given (its path, its head, some of these lines)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of lines."""

    line_bytes: int
    """The longest line, in bytes without its LF."""
    max_ahead_us: int
    """The times of single lines that are this far ahead of the others are ignored."""


class LogFile:
    """One file; it is opened for each search only.

    Args:
        path: The path of the file.
        limits: The limits of its lines.
        make_format: Makes formats for its lines.
    """

    def __init__(self, path: str, limits: Limits, make_format: MakeFormat) -> None:
        self.path = path
        self._limits = limits
        self._make_format = make_format
        self.head = self._read_head()
        """The first lines."""
        self.size = 0
        """Size in bytes, compressed for an archive; 0 if the file cannot be read."""
        self.is_archive = False
        opened = LocalFiles().open(path)
        if not isinstance(opened, Obstacle):
            with closing(opened[0]) as handle:
                self.size = opened[1].size
                self.is_archive = is_archive(path, handle.read(0, len(MAGIC)))

    def first(self) -> Probe | None:
        """Return the times of the first lines; None if they have none."""
        return probe_lines(self.head, 0, self._make_format(self.path, b"", self.head), self._limits.max_ahead_us)

    def last_us(self, stopping: Callable[[], bool]) -> int | None:
        """Return the greatest time of the last lines, inflating an archive; None if they have none.

        Args:
            stopping: Returns whether the user asked to stop; then the result is None.
        """
        if self.is_archive:
            return self._last_of_archive(stopping)
        # The error is reported when the file is read.
        with suppress(OSError), self._prober() as prober:
            last = None if prober is None else prober.last()
            return None if last is None else last.greatest_us
        return None

    def find(self, since: Bound | None, until: Bound | None, margin_us: int) -> Part | None:
        """Return the part that contains all lines of a span; None if that requires reading the whole file.

        Args:
            since: The beginning of the span; None: there is none.
            until: The end of the span; None: there is none.
            margin_us: How far lines may be out of order.
        """
        if self.is_archive:
            return None
        with suppress(OSError), self._prober() as prober:
            return None if prober is None else Search(prober, margin_us).find(since, until)
        return None

    def _read_head(self) -> bytes:
        with closing(ReplayFile(self.path, limit=self._limits.line_bytes, read_bytes=SAMPLE_BYTES)) as source:
            return source.read().data

    @contextmanager
    def _prober(self) -> Iterator[Prober | None]:
        """Yield a prober of the file; None if it cannot be opened."""
        opened = LocalFiles().open(self.path)
        if isinstance(opened, Obstacle):
            yield None
            return
        handle, status = opened
        with closing(handle):
            log_format = self._make_format(self.path, self.head, self.head)
            yield Prober(handle, status.size, log_format, self._limits.max_ahead_us, self._limits.line_bytes)

    def _last_of_archive(self, stopping: Callable[[], bool]) -> int | None:
        kept = b""
        with closing(ReplayFile(self.path, limit=self._limits.line_bytes)) as source:
            while not stopping():
                chunk = source.read()
                kept = (kept + chunk.data)[-_KEPT_BYTES:]
                if chunk.finished:
                    lines = kept[kept.find(b"\n") + 1 :] if len(kept) == _KEPT_BYTES else kept
                    log_format = self._make_format(self.path, self.head, lines)
                    last = probe_lines(lines, 0, log_format, self._limits.max_ahead_us, to_end=True)
                    return None if last is None else last.greatest_us
        return None
