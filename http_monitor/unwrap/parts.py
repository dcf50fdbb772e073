"""Joins lines that a container runtime split into parts."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from http_monitor.codec import integer
from http_monitor.records import Json


class Joined(NamedTuple):
    """What has come of a line."""

    text: bytes
    time: bytes
    """When its first part came, as it is written; empty: nothing says it."""
    begin: int
    """Where its first part stands."""


class Parts:
    """Incomplete lines by their keys, limited in number and length.

    Args:
        limit: Maximum length; of a longer line one more byte is kept, so that it counts as oversized.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: dict[bytes, Joined] = {}

    def __bool__(self) -> bool:
        return bool(self._open)

    def add(self, part: bytes, text: bytes, time: bytes, begin: int = 0, *, more: bool) -> Joined | None:
        """Take the next part of a line; return the line when it is complete.

        Args:
            part: What it is a part of.
            text: Of it.
            time: When it came, as it is written.
            begin: Where it stands.
            more: Others come.
        """
        before = self._open.pop(part, None)
        line = Joined(text[: self._limit + 1], time, begin)
        if before is not None:
            line = before._replace(text=(before.text + text)[: self._limit + 1])
        if not more:
            return line
        self._open[part] = line
        return None

    def before(self, part: bytes) -> bytes:
        """Return the parts of a line received so far."""
        line = self._open.get(part)
        return b"" if line is None else line.text

    def begun(self) -> list[int]:
        """Return where the lines begin that are not complete."""
        return [line.begin for line in self._open.values()]

    def end(self) -> list[Joined]:
        """Return the lines that will not be completed."""
        lines = [*self._open.values()]
        self._open = {}
        return lines

    def save(self) -> Json:
        """Return it as JSON."""
        return {
            name.decode("latin-1"): [line.text.decode("latin-1"), line.time.decode("latin-1"), line.begin]
            for name, line in self._open.items()
        }

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises TypeError or ValueError for anything else."""
        open_lines: dict[bytes, Joined] = {}
        for name, (text, time, begin) in _items(given):
            if not isinstance(name, str) or not isinstance(text, str) or not isinstance(time, str):
                raise TypeError("no part of a line")
            if len(text) > self._limit + 1 or len(time) > self._limit:
                raise ValueError("no part of a line")
            line = Joined(text.encode("latin-1"), time.encode("latin-1"), integer(begin, 0))
            open_lines[name.encode("latin-1")] = line
        self._open = open_lines


def _items(given: object) -> Iterable[tuple[object, Any]]:
    if not isinstance(given, dict):
        raise TypeError("no parts of lines")
    return given.items()
