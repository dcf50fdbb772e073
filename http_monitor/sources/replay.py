"""Reads a finished file, plain or compressed by gzip, to its end."""

import os
from contextlib import suppress

from http_monitor.choices import DEFAULT_LINE_BYTES, READ_BYTES
from http_monitor.errors import InputError
from http_monitor.health import Health
from http_monitor.ports.source import Chunk
from http_monitor.records import Json, LogFile
from http_monitor.sources.files.gathered_lines import GatheredLines
from http_monitor.sources.files.gzip_stream import MAGIC, Inflater
from http_monitor.sources.files.line_cutter import LineCutter
from http_monitor.sources.files.regular_file import Obstacle, obstacle, open_regular
from http_monitor.units import visible_text

# The first pieces are small, so that counting, which runs in parallel, can begin early.
_FIRST_BYTES = 512 << 10
# Compressed input is read in pieces that cannot inflate to more than a few MiB.
_GZ_PIECE_BYTES = 16 << 10
_TAIL_BYTES = 64 << 10
"""How far from its end a read is searched for the end of a line, so that no line is put together from two reads."""


def is_archive(path: str, head: bytes) -> bool:
    """Tell by its first two bytes and its name whether a file is compressed by gzip."""
    return head == MAGIC or (bool(head) and path.endswith(".gz"))


class ReplayFile:
    """A source that finishes at the end of its file; a last line without LF counts.

    A file is an archive if it begins as one or its name ends in ``.gz``. An error of reading ends it after what was
    read, and is kept in `failure`.

    Args:
        path: The path of the file.
        limit: The longest line, in bytes without its LF.
        read_bytes: The most that one read takes.
        part: Where reading begins and ends, both at beginnings of lines; None: all is read, as always for an archive.
    """

    def __init__(
        self,
        path: str,
        *,
        limit: int = DEFAULT_LINE_BYTES,
        read_bytes: int = READ_BYTES,
        part: tuple[int, int] | None = None,
    ) -> None:
        self._path = path
        self._shown = visible_text(path)
        self._read_bytes = read_bytes
        self._cutter = LineCutter(limit, at_start=part is None or not part[0])
        self._descriptor: int | None = None
        self._inflater: Inflater | None = None
        self._begun = False
        self._finished = False
        self._offset = 0
        self._size = 0
        self._part = part
        self._content_bytes = 0 if part is None else part[0]
        self._file = LogFile(path, path, None)
        self.failure: InputError | None = None
        """Why the file could not be read to its end."""

    @property
    def name(self) -> str:
        """The path as given."""
        return self._path

    def read(self) -> Chunk:
        """Return the next lines, about `read_bytes`, at first less; never raises because of the file."""
        lines = GatheredLines()
        most = self._read_bytes
        try:
            if not self._begun:
                most = min(most, _FIRST_BYTES)
                self._begin()
            taken = 0
            is_whole = False
            while not self._finished and not is_whole and taken < most:
                count = self._to_line_end(most - taken)
                data = self._next(count)
                is_whole = count < most - taken and len(data) == count
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
        """Return the unread bytes, in compressed form for archives, and the NUL bytes removed."""
        return Health(lag_bytes=max(0, self._size - self._offset), nul_bytes=self._cutter.nul_bytes)

    def measure(self) -> None:
        """Get the size of the file, before it is read."""
        if self._begun:
            return
        first, end = self._part or (0, None)
        # Reading reports a file that cannot be read.
        with suppress(OSError):
            size = os.stat(self._path).st_size
            self._offset, self._size = first, size if end is None else min(size, end)

    def position(self) -> Json | None:
        """Return where the next line begins in the content of the file; None: the file was not opened."""
        if self._file.identity is None:
            return None
        device, inode = self._file.identity
        offset = self._content_bytes - self._cutter.pending
        return {"files": [{"path": self._path, "device": device, "inode": inode, "offset": offset}]}

    def wants_poll_s(self) -> float:
        """Return 0.0: all data is available already."""
        return 0.0

    def close(self) -> None:
        """Close the descriptor; nothing more is read."""
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
        if self._part is not None:
            self._offset, end = self._part
            self._size = min(self._size, end)
        elif is_archive(self._path, os.read(self._descriptor, len(MAGIC))):
            self._inflater = Inflater()
        os.lseek(self._descriptor, self._offset, os.SEEK_SET)

    def _starts(self) -> list[tuple[int, int]]:
        """Return where the lines that the cutter returned last begin in them, and in the content of the file."""
        return [(place, self._content_bytes + origin) for place, origin in self._cutter.starts]

    def _to_line_end(self, most: int) -> int:
        """Return the number of bytes to read so that they end with a line, `most` if that is not known."""
        assert self._descriptor is not None
        if self._inflater is not None or most < 2 * _TAIL_BYTES:
            return most
        try:
            tail = os.pread(self._descriptor, _TAIL_BYTES, self._offset + most - _TAIL_BYTES)
        except OSError:
            # Everything up to that place must be read.
            return most
        end = tail.rfind(b"\n") + 1
        return most - _TAIL_BYTES + end if end and len(tail) == _TAIL_BYTES else most

    def _next(self, most: int) -> bytes:
        """Return some bytes of the log; b"" at its end, or if a piece of an archive yields none."""
        assert self._descriptor is not None
        if self._part is not None:
            most = min(most, self._part[1] - self._offset)
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
