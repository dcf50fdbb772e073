"""Cuts a stream of bytes into whole lines."""

import re

from http_monitor.choices import MAX_LINE_BYTES

_LF = b"\n"
_NUL = b"\0"
_MARK = b"\xef\xbb\xbf"
_NULS_AT_START = re.compile(rb"(?<=\n)\0+")


class LineCutter:
    """Cuts a stream into whole lines; the total output does not depend on how the input was cut.

    Of a line of more than `limit` bytes before its LF, the first `limit` + 1 bytes and an LF are returned, which shows
    that it was longer; no more of it is held in memory. NUL bytes at the beginning of a line are removed and counted: a
    writer leaves them if it continues at its old offset in a truncated file. The byte order mark of UTF-8 at the
    beginning of a file is removed too.

    Args:
        limit: Maximum length of a line in bytes, without its LF.
        at_start: The first byte is the first of a file.
    """

    def __init__(self, limit: int = MAX_LINE_BYTES, *, at_start: bool = True) -> None:
        self._kept = limit + 1
        self._held = bytearray()
        self._dropped = 0
        self._nuls = 0
        self._mark: bytes | None = b"" if at_start else None
        self.nul_bytes = 0
        """NUL bytes removed before the lines that were returned."""

    @property
    def pending(self) -> int:
        """Bytes received since the last LF, including removed ones and those beyond the limit."""
        return len(self._held) + self._dropped + self._nuls + len(self._mark or b"")

    def feed(self, data: bytes) -> bytes:
        """Return the lines that are now complete, each with its LF; b"" if there are none."""
        if self._mark is not None:
            data = self._without_mark(data)
        if _NUL in data:
            return self._feed_with_nuls(data)
        return self._feed(data)

    def finish(self) -> bytes:
        """Return the last, incomplete line with an LF added; b"" if there is none."""
        if self._mark:
            self._held += self._mark
        line = bytes(self._held) + _LF if self._held else b""
        self.nul_bytes += self._nuls
        self.discard()
        return line

    def discard(self) -> int:
        """Drop the incomplete line; return its length in bytes."""
        pending = self.pending
        self._held.clear()
        self._dropped = self._nuls = 0
        self._mark = None
        return pending

    def _feed(self, data: bytes) -> bytes:
        end = data.rfind(_LF) + 1
        if not end:
            self._hold(data)
            return b""
        if self._held or self._nuls:
            lines = b"".join((self._held, memoryview(data)[:end]))
            self.nul_bytes += self._nuls
            self.discard()
        else:
            lines = data[:end]  # makes no copy if that is all of it
        self._hold(data[end:])
        return lines if len(lines) <= self._kept else self._shortened(lines)

    def _feed_with_nuls(self, data: bytes) -> bytes:
        if not self._held:
            data = self._count_leading(data)
        end = data.rfind(_LF) + 1
        lines = b""
        if end:
            whole = _NULS_AT_START.sub(b"", data[:end])
            lines = self._feed(whole)
            self.nul_bytes += end - len(whole)
            data = self._count_leading(data[end:])
        self._hold(data)
        return lines

    def _count_leading(self, data: bytes) -> bytes:
        """Remove the NUL bytes at the beginning of the incomplete line; they are counted when the line is returned."""
        rest = data.lstrip(_NUL)
        self._nuls += len(data) - len(rest)
        return rest

    def _without_mark(self, data: bytes) -> bytes:
        first = (self._mark or b"") + data
        if len(first) < len(_MARK) and _MARK.startswith(first):
            self._mark = first
            return b""
        self._mark = None
        return first.removeprefix(_MARK)

    def _hold(self, data: bytes) -> None:
        room = self._kept - len(self._held)
        self._held += data[:room]
        self._dropped += max(0, len(data) - room)

    def _shortened(self, lines: bytes) -> bytes:
        # Jumps ahead by `kept` bytes, then back to the last LF before that: a line is too long exactly if a jump from
        # its start meets no LF, so other lines cost no work of their own.
        parts = []
        start = done = 0
        while len(lines) - start > self._kept:
            last = lines.rfind(_LF, start, start + self._kept)
            if last >= 0:
                start = last + 1
                continue
            parts += [lines[done : start + self._kept], _LF]
            start = done = lines.index(_LF, start + self._kept) + 1
        if not done:
            return lines
        parts.append(lines[done:])
        return b"".join(parts)
