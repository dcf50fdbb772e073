"""Proves that a file is still the one that was read, by its first bytes and the last ones before the offset."""

from http_monitor.sources.files.access import Handle
from http_monitor.sources.known.fingerprint import ENOUGH_BYTES, HEAD_BYTES, MARKER_BYTES
from http_monitor.sources.known.position import NO_HEAD, Head, Print, head_of, print_of

_NUL = b"\0"


class Truncated(Exception):
    """A file no longer contains what was read of it."""


class Proof:
    """The remembered bytes of a file."""

    def __init__(self) -> None:
        self.head = b""
        """The first bytes, read or not, as far as they are data."""
        self.marker = b""
        """The last bytes before the offset."""
        self._kept = b"", NO_HEAD
        """The first bytes as last saved, since they are the same from one position to the next."""

    def remember(self, handle: Handle, offset: int) -> None:
        """Store the bytes of a file that is read from an offset on. Raises OSError."""
        self.learn_head(handle.read(0, HEAD_BYTES), offset)
        self.marker = handle.read(max(0, offset - MARKER_BYTES), min(MARKER_BYTES, offset))

    def learn_head(self, head: bytes, offset: int) -> None:
        """Store the first bytes; NULs that were not read may be filled in place, and are no data."""
        self.head = head[: max(offset, len(head.rstrip(_NUL)))]

    def go_on(self, fresh: bytes) -> None:
        """Add bytes that were read after the offset."""
        if not (self.head or self.marker):
            self.head = fresh[:HEAD_BYTES]  # the file was empty when its first bytes were asked for
        self.marker = fresh[-MARKER_BYTES:] if len(fresh) >= MARKER_BYTES else (self.marker + fresh)[-MARKER_BYTES:]

    def check(self, handle: Handle, offset: int, *, at_offset: bool) -> None:
        """Check that the file still contains what was read of it, and store more of its first bytes.

        Args:
            handle: The file.
            offset: Everything before it has been read.
            at_offset: The file ends there; otherwise the marker is checked when more is read.

        Raises:
            Truncated: it does not contain that.
            OSError: the file cannot be read.
        """
        head = handle.read(0, HEAD_BYTES)
        # It may have been truncated since its size was asked for.
        least = min(len(self.head), offset or len(self.head))
        if len(head) < least or not head.startswith(self.head[: len(head)]):
            raise Truncated
        self.learn_head(head, offset)
        if at_offset and len(self.head) < offset:
            self.read_behind(handle, offset, 0)

    def read_behind(self, handle: Handle, offset: int, most: int) -> bytes:
        """Return up to `most` bytes from the offset on.

        Raises:
            Truncated: the bytes before the offset are not those that were read, or the first bytes have changed.
            OSError: the file cannot be read.
        """
        kept = len(self.marker)
        data = handle.read(offset - kept, kept + most)
        if data[:kept] != self.marker or not (kept or data.startswith(self.head[: len(data)])):
            raise Truncated
        return data[kept:] if kept else data

    def head_to_keep(self, offset: int) -> Head:
        """Return the fingerprint of the first bytes for a position at this offset."""
        head = self.head[:offset] if offset >= ENOUGH_BYTES else self.head
        if head != self._kept[0]:
            self._kept = head, head_of(head)
        return self._kept[1]

    def marker_to_keep(self) -> Print:
        """Return the fingerprint of the last bytes before the offset."""
        return print_of(self.marker)
