"""Joins lines that a container runtime split into parts."""

from collections.abc import Iterable

from http_monitor.records import Json


class Parts:
    """Incomplete lines by their keys, limited in number and length.

    Args:
        limit: Maximum length; of a longer line one more byte is kept, so that it counts as oversized.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: dict[bytes, bytes] = {}
        self._times: dict[bytes, bytes] = {}
        """When the first part of each came, as it was written."""

    def __bool__(self) -> bool:
        return bool(self._open)

    def add(self, part: bytes, text: bytes, time: bytes, *, more: bool) -> tuple[bytes, bytes] | None:
        """Take the next part of a line; return the line when it is complete, with the time of its first part.

        Args:
            part: What it is a part of.
            text: Of it.
            time: When it came, as it is written.
            more: Others come.
        """
        line = self._open.pop(part, b"") + text
        time = self._times.pop(part, time)
        if not more:
            return line[: self._limit + 1], time
        self._open[part], self._times[part] = line[: self._limit + 1], time
        return None

    def before(self, part: bytes) -> bytes:
        """Return the parts of a line received so far."""
        return self._open.get(part, b"")

    def end(self) -> list[tuple[bytes, bytes]]:
        """Return the lines that will not be completed, with their times."""
        lines = [(line, self._times[part]) for part, line in self._open.items()]
        self._open, self._times = {}, {}
        return lines

    def save(self) -> Json:
        """Return it as JSON."""
        return {
            name.decode("latin-1"): [line.decode("latin-1"), self._times[name].decode("latin-1")]
            for name, line in self._open.items()
        }

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises TypeError or ValueError for anything else."""
        open_lines: dict[bytes, bytes] = {}
        times: dict[bytes, bytes] = {}
        for name, kept in _items(given):
            if not isinstance(name, str) or not isinstance(kept, list) or not all(isinstance(it, str) for it in kept):
                raise TypeError("no part of a line")
            line, time = (text.encode("latin-1") for text in kept)
            if len(line) > self._limit + 1 or len(time) > self._limit:
                raise ValueError("no part of a line")
            open_lines[name.encode("latin-1")], times[name.encode("latin-1")] = line, time
        self._open, self._times = open_lines, times


def _items(given: object) -> Iterable[tuple[object, object]]:
    if not isinstance(given, dict):
        raise TypeError("no parts of lines")
    return given.items()
