"""One file, from the first byte that counts to its last; independent of its path and of other files."""

from http_monitor.health import NO_HEALTH, Health
from http_monitor.sources.files.access import FileStatus, Handle, Identity
from http_monitor.sources.known.fingerprint import HEAD_BYTES
from http_monitor.sources.known.position import FilePosition
from http_monitor.sources.tail.allocated_end import AllocatedEnd
from http_monitor.sources.tail.line_state import LineState
from http_monitor.sources.tail.proof import Proof, Truncated

_LF = b"\n"
_NUL = b"\0"


class TailedFile:
    """A file that is being read, with the proof that it is still the same one.

    Args:
        identity: Its identity.
        path: Its path.
        handle: The open file; owned from now on.
        limit: The longest line, in bytes without its LF.
        now_us: The running clock.
    """

    def __init__(self, identity: Identity, path: str, handle: Handle, limit: int, now_us: int) -> None:
        self.identity = identity
        self.path = path
        self.handle: Handle | None = handle
        self.offset = 0
        """Everything before it has been read."""
        self.size = 0
        """The size as last seen."""
        self.proven_size = 0
        """The size when it was certainly still the same file."""
        self.changed_us = now_us
        """When it was last seen to have changed."""
        self.whole = False
        """Nothing more will be written to it, since it is a copy or an archive."""
        self.expected_size = 0
        """Of a copy: the size of the original as last seen."""
        self.just_met = False
        """A status obtained earlier may be older than what is known of it."""
        self.beside: frozenset[Identity] | None = None
        """The rotated files that were there when it was first followed; None: not known."""
        self.at_path_ns: int | None = None
        """Its time of change when it was last seen at the path; None: it was not."""
        self.let_go = self.superseded = False
        """All known content is in another file too, and is read there; only what is added later counts here."""
        self._lost_bytes = self._nul_bytes = 0
        self._allocated = AllocatedEnd()
        self._limit = limit
        self._mtime_ns: int | None = None
        self._settled = False
        self._noted_us = now_us
        """When its size and time were first seen with their present values."""
        self._proof = Proof()
        self._lines = LineState(limit)

    @property
    def unread(self) -> int:
        """Number of bytes seen and not read, without the NULs at the end."""
        return max(0, self.size - max(self.offset, self._allocated.nul_end))

    @property
    def holds_data(self) -> bool:
        """Whether any data was ever seen in it, other than NULs at its end."""
        return self.offset > 0 or self.unread > 0

    @property
    def pending(self) -> int:
        """Number of bytes read of an incomplete line."""
        return self._lines.pending

    @property
    def starts(self) -> list[tuple[int, int]]:
        """Where the lines returned last begin: (place in them, offset), as `LineCutter.starts`."""
        return [(place, self.offset + origin) for place, origin in self._lines.starts]

    def is_at_rest(self, status: FileStatus) -> bool:
        """Return whether it is read completely, so that finding the same status again needs no action."""
        seen = (self.identity, self.size, self._mtime_ns) == (status.identity, status.size, status.mtime_ns)
        return seen and self._settled and self.offset == self.size and status.mtime_ns is not None

    def is_suspect(self, status: FileStatus) -> bool:
        """Return whether it changed before anything was read, which neither head nor marker can show."""
        if self._proof.head or self.whole or status.mtime_ns is None or self._mtime_ns is None:
            return False
        return status.mtime_ns != self._mtime_ns

    def meet(self, status: FileStatus) -> None:
        """Store its first bytes, size and time when it is first followed, which may be long before it is read.

        Raises:
            OSError: the file cannot be read.
        """
        assert self.handle is not None
        self.just_met = True
        self._proof.learn_head(self.handle.read(0, HEAD_BYTES), self.offset)
        self.size = max(status.size, self.offset)
        if not self.whole:  # the size stored in an archive is no proof
            self.proven_size = max(self.proven_size, self.size)
        self._mtime_ns = status.mtime_ns

    def note_time(self, mtime_ns: int | None) -> None:
        """Store its time of change."""
        self._mtime_ns = mtime_ns

    def measure(self, size: int) -> None:
        """Store its size at the end of a run, when nothing more will be read."""
        self.size = max(self.size, size)
        self.proven_size = max(self.proven_size, size)

    def position(self) -> FilePosition:
        """Return its position."""
        device, inode = self.identity
        return FilePosition(
            path=self.path,
            device=device,
            inode=inode,
            offset=self.offset,
            pending=self._lines.pending,
            size=max(self.proven_size, self.offset, self.expected_size),
            mtime_ns=self._mtime_ns,
            head=self._proof.head_to_keep(self.offset),
            marker=self._proof.marker_to_keep(),
            skipping=self._lines.skipping,
            skipped_are_lost=self._lines.skipped_are_lost,
            let_go=self.let_go,
            at_path_ns=self.at_path_ns,
        )

    def begin_at(self, offset: int) -> None:
        """Exclude everything before an offset, including the rest of a line that began before it.

        Raises:
            OSError: the file cannot be read.
        """
        assert self.handle is not None
        self._remember(offset)
        self._lines.skipping = bool(offset) and not self._proof.marker.endswith(_LF)

    def go_on_from(self, position: FilePosition) -> None:
        """Resume from a position that this file was found to fit, at the beginning of the incomplete line.

        Raises:
            OSError: the file cannot be read.
        """
        self._remember(position.offset - position.pending)
        # No more than was known, since the rest may have been written later.
        self._proof.head = self._proof.head[: position.head.length]
        self.proven_size = max(self.proven_size, position.size)
        self._mtime_ns = position.mtime_ns
        self.at_path_ns = position.at_path_ns
        # If the file was only announced, it is not known yet whether the offset is in the middle of a line.
        in_midst = bool(position.offset) and not position.marker.length and not self._proof.marker.endswith(_LF)
        self._lines.skip(position.skipping or in_midst, are_lost=position.skipped_are_lost)

    def before_offset(self, length: int) -> bytes:
        """Return the last bytes that were read, as far as they are remembered."""
        return self._proof.marker[-length:] if length else b""

    @property
    def head(self) -> bytes:
        """The first bytes, as far as they are remembered."""
        return self._proof.head

    def go_on_behind(self, place: int, other: "TailedFile") -> None:
        """Resume at the place that follows everything read of another file, with that file's incomplete line.

        Raises:
            OSError: the file cannot be read.
        """
        lines = other._lines
        if other is not self:
            other._lines = LineState(self._limit)
        self._remember(place)
        self._lines = lines

    def take_over(self, other: "TailedFile") -> None:
        """Resume a copy where the original stopped, with its incomplete line."""
        self.offset = other.offset
        self.at_path_ns = other.at_path_ns
        self._proof.head, self._proof.marker = other._proof.head, other._proof.marker
        self._lines, other._lines = other._lines, LineState(self._limit)

    def start_again(self, now_us: int) -> None:
        """Restart at the first byte after a truncation, and forget what was not read."""
        self._noted_us, self._settled, self._mtime_ns = now_us, False, None
        self.offset = self.size = self.proven_size = 0
        self._proof, self._allocated = Proof(), AllocatedEnd()
        self._take_line_counts()
        self._lines = LineState(self._limit)

    def discard_pending(self) -> int:
        """Drop the incomplete line; return its number of bytes."""
        return self._lines.discard()

    def see(self, status: FileStatus, now_us: int) -> None:
        """Store its status.

        Raises:
            Truncated: it is smaller than what was read, or its first bytes or those before the offset have changed.
            OSError: the file cannot be read.
        """
        if self.whole:
            self.size = max(status.size, self.offset)
            self._mtime_ns = status.mtime_ns
            return
        if status.size < (self.offset or len(self._proof.head)):
            raise Truncated
        known = (status.size, status.mtime_ns) == (self.size, self._mtime_ns) and status.mtime_ns is not None
        assert self.handle is not None
        if known and self._settled:
            if self._allocated.is_filled(self._proof, self.handle, self.offset, self.size):
                self.changed_us = now_us
            return
        # A write within one tick of the file system's clock need not change the time, so it is checked once more,
        # later.
        self._settled = known and now_us > self._noted_us
        if not known:
            self._noted_us = now_us
        self._proof.check(self.handle, self.offset, at_offset=status.size == self.offset)
        if status.size != self.size:
            self.changed_us = now_us
        has_grown = status.size > self.size
        # The file was cut off after the offset.
        self._lost_bytes += max(0, self.proven_size - status.size)
        self.proven_size = min(self.proven_size, status.size)
        self.size = status.size
        self._mtime_ns = status.mtime_ns
        if status.size == self.offset:
            self.proven_size = self.offset
        if not (known or has_grown):
            # The NULs after the offset may have been filled.
            self._allocated.nul_end = 0
        if self._allocated.is_filled(self._proof, self.handle, self.offset, self.size):
            self.changed_us = now_us

    def read(self, most: int) -> tuple[int, bytes]:
        """Read up to the size that was seen, `most` bytes at the most; return their number and the complete lines.

        Raises:
            Truncated: the bytes before the offset are not those that were read.
            OSError: the file cannot be read.
        """
        assert self.handle is not None
        if self._allocated.nul_end > self.offset:
            count = self._allocated.search(self.handle, self.size, most)
            self.size = self.size if count else self._allocated.nul_end
            return count, b""
        wanted = min(most, self.size - self.offset)
        fresh = self._proof.read_behind(self.handle, self.offset, wanted)
        if _NUL in fresh and not self.whole:
            read = len(fresh)
            fresh = self._allocated.without(fresh, self.offset)
            if not fresh:
                if self._allocated.nul_end > self.offset:
                    self.proven_size = self.offset
                return read, b""
        if self.whole and len(fresh) < wanted:
            self.size = self.offset + len(fresh)  # the size stored in an archive may be wrong
        self._proof.go_on(fresh)
        self.offset += len(fresh)
        if self.whole:
            self.proven_size = max(self.proven_size, self.offset)
        else:
            self.proven_size = self.offset if self._allocated.nul_end > self.offset else self.size
        return len(fresh), self._lines.feed(fresh)

    def finish(self) -> bytes:
        """Return the incomplete line with an LF added; if more of it is written later, that rest is lost."""
        return self._lines.finish()

    def take_counts(self) -> Health:
        """Return the counts since the last call: lost bytes and NUL bytes."""
        self._take_line_counts()
        if not (self._lost_bytes or self._nul_bytes):
            return NO_HEALTH
        counts = Health(lost_bytes=self._lost_bytes, nul_bytes=self._nul_bytes)
        self._lost_bytes = self._nul_bytes = 0
        return counts

    def close(self) -> None:
        """Release the descriptor."""
        handle, self.handle = self.handle, None
        if handle is not None:
            handle.close()

    def _remember(self, offset: int) -> None:
        assert self.handle is not None
        self.offset, self.just_met = offset, True
        self._proof.remember(self.handle, offset)
        self.size = self.proven_size = offset
        self._take_line_counts()
        self._lines = LineState(self._limit, at_start=not offset)

    def _take_line_counts(self) -> None:
        lost_bytes, nul_bytes = self._lines.take_counts()
        self._lost_bytes, self._nul_bytes = self._lost_bytes + lost_bytes, self._nul_bytes + nul_bytes
