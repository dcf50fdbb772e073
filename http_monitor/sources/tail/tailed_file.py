"""One file on its way from the first byte that counts to its last; knows neither its name's fate nor its neighbours."""

import errno
from contextlib import suppress
from dataclasses import replace

from http_monitor.sources.files.access import FileStatus, Handle, Identity
from http_monitor.sources.files.line_cutter import LineCutter
from http_monitor.sources.tail.fingerprint import ENOUGH_BYTES, HEAD_BYTES, MARKER_BYTES, end_of, fits
from http_monitor.sources.tail.position import FilePosition, head_of, print_of

_LF = b"\n"
_NUL = b"\0"


class Truncated(Exception):
    """What was read of a file is not there any more."""


class TailedFile:
    """A file that is read, with what proves that it is still the same one.

    Args:
        identity: Of the file.
        path: Where it stands.
        handle: It, opened; owned from now on.
        limit: The longest line, in bytes without its LF.
        now_us: The running clock.
    """

    def __init__(self, identity: Identity, path: str, handle: Handle, limit: int, now_us: int) -> None:
        self.identity = identity
        self.path = path
        self.handle: Handle | None = handle
        self.offset = 0
        """All before it has been read."""
        self.size = 0
        """It was seen to be that large."""
        self.proven_size = 0
        """It was that large when it was certainly still the same."""
        self.changed_us = now_us
        """When it was last seen to have changed."""
        self.whole = False
        """Nothing will be written to it any more: it is a copy, or an archive."""
        self.expected_size = 0
        """Of a copy: what was seen of the file that it is a copy of."""
        self.just_met = False
        """A status from before may be older than what is known of it."""
        self.beside: frozenset[Identity] | None = None
        """The rotated files that were there when it joined; None: nobody looked."""
        self.at_path_ns: int | None = None
        """When it had been changed last, as it was last seen at the path; None: it was not."""
        self.let_go = False
        self.superseded = False
        """All that is known of it is in another file too, and is read there; only what is still added to it counts."""
        self.lost_bytes = 0
        """Bytes of lines whose beginning was handed on as if it were all; the owner takes them away."""
        self.nul_bytes = 0
        """NUL bytes skipped at the beginning of lines; the owner takes them away."""
        self.starts: list[tuple[int, int]] = []
        """Where the lines that were given last begin: (place in them, offset), as `LineCutter.starts`."""
        self._nul_end = 0
        """What stands between the offset and there was NUL: an end that was allocated ahead, to be filled in place."""
        self._hole_end = 0
        """Before that NULs are no such end: data was seen behind them."""
        self._limit = limit
        self._mtime_ns: int | None = None
        self._settled = False
        self._noted_us = now_us
        """When its size and time were first seen to be what they are."""
        self._head = b""
        self._marker = b""
        self._skipping = False
        self._skipped_are_lost = False
        self._cutter = LineCutter(limit)

    @property
    def unread(self) -> int:
        """Bytes seen to exist and not read, without the NULs at the end."""
        return max(0, self.size - max(self.offset, self._nul_end))

    @property
    def holds_data(self) -> bool:
        """Whether anything was ever seen in it but NULs at its end."""
        return self.offset > 0 or self.unread > 0

    @property
    def is_allocated_ahead(self) -> bool:
        """Whether it ends in NULs, which may be filled without its size or even its time changing."""
        return self._nul_end > self.offset

    @property
    def pending(self) -> int:
        """Bytes read of a line that is not complete."""
        return self._cutter.pending

    def is_at_rest(self, status: FileStatus) -> bool:
        """Tell whether it is all read, and a look that finds it like that again finds nothing."""
        seen = (self.identity, self.size, self._mtime_ns) == (status.identity, status.size, status.mtime_ns)
        return seen and self._settled and self.offset == self.size and status.mtime_ns is not None

    def is_suspect(self, status: FileStatus) -> bool:
        """Tell whether something happened to it before anything was read, of which neither head nor marker can tell."""
        if self._head or self.whole or status.mtime_ns is None or self._mtime_ns is None:
            return False
        return status.mtime_ns != self._mtime_ns

    def meet(self, status: FileStatus) -> None:
        """Take note of what it is when it joins, which may be long before it is its turn to be read.

        Raises:
            OSError: the file cannot be read.
        """
        assert self.handle is not None
        self.just_met = True
        self._head = self._known_head(self.handle.read(0, HEAD_BYTES))
        self.size = max(status.size, self.offset)
        if not self.whole:  # what an archive says of its size is no proof
            self.proven_size = max(self.proven_size, self.size)
        self._mtime_ns = status.mtime_ns

    def note_time(self, mtime_ns: int | None) -> None:
        """Take note of when it was last changed."""
        self._mtime_ns = mtime_ns

    def position(self) -> FilePosition:
        """Return where it stands."""
        device, inode = self.identity
        return FilePosition(
            path=self.path,
            device=device,
            inode=inode,
            offset=self.offset,
            pending=self._cutter.pending,
            size=max(self.proven_size, self.offset, self.expected_size),
            mtime_ns=self._mtime_ns,
            head=head_of(self._head[: self.offset] if self.offset >= ENOUGH_BYTES else self._head),
            marker=print_of(self._marker),
            skipping=self._skipping,
            let_go=self.let_go,
            at_path_ns=self.at_path_ns,
        )

    def all_of_it(self) -> FilePosition:
        """Return the position at its end, as far as it can be looked at: by that copies of it are known."""
        position = self.position()
        if self.handle is None or self.whole:
            return position
        with suppress(OSError):
            end = end_of(self.path, self.handle)
            return replace(position, offset=end.size, size=end.size, pending=0, head=end.head, marker=end.marker)
        return position

    def is_truncated(self) -> bool:
        """Tell whether what was read of it is not there any more; False where that cannot be found out."""
        if self.handle is None or self.whole:
            return False
        with suppress(OSError):
            position = self.position()
            return self.handle.status().size < position.offset or not fits(self.handle, position)
        return False

    def begin_at(self, offset: int) -> None:
        """Let what is before that offset not count, nor the rest of a line that began before it.

        Raises:
            OSError: the file cannot be read.
        """
        assert self.handle is not None
        self._remember(offset)
        self._skipping = bool(offset) and not self._marker.endswith(_LF)

    def go_on_from(self, position: FilePosition) -> None:
        """Go on where a position says, which this file was found to fit: from the beginning of the pending line.

        Raises:
            OSError: the file cannot be read.
        """
        self._remember(position.offset - position.pending)
        # No more than was known: what else is there may be of another time.
        self._head = self._head[: position.head.length]
        self.proven_size = max(self.proven_size, position.size)
        self._mtime_ns = position.mtime_ns
        self.at_path_ns = position.at_path_ns
        # Of what was only announced nobody knew yet whether it ends in the midst of a line.
        in_midst = bool(position.offset) and not position.marker.length and not self._marker.endswith(_LF)
        self._skipping = position.skipping or in_midst
        self._skipped_are_lost = position.skipping and position.let_go

    def before_offset(self, length: int) -> bytes:
        """Return the last bytes that were read, of those that are remembered."""
        return self._marker[-length:] if length else b""

    def before_end(self, length: int) -> bytes:
        """Return the last bytes of it as they are now.

        Raises:
            OSError: the file cannot be read.
        """
        if self.handle is None:
            raise OSError(errno.ESTALE, "out of reach")
        end = self.handle.status().size
        return self.handle.read(max(0, end - length), min(length, end))

    @property
    def head(self) -> bytes:
        """Its first bytes, as far as they are remembered."""
        return self._head

    def go_on_behind(self, place: int, other: "TailedFile") -> None:
        """Go on at a place where all stands that was read of another file, with the line that was not complete there.

        Raises:
            OSError: the file cannot be read.
        """
        skipping, lost, cutter = other._skipping, other._skipped_are_lost, other._cutter
        self._remember(place)
        self._skipping, self._skipped_are_lost, self._cutter = skipping, lost, cutter
        if other is not self:
            other._cutter = LineCutter(self._limit)

    def take_over(self, other: "TailedFile") -> None:
        """Go on, in a copy of it, where another stopped, with the line that was not complete there."""
        self.offset = other.offset
        self.at_path_ns = other.at_path_ns
        self._head, self._marker = other._head, other._marker
        self._skipping, self._skipped_are_lost = other._skipping, other._skipped_are_lost
        self._cutter, other._cutter = other._cutter, LineCutter(self._limit)

    def start_again(self, now_us: int) -> None:
        """Go on at the first byte of what was truncated; what was not read of it is forgotten."""
        self._noted_us, self._settled = now_us, False
        self.offset = self.size = self.proven_size = self._nul_end = self._hole_end = 0
        self._mtime_ns = None
        self._head = self._marker = b""
        self._skipping = self._skipped_are_lost = False
        self._cutter = LineCutter(self._limit)

    def discard_pending(self) -> int:
        """Forget the line that is not complete; returns how many bytes it had."""
        return self._cutter.discard()

    def see(self, status: FileStatus, now_us: int) -> None:
        """Take note of its status.

        Raises:
            Truncated: it is smaller than what was read, or begins otherwise, or ends otherwise before the offset.
            OSError: the file cannot be read.
        """
        if self.whole:
            self.size = max(status.size, self.offset)
            self._mtime_ns = status.mtime_ns
            return
        if status.size < (self.offset or len(self._head)):
            raise Truncated
        known = (status.size, status.mtime_ns) == (self.size, self._mtime_ns) and status.mtime_ns is not None
        if known and self._settled:
            self._look_at_allocated(now_us)
            return
        # What is written within the granularity of the file system's clock changes no time: look once more, later.
        self._settled = known and now_us > self._noted_us
        if not known:
            self._noted_us = now_us
        self._check(at_offset=status.size == self.offset)
        if status.size != self.size:
            self.changed_us = now_us
        has_grown = status.size > self.size
        # Cut off behind the offset.
        self.lost_bytes += max(0, self.proven_size - status.size)
        self.proven_size = min(self.proven_size, status.size)
        self.size = status.size
        self._mtime_ns = status.mtime_ns
        if status.size == self.offset:
            self.proven_size = self.offset
        if not (known or has_grown):
            # Something may have been written behind what is not written yet.
            self._nul_end = 0
        self._look_at_allocated(now_us)

    def read(self, most: int) -> tuple[int, bytes]:
        """Read on up to the size that was seen, `most` bytes at the most; returns their number and the whole lines.

        Raises:
            Truncated: what stands before the offset is not what was read there.
            OSError: the file cannot be read.
        """
        assert self.handle is not None
        if self.is_allocated_ahead:
            return self._search_behind(most), b""
        kept = len(self._marker)
        wanted = min(most, self.size - self.offset)
        data = self.handle.read(self.offset - kept, kept + wanted)
        if data[:kept] != self._marker:
            raise Truncated
        fresh = data[kept:] if kept else data
        if _NUL in fresh and not self.whole:
            read = len(fresh)
            fresh = self._without_allocated(fresh)
            if not fresh:
                return read, b""
            data = data[: kept + len(fresh)]
        if self.whole and len(fresh) < wanted:
            self.size = self.offset + len(fresh)  # what an archive says of its size is not always true
        self._marker = data[-MARKER_BYTES:]
        self.offset += len(fresh)
        if self.whole:
            self.proven_size = max(self.proven_size, self.offset)
        else:
            self.proven_size = self.offset if self.is_allocated_ahead else self.size
        before = self._cutter.nul_bytes
        counting = self._after_start(fresh)
        lines = self._cutter.feed(counting)
        self._note_starts(self.offset - len(counting))
        self.nul_bytes += self._cutter.nul_bytes - before
        return len(fresh), lines

    def finish(self) -> bytes:
        """Return the line that nothing will complete, with an LF added; should it be completed, the rest is lost."""
        if self._cutter.pending:
            self._skipping = self._skipped_are_lost = True
        before = self._cutter.nul_bytes
        line = self._cutter.finish()
        self._note_starts(self.offset)
        self.nul_bytes += self._cutter.nul_bytes - before
        return line

    def close(self) -> None:
        """Let go of the descriptor."""
        handle, self.handle = self.handle, None
        if handle is not None:
            handle.close()

    def _note_starts(self, offset: int) -> None:
        self.starts = [(place, offset + origin) for place, origin in self._cutter.starts]

    def _remember(self, offset: int) -> None:
        assert self.handle is not None
        self.offset = offset
        self._head = self._known_head(self.handle.read(0, HEAD_BYTES))
        self._marker = self.handle.read(max(0, offset - MARKER_BYTES), min(MARKER_BYTES, offset))
        self.size = self.proven_size = offset
        self._cutter = LineCutter(self._limit, at_start=not offset)

    def _known_head(self, head: bytes) -> bytes:
        """Return what of the first bytes is data: NULs that were not read may be filled in place."""
        return head[: max(self.offset, len(head.rstrip(_NUL)))]

    def _without_allocated(self, fresh: bytes) -> bytes:
        """Return what can be taken of what stands behind the offset: up to NULs that may be filled in place.

        NULs with data behind them are looked at twice before they are taken for a hole: who fills a file in place
        may be between two pages of it.
        """
        first = fresh.find(_NUL, max(0, self._hole_end - self.offset))
        if first < 0:
            return fresh
        end = self.offset + len(fresh.rstrip(_NUL))
        if end > self.offset + first:
            self._hole_end = end
        else:
            self._nul_end = self.offset + len(fresh)
            self.proven_size = self.offset + first
        return fresh[:first]

    def _search_behind(self, most: int) -> int:
        """Look for data behind NULs, up to `most` bytes; returns how many were looked at."""
        assert self.handle is not None
        data = self.handle.read(self._nul_end, min(most, self.size - self._nul_end))
        rest = data.lstrip(_NUL)
        if rest:
            self._hole_end, self._nul_end = self._nul_end + len(data) - len(rest), 0
        elif data:
            self._nul_end += len(data)
        else:
            self.size = self._nul_end
        return len(data)

    def _look_at_allocated(self, now_us: int) -> None:
        """See whether anything was filled in behind the offset.

        Raises:
            Truncated: what stands before it is not what was read there.
        """
        self._nul_end = min(self._nul_end, self.size)
        if not self.is_allocated_ahead:
            return
        assert self.handle is not None
        kept = len(self._marker)
        data = self.handle.read(self.offset - kept, kept + 1)
        if data[:kept] != self._marker:
            raise Truncated
        if data[kept:] not in (b"", _NUL):
            self._nul_end, self.changed_us = 0, now_us

    def _check(self, *, at_offset: bool) -> None:
        assert self.handle is not None
        head = self.handle.read(0, HEAD_BYTES)
        if not head.startswith(self._head[: len(head)]):
            raise Truncated
        self._head = self._known_head(head)
        # Reading on looks at the marker by itself.
        if at_offset and len(self._head) < self.offset:
            kept = len(self._marker)
            if self.handle.read(self.offset - kept, kept) != self._marker:
                raise Truncated

    def _after_start(self, data: bytes) -> bytes:
        """Return what counts: not the end of a line that began before the start."""
        if not self._skipping:
            return data
        end = data.find(_LF) + 1
        if self._skipped_are_lost:
            self.lost_bytes += end or len(data)
        if not end:
            return b""
        self._skipping = self._skipped_are_lost = False
        return data[end:]
