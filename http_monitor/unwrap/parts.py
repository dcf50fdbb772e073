"""Joins lines that a container runtime split into parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from http_monitor.codec import integer
from http_monitor.records import Json


class Joined(NamedTuple):
    """The text received of a line."""

    text: bytes
    time: bytes
    """The time of its first part, as written; empty: there is none."""
    begin: int
    """The place of its first part."""


_ENTRY_BYTES = 256
"""Bytes that an incomplete line counts in addition to its text, time and key, so that their number is limited too."""
_SPARE_BYTES = 1 << 10
"""Room in addition to two lines of the maximum length, one of each stream, for their times and keys."""


@dataclass(slots=True)
class _Open:
    """The parts of a line so far."""

    text: bytearray
    time: bytes
    begin: int


class Parts:
    """Incomplete lines by their keys, limited in bytes.

    A runtime has two streams, so there is room for two lines of the maximum length. If there is no room for all
    unfinished lines, the one that began first is given up.

    Args:
        limit: Maximum length; of a longer line one more byte is kept, so that it counts as oversized.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: dict[bytes, _Open] = {}
        """In the order in which they began."""
        self._bytes = 0
        self._max_bytes = 2 * (limit + _SPARE_BYTES)
        self._given_up: list[tuple[bytes, Joined]] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    def add(self, part: bytes, text: bytes, time: bytes, begin: int = 0, *, more: bool) -> Joined | None:
        """Add the next part of a line; return the line when it is complete.

        Args:
            part: The key of the line.
            text: The text of the part.
            time: The time of the part, as written.
            begin: The place of the part.
            more: More parts follow.
        """
        line = self._open.get(part)
        if line is None:
            line = _Open(bytearray(), time, begin)
            if more:
                self._put(part, line)
        added = text[: self._limit + 1 - len(line.text)]
        line.text += added
        if not more:
            self._bytes -= _size(part, line) - len(added) if self._open.pop(part, None) else 0
            return _join(line)
        self._bytes += len(added)
        while self._bytes > self._max_bytes:
            oldest = next(iter(self._open))
            given_up = self._open.pop(oldest)
            self._bytes -= _size(oldest, given_up)
            self._given_up.append((oldest, _join(given_up)))
        return None

    def drain_given_up(self) -> list[tuple[bytes, Joined]]:
        """Return the lines that were given up since the last call, each with its key."""
        given_up, self._given_up = self._given_up, []
        return given_up

    def before(self, part: bytes) -> bytes:
        """Return the parts of a line received so far."""
        line = self._open.get(part)
        return b"" if line is None else bytes(line.text)

    def find_begun(self) -> list[int]:
        """Return where the incomplete lines begin."""
        return [line.begin for line in self._open.values()]

    def end(self) -> list[Joined]:
        """Return the lines that will not be completed."""
        lines = [_join(line) for line in self._open.values()]
        self._open, self._bytes = {}, 0
        return lines

    def save(self) -> Json:
        """Return the state as JSON, in the order in which the lines began."""
        return {
            name.decode("latin-1"): [line.text.decode("latin-1"), line.time.decode("latin-1"), line.begin]
            for name, line in self._open.items()
        }

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises TypeError or ValueError for anything else."""
        open_lines: dict[bytes, _Open] = {}
        for name, (text, time, begin) in _items(given):
            if not isinstance(name, str) or not isinstance(text, str) or not isinstance(time, str):
                raise TypeError("no part of a line")
            if len(text) > self._limit + 1 or len(time) > self._limit:
                raise ValueError("no part of a line")
            line = _Open(bytearray(text.encode("latin-1")), time.encode("latin-1"), integer(begin, 0))
            open_lines[name.encode("latin-1")] = line
        self._open, self._bytes, self._given_up = {}, 0, []
        for key, line in open_lines.items():
            self._put(key, line)
        if self._bytes > self._max_bytes:
            raise ValueError("too many parts of lines")

    def _put(self, part: bytes, line: _Open) -> None:
        self._open[part] = line
        self._bytes += _size(part, line)


def _size(part: bytes, line: _Open) -> int:
    return len(part) + len(line.text) + len(line.time) + _ENTRY_BYTES


def _join(line: _Open) -> Joined:
    return Joined(bytes(line.text), line.time, line.begin)


def _items(given: object) -> Iterable[tuple[object, Any]]:
    if not isinstance(given, dict):
        raise TypeError("no parts of lines")
    return given.items()
