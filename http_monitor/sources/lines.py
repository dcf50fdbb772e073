"""Cuts a stream of bytes into whole lines."""

from http_monitor.settings import MAX_LINE_BYTES

_LF = b"\n"


class LineCutter:
    """Takes bytes cut anywhere, gives whole lines; what it gives in total does not depend on the cuts.

    A line of more than `limit` bytes before its LF is handed on as its first `limit` + 1 bytes and an LF, which
    is how its reader knows that it was longer; no more of it than that is ever held.
    """

    def __init__(self, limit: int = MAX_LINE_BYTES) -> None:
        self._kept = limit + 1
        self._held = bytearray()
        self._dropped = 0

    @property
    def pending(self) -> int:
        """Bytes taken since the last LF, those of a line too long to be held included."""
        return len(self._held) + self._dropped

    def feed(self, data: bytes) -> bytes:
        """Return the lines that are whole now, each with its LF; b"" if none is."""
        end = data.rfind(_LF) + 1
        if not end:
            self._hold(data)
            return b""
        if self._held:
            lines = b"".join((self._held, memoryview(data)[:end]))
            self.discard()
        else:
            lines = data[:end]  # no copy where that is all of it
        self._hold(data[end:])
        return lines if len(lines) <= self._kept else self._shortened(lines)

    def finish(self) -> bytes:
        """Return the line that nothing will complete, with an LF added; b"" if there is none."""
        line = bytes(self._held) + _LF if self._held else b""
        self.discard()
        return line

    def discard(self) -> int:
        """Forget the line that is not complete; returns how many bytes it had."""
        pending = self.pending
        self._held.clear()
        self._dropped = 0
        return pending

    def _hold(self, data: bytes) -> None:
        room = self._kept - len(self._held)
        self._held += data[:room]
        self._dropped += max(0, len(data) - room)

    def _shortened(self, lines: bytes) -> bytes:
        # Leaps of `kept` bytes, each back to the last LF inside it: a line is too long exactly where a leap that
        # starts with it meets no LF, so lines that are not cost no work of their own.
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
