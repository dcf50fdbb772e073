"""Reads a file that is done, plain or compressed by gzip, to its end."""

import os

from http_monitor.errors import InputError
from http_monitor.health import Health
from http_monitor.ports.source import Chunk
from http_monitor.records import LogFile
from http_monitor.settings import MAX_LINE_BYTES, READ_BYTES
from http_monitor.sources.files.gathered_lines import GatheredLines
from http_monitor.sources.files.gzip_stream import MAGIC, Inflater
from http_monitor.sources.files.line_cutter import LineCutter
from http_monitor.sources.files.regular_file import Obstacle, obstacle, open_regular
from http_monitor.units import visible_text

# Little at first: somebody else counts what is read while the next is, and has nothing to do until then.
_FIRST_BYTES = 512 << 10
# Compressed input is taken in pieces that cannot inflate to more than a few MiB.
_GZ_PIECE_BYTES = 16 << 10


class ReplayFile:
    """A source that ends where its file ends; a last line without LF counts.

    A file is an archive if it begins as one or its name ends in ``.gz``. What goes wrong while reading ends it
    after what was read, and is kept in `failure`.
    """

    def __init__(self, path: str, *, limit: int = MAX_LINE_BYTES, read_bytes: int = READ_BYTES) -> None:
        self._path = path
        self._shown = visible_text(path)
        self._read_bytes = read_bytes
        self._cutter = LineCutter(limit)
        self._descriptor: int | None = None
        self._inflater: Inflater | None = None
        self._begun = False
        self._finished = False
        self._offset = 0
        self._size = 0
        self._content_bytes = 0
        self._file = LogFile(path, path, None)
        self.failure: InputError | None = None
        """Why the file could not be read to its end."""

    @property
    def name(self) -> str:
        """The path as it was given."""
        return self._path

    def read(self) -> Chunk:
        """Return the next lines, about `read_bytes` of them, at first less; never raises for what the file is."""
        lines = GatheredLines()
        most = self._read_bytes
        try:
            if not self._begun:
                most = min(most, _FIRST_BYTES)
                self._begin()
            taken = 0
            while not self._finished and taken < most:
                data = self._next(most - taken)
                taken += len(data)
                lines.add(self._cutter.feed(data), self._file, self._starts())
                self._content_bytes += len(data)
        except OSError as error:
            self._fail(obstacle(error).state)
        if self._finished:
            lines.add(self._cutter.finish(), self._file, self._starts())
            self.close()
        return Chunk(lines.data, at_end=self._finished, finished=self._finished, stretches=lines.stretches)

    def health(self) -> Health:
        """Return the bytes still to be read, compressed ones as they are stored, and the NUL bytes left out."""
        return Health(lag_bytes=max(0, self._size - self._offset), nul_bytes=self._cutter.nul_bytes)

    def wants_poll_s(self) -> float:
        """Return 0.0: what is there is there already."""
        return 0.0

    def close(self) -> None:
        """Let go of the descriptor; nothing more will be read."""
        self._finished = True
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _begin(self) -> None:
        self._begun = True
        opened = open_regular(self._path)
        if isinstance(opened, Obstacle):
            self._fail(opened.state)
            return
        self._descriptor, status = opened
        self._size = status.st_size
        self._file = LogFile(self._path, self._path, (status.st_dev, status.st_ino))
        head = os.read(self._descriptor, len(MAGIC))
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        if head == MAGIC or (head and self._path.endswith(".gz")):
            self._inflater = Inflater()

    def _starts(self) -> list[tuple[int, int]]:
        """Return where the lines that the cutter gave last begin in them, and in the content of the file."""
        return [(place, self._content_bytes + origin) for place, origin in self._cutter.starts]

    def _next(self, most: int) -> bytes:
        """Return some bytes of the log; b"" at its end or where a piece of archive holds none."""
        assert self._descriptor is not None
        data = os.read(self._descriptor, most if self._inflater is None else _GZ_PIECE_BYTES)
        self._offset += len(data)
        self._finished = not data
        if self._inflater is None:
            return data
        if not data:
            self._inflater.finish()
        inflated = self._inflater.feed(data)
        if self._inflater.flaw:
            self._fail(f"is a broken gzip archive ({self._inflater.flaw})")
        return inflated

    def _fail(self, state: str) -> None:
        self._finished = True
        self.failure = InputError(f"{self._shown} {state}")
