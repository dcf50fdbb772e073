"""Joins the parts of lines that a container runtime split."""

from collections.abc import Iterable

from http_monitor.records import Json


class Parts:
    """The lines of which only some parts have come, by what they are parts of; bounded in bytes and in number.

    Args:
        limit: Of a line that is longer only one byte more is kept: it is too long then, whatever else it has.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: dict[bytes, bytes] = {}

    def __bool__(self) -> bool:
        return bool(self._open)

    def add(self, part: bytes, text: bytes, *, more: bool) -> bytes | None:
        """Take the next part of a line; return the line when it is complete.

        Args:
            part: What it is a part of.
            text: Of it.
            more: Others come.
        """
        line = self._open.pop(part, b"") + text
        if not more:
            return line[: self._limit + 1]
        self._open[part] = line[: self._limit + 1]
        return None

    def before(self, part: bytes) -> bytes:
        """Return what has come of a line."""
        return self._open.get(part, b"")

    def end(self) -> list[bytes]:
        """Return the lines that will not be completed."""
        lines = list(self._open.values())
        self._open = {}
        return lines

    def save(self) -> Json:
        """Return it as JSON."""
        return {name.decode("latin-1"): line.decode("latin-1") for name, line in self._open.items()}

    def load(self, given: Json) -> None:
        """Become what was saved. Raises TypeError or ValueError for anything else."""
        open_lines: dict[bytes, bytes] = {}
        for name, line in _items(given):
            if not isinstance(name, str) or not isinstance(line, str) or len(line) > self._limit + 1:
                raise ValueError("no part of a line")
            open_lines[name.encode("latin-1")] = line.encode("latin-1")
        self._open = open_lines


def _items(given: object) -> Iterable[tuple[object, object]]:
    if not isinstance(given, dict):
        raise TypeError("no parts of lines")
    return given.items()
