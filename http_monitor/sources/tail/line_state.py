"""Cuts the bytes of a followed file into lines, and drops the rests of lines that do not count."""

from http_monitor.sources.files.line_cutter import LineCutter

_LF = b"\n"


class LineState:
    """The place in a line at which the reading of a file is; it can be moved to a copy of that file.

    Args:
        limit: The longest line, in bytes without its LF.
        at_start: Whether the first byte is the first of a file.
    """

    def __init__(self, limit: int, *, at_start: bool = True) -> None:
        self._cutter = LineCutter(limit, at_start=at_start)
        self._nul_bytes = 0
        """Number of NUL bytes at the beginning of lines that were reported."""
        self.skipping = False
        """Everything up to the next LF is the rest of a line that does not count."""
        self.skipped_are_lost = False
        """The beginning of that line was emitted as if it were complete."""
        self.lost_bytes = 0
        """Bytes of such rests; reset by the owner."""

    @property
    def pending(self) -> int:
        """Number of bytes read of an incomplete line."""
        return self._cutter.pending

    def feed(self, data: bytes) -> bytes:
        """Return the lines that are complete now."""
        return self._cutter.feed(self._after_start(data))

    def finish(self) -> bytes:
        """Return the incomplete line with an LF added; if more of it is written later, that rest is lost."""
        if self._cutter.pending:
            self.skipping = self.skipped_are_lost = True
        return self._cutter.finish()

    def discard(self) -> int:
        """Drop the incomplete line; return its number of bytes."""
        return self._cutter.discard()

    def take_nul_bytes(self) -> int:
        """Return the number of NUL bytes skipped at the beginning of lines since the last call."""
        before, self._nul_bytes = self._nul_bytes, self._cutter.nul_bytes
        return self._nul_bytes - before

    def _after_start(self, data: bytes) -> bytes:
        """Return what counts, without the end of a line that began before the start."""
        if not self.skipping:
            return data
        end = data.find(_LF) + 1
        if self.skipped_are_lost:
            self.lost_bytes += end or len(data)
        if not end:
            return b""
        self.skipping = self.skipped_are_lost = False
        return data[end:]
