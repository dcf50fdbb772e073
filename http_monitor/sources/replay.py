"""Reads a finished file, plain or compressed by gzip, to its end."""

import os

from http_monitor.choices import MAX_LINE_BYTES, READ_BYTES
from http_monitor.errors import InputError
from http_monitor.health import Health
from http_monitor.ports.source import Chunk
from http_monitor.sources.files.gzip_stream import MAGIC, Inflater
from http_monitor.sources.files.line_cutter import LineCutter
from http_monitor.sources.files.regular_file import Obstacle, obstacle, open_regular
from http_monitor.units import visible_text

# The first pieces are small, so that counting, which runs in parallel, can begin early.
_FIRST_BYTES = 512 << 10
# Compressed input is read in pieces that cannot inflate to more than a few MiB.
_GZ_PIECE_BYTES = 16 << 10


def is_archive(path: str, head: bytes) -> bool:
    """Tell by its first two bytes and its name whether a file is compressed by gzip."""
    return head == MAGIC or (bool(head) and path.endswith(".gz"))


class ReplayFile:
    """A source that finishes at the end of its file; a last line without LF counts.

    A file is an archive if it begins as one or its name ends in ``.gz``. What goes wrong while reading ends it
    after what was read, and is kept in `failure`.

    Args:
        path: Of the file.
        limit: The longest line, in bytes without its LF.
        read_bytes: The most that one read takes.
        part: Where reading begins and ends, which are beginnings of lines; None: all is read, as an archive always is.
    """

    def __init__(
        self,
        path: str,
        *,
        limit: int = MAX_LINE_BYTES,
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
        self.failure: InputError | None = None
        """Why the file could not be read to its end."""

    @property
    def name(self) -> str:
        """The path as given."""
        return self._path

    def read(self) -> Chunk:
        """Return the next lines, about `read_bytes` of them, at first less; never raises because of the file."""
        parts: list[bytes] = []
        most = self._read_bytes
        try:
            if not self._begun:
                most = min(most, _FIRST_BYTES)
                self._begin()
            taken = 0
            while not self._finished and taken < most:
                data = self._next(most - taken)
                taken += len(data)
                parts.append(self._cutter.feed(data))
        except OSError as error:
            self._fail(obstacle(error).state)
        if self._finished:
            parts.append(self._cutter.finish())
            self.close()
        return Chunk(data=b"".join(parts), at_end=self._finished, finished=self._finished)

    def health(self) -> Health:
        """Return the unread bytes, in compressed form for archives, and the NUL bytes removed."""
        return Health(lag_bytes=max(0, self._size - self._offset), nul_bytes=self._cutter.nul_bytes)

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
        if self._part is not None:
            self._offset, end = self._part
            self._size = min(self._size, end)
        elif is_archive(self._path, os.read(self._descriptor, len(MAGIC))):
            self._inflater = Inflater()
        os.lseek(self._descriptor, self._offset, os.SEEK_SET)

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
