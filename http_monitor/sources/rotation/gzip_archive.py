"""Reads a compressed file by the offsets of its uncompressed content."""

from http_monitor.sources.files.access import FileStatus, Handle
from http_monitor.sources.files.gzip_stream import Inflater

_PIECE_BYTES = 16 << 10
_KEPT_BYTES = 64 << 10
_SIZE_FIELD_BYTES = 4


class GzHandle:
    """An open gzip archive, presented as the file that it contains; owns the underlying handle.

    It is inflated as reading advances; going back by more than a little starts again. The content of a damaged archive
    is what precedes the flaw.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._size_field = self._read_size_field()
        self._begin()

    @property
    def flaw(self) -> str:
        """What is wrong with the archive, as far as it was read; empty if nothing is."""
        return self._inflater.flaw

    def status(self) -> FileStatus:
        """Return its status; the size is that in the archive, and exact once the end was reached."""
        status = self._handle.status()
        reached = self._start + len(self._buffer)
        size = reached if self._ended else max(self._size_field, reached + 1)
        return FileStatus(status.identity, size, status.mtime_ns)

    def read(self, offset: int, most: int) -> bytes:
        """Return up to `most` inflated bytes from the offset on; fewer only at the end."""
        if offset < self._start:
            self._begin()
        while not self._ended and self._start + len(self._buffer) < offset + most:
            self._inflate()
            surplus = min(offset, self._start + len(self._buffer)) - _KEPT_BYTES - self._start
            if surplus > _KEPT_BYTES:
                del self._buffer[:surplus]
                self._start += surplus
        skipped = offset - self._start
        return bytes(self._buffer[skipped : skipped + most])

    def close(self) -> None:
        """Close the archive."""
        self._handle.close()

    def _begin(self) -> None:
        self._inflater = Inflater()
        self._taken = 0
        self._start = 0
        self._buffer = bytearray()
        self._ended = False

    def _inflate(self) -> None:
        data = self._handle.read(self._taken, _PIECE_BYTES)
        self._taken += len(data)
        self._buffer += self._inflater.feed(data)
        # A short read is the last one.
        at_end = len(data) < _PIECE_BYTES
        if at_end:
            self._inflater.finish()
        self._ended = at_end or bool(self._inflater.flaw)

    def _read_size_field(self) -> int:
        # RFC 1952, 2.3.1: the last four bytes are the size modulo 2^32 of the last member, which is usually the only
        # one.
        size = self._handle.status().size
        field = self._handle.read(max(0, size - _SIZE_FIELD_BYTES), _SIZE_FIELD_BYTES)
        return int.from_bytes(field, "little")
