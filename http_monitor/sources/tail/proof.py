"""What proves that a file is still the one that was read: its first bytes, and the last ones before the offset."""

from http_monitor.sources.files.access import Handle
from http_monitor.sources.known.fingerprint import ENOUGH_BYTES, HEAD_BYTES, MARKER_BYTES
from http_monitor.sources.known.position import NO_HEAD, Head, Print, head_of, print_of

_NUL = b"\0"


class Truncated(Exception):
    """What was read of a file is not there any more."""


class Proof:
    """The bytes that are remembered of a file."""

    def __init__(self) -> None:
        self.head = b""
        """The first bytes, read or not, as far as they are data."""
        self.marker = b""
        """The last bytes before the offset."""
        self._kept = b"", NO_HEAD
        """What was kept last of the first bytes: they are the same from one position to the next."""

    def remember(self, handle: Handle, offset: int) -> None:
        """Learn it of a file that is read from there on. Raises OSError."""
        self.learn_head(handle.read(0, HEAD_BYTES), offset)
        self.marker = handle.read(max(0, offset - MARKER_BYTES), min(MARKER_BYTES, offset))

    def learn_head(self, head: bytes, offset: int) -> None:
        """Learn the first bytes; NULs that were not read may be filled in place, and are no data."""
        self.head = head[: max(offset, len(head.rstrip(_NUL)))]

    def go_on(self, fresh: bytes) -> None:
        """Learn what has been read behind the offset."""
        self.marker = fresh[-MARKER_BYTES:] if len(fresh) >= MARKER_BYTES else (self.marker + fresh)[-MARKER_BYTES:]

    def check(self, handle: Handle, offset: int, *, at_offset: bool) -> None:
        """See that the file still has what was read of it, and learn more of its first bytes.

        Args:
            handle: The file.
            offset: All before it has been read.
            at_offset: It ends there; else reading on looks at the marker by itself.

        Raises:
            Truncated: it has not.
            OSError: the file cannot be read.
        """
        head = handle.read(0, HEAD_BYTES)
        if not head.startswith(self.head[: len(head)]):
            raise Truncated
        self.learn_head(head, offset)
        if at_offset and len(self.head) < offset:
            self.read_behind(handle, offset, 0)

    def read_behind(self, handle: Handle, offset: int, most: int) -> bytes:
        """Return up to `most` bytes from the offset.

        Raises:
            Truncated: what stands before it is not what was read there.
            OSError: the file cannot be read.
        """
        kept = len(self.marker)
        data = handle.read(offset - kept, kept + most)
        if data[:kept] != self.marker:
            raise Truncated
        return data[kept:] if kept else data

    def head_to_keep(self, offset: int) -> Head:
        """Return what a position at that offset has of the first bytes."""
        head = self.head[:offset] if offset >= ENOUGH_BYTES else self.head
        if head != self._kept[0]:
            self._kept = head, head_of(head)
        return self._kept[1]

    def marker_to_keep(self) -> Print:
        """Return what a position has of the last bytes before the offset."""
        return print_of(self.marker)
