"""Tells which share of the bytes has been counted, while what was read at once is still being counted."""

from collections import deque


class CountedShare:
    """Interpolates between looks: of sparse lines, those of one look may take half a minute to count."""

    def __init__(self) -> None:
        self._points: deque[tuple[int, float]] = deque([(0, 0.0)])
        """(rows read, share read) behind the look that was counted last, and each later one."""

    def read(self, rows: int, share: float, counted: int) -> None:
        """Add a look.

        Args:
            rows: Rows that it has.
            share: Share of all bytes that has been read with it.
            counted: Rows that have been counted, of all looks.
        """
        self.of(counted)
        self._points.append((self._points[-1][0] + rows, share))

    def of(self, counted: int) -> float:
        """Return the share that has been counted, if so many rows of all looks were; it never falls."""
        while len(self._points) > 1 and self._points[1][0] <= counted:
            self._points.popleft()
        begin, share = self._points[0]
        if len(self._points) == 1:
            return share
        end, share_read = self._points[1]
        return share + (share_read - share) * max(0, counted - begin) / (end - begin)
