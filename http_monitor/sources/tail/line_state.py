"""Cuts the bytes of a followed file into lines, and drops the rests of lines that do not count."""

from collections.abc import Sequence

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
        """The beginning of that line was returned as a whole line."""
        self._lost_bytes = 0
        """Bytes of such rests that were not reported yet."""
        self._after = 0
        """Number of bytes that the cutter took after the point from which it counts the starts of lines."""

    @property
    def pending(self) -> int:
        """Number of bytes read of an incomplete line."""
        return self._cutter.pending

    @property
    def starts(self) -> Sequence[tuple[int, int]]:
        """Where the lines returned last begin, as `LineCutter.starts`, but from the end of everything read."""
        return [(place, origin - self._after) for place, origin in self._cutter.starts]

    def skip(self, is_skipping: bool, *, are_lost: bool) -> None:
        """Set whether the rest of a line up to the next LF is dropped; `are_lost`: its beginning was emitted."""
        self.skipping, self.skipped_are_lost = is_skipping, are_lost

    def feed(self, data: bytes) -> bytes:
        """Return the lines that are complete now."""
        data = self._after_start(data)
        self._after = len(data)
        return self._cutter.feed(data)

    def finish(self) -> bytes:
        """Return the incomplete line with an LF added; if more of it is written later, that rest is lost."""
        if self._cutter.pending:
            self.skipping = self.skipped_are_lost = True
        self._after = 0
        return self._cutter.finish()

    def discard(self) -> int:
        """Drop the incomplete line; return its number of bytes."""
        return self._cutter.discard()

    def take_counts(self) -> tuple[int, int]:
        """Return the number of NUL bytes skipped at the beginning of lines since the last call."""
        nul_bytes, self._nul_bytes = self._cutter.nul_bytes - self._nul_bytes, self._cutter.nul_bytes
        lost_bytes, self._lost_bytes = self._lost_bytes, 0
        return lost_bytes, nul_bytes

    def _after_start(self, data: bytes) -> bytes:
        """Return what counts, without the end of a line that began before the start."""
        if not self.skipping:
            return data
        end = data.find(_LF) + 1
        if self.skipped_are_lost:
            self._lost_bytes += end or len(data)
        if not end:
            return b""
        self.skipping = self.skipped_are_lost = False
        return data[end:]
