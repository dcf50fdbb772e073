"""Gathers the lines of one read, and their places in their files."""

from collections.abc import Iterable

from http_monitor.ports.source import Stretch
from http_monitor.records import LogFile


class GatheredLines:
    """The lines that a source takes from one file or several, for one chunk."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._stretches: list[Stretch] = []

    def add(self, lines: bytes, file: LogFile, starts: Iterable[tuple[int, int]]) -> None:
        """Add lines after the others.

        Args:
            lines: Whole lines.
            file: The file that they are from.
            starts: (place in the lines, offset in the file) of the first line, and of each that does not follow the one
                before.
        """
        if not lines:
            return
        for place, offset in starts:
            start = self._size + place
            last = self._stretches[-1] if self._stretches else None
            if last is None or offset - last.offset != start - last.start or file != last.file:
                self._stretches.append(Stretch(start, file, offset))
        self._parts.append(lines)
        self._size += len(lines)

    @property
    def data(self) -> bytes:
        """All lines."""
        return b"".join(self._parts)

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The places of the lines."""
        return tuple(self._stretches)
