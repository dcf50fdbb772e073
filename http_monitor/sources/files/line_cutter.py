"""Cuts a stream of bytes into whole lines."""

import re
from collections.abc import Sequence

from http_monitor.choices import DEFAULT_LINE_BYTES

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

    def __init__(self, limit: int = DEFAULT_LINE_BYTES, *, at_start: bool = True) -> None:
        self._kept = limit + 1
        self._held = bytearray()
        self._dropped = 0
        self._nuls = 0
        self._mark: bytes | None = b"" if at_start else None
        self.nul_bytes = 0
        """NUL bytes removed before the lines that were returned."""
        self.starts: Sequence[tuple[int, int]] = ()
        """Where the lines returned last begin: (place in them, place relative to the start of the last data; below 0:
        before it), for the first line and for each that does not follow the one before."""

    @property
    def pending(self) -> int:
        """Bytes received since the last LF, including removed ones and those beyond the limit."""
        return len(self._held) + self._dropped + self._nuls + len(self._mark or b"")

    def feed(self, data: bytes) -> bytes:
        """Return the lines that are whole now, each with its LF; b"" if none is."""
        taken = len(data)
        if self._mark is not None:
            data = self._without_mark(data)
        if _NUL in data:
            return self._feed_with_nuls(data, taken - len(data))
        return self._feed(data, taken - len(data))

    def finish(self) -> bytes:
        """Return the incomplete line with an LF added; b"" if there is none.

        `starts` is then after the end of the last data.
        """
        if self._mark:
            self._held += self._mark
        self.starts = ((0, -len(self._held) - self._dropped),)
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

    def _feed(self, data: bytes, start: int, left_out: Sequence[tuple[int, int]] = ()) -> bytes:
        """Return the lines that are whole now.

        Args:
            data: Has no NULs at the beginning of a line.
            start: Where it begins in the last data.
            left_out: The parts that were removed from it: (place, number of bytes).
        """
        end = data.rfind(_LF) + 1
        if not end:
            self._hold(data)
            self.starts = ()
            return b""
        held = len(self._held)
        starts = [(0, start - held - self._dropped)]
        if self._dropped:
            starts.append((held, start))
        if left_out:
            starts = _starts_without(starts, [(held + place, count) for place, count in left_out])
        if self._held or self._nuls:
            lines = b"".join((self._held, memoryview(data)[:end]))
            self.nul_bytes += self._nuls
            self.discard()
        else:
            lines = data[:end]  # makes no copy if that is all of it
        self._hold(data[end:])
        if len(lines) > self._kept:
            lines, cut = self._shorten(lines)
            starts = _starts_without(starts, cut) if cut else starts
        self.starts = starts
        return lines

    def _feed_with_nuls(self, data: bytes, start: int) -> bytes:
        if not self._held:
            rest = self._count_leading(data)
            data, start = rest, start + len(data) - len(rest)
        end = data.rfind(_LF) + 1
        lines = b""
        self.starts = ()
        if end:
            nuls = [(match.start(), len(match[0])) for match in _NULS_AT_START.finditer(data, 0, end)]
            whole = _NULS_AT_START.sub(b"", data[:end]) if nuls else data[:end]
            lines = self._feed(whole, start, nuls)
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

    def _shorten(self, lines: bytes) -> tuple[bytes, list[tuple[int, int]]]:
        """Return lines shortened to the limit, and the removed parts: (place, number of bytes)."""
        # Leap by `kept` bytes, then go back to the last LF inside the leap. A line is too long exactly if a leap that
        # starts with it contains no LF, so other lines cost no work of their own.
        parts = []
        cut: list[tuple[int, int]] = []
        start = done = 0
        while len(lines) - start > self._kept:
            last = lines.rfind(_LF, start, start + self._kept)
            if last >= 0:
                start = last + 1
                continue
            parts += [lines[done : start + self._kept], _LF]
            end = lines.index(_LF, start + self._kept)
            cut.append((start + self._kept, end - start - self._kept))
            start = done = end + 1
        if not done:
            return lines, cut
        parts.append(lines[done:])
        return b"".join(parts), cut


def _starts_without(starts: Sequence[tuple[int, int]], left_out: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where lines begin after some bytes were removed from them.

    Args:
        starts: As `LineCutter.starts` before that.
        left_out: (place, number of bytes), ascending.
    """
    found: list[tuple[int, int]] = []
    index = gone = 0
    for place, count in left_out:
        while index < len(starts) and starts[index][0] <= place:
            found.append((starts[index][0] - gone, starts[index][1]))
            index += 1
        while index < len(starts) and starts[index][0] <= place + count:
            index += 1
        before, origin = starts[index - 1]
        found.append((place - gone, origin + place + count - before))
        gone += count
    return [*found, *((place - gone, origin) for place, origin in starts[index:])]
