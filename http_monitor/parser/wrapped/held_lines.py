"""Holds the first lines of a log whose lines stand inside others, until one of them fits."""

import re
from dataclasses import dataclass

from http_monitor.codec import integer
from http_monitor.parser.wrapped.trials import memory_of
from http_monitor.ports.log_format import LogFormat
from http_monitor.ports.wrapper import Wrapper
from http_monitor.records import Json

MOST_LINES = 100
"""So many lines are held at the most."""
MOST_BYTES = 1 << 18
"""Lines are held until they are so many bytes."""
_LINE = re.compile(rb"[^\n]*\n")


@dataclass(slots=True)
class Held:
    """Lines of which nobody knows what they are before one of them fits: of another program, or a part of a line.

    Which lines are held together depends on the lines only, wherever they were cut.
    """

    data: bytes = b""
    """Whole lines."""
    at: int = 0
    """Where they begin in all data."""
    begun: bool = False
    memory: Json | None = None
    """What the format of what is inside remembered before the first of them."""
    parts: Json | None = None
    """What the wrapper remembered before the first of them."""

    def begin(self, made: LogFormat, wrapper: Wrapper | None, at: int) -> None:
        """Keep what is remembered before the first line, and where it begins, once."""
        if not self.begun:
            self.begun, self.memory = True, memory_of(made)
            self.at = self.at if self.data else at
            self.parts = None if wrapper is None else wrapper.save()

    def room(self, data: bytes) -> int:
        """Return how many bytes of the next whole lines are held."""
        lines, end = self.data.count(b"\n"), 0
        while end < len(data) and lines < MOST_LINES and len(self.data) + end < MOST_BYTES:
            end = data.find(b"\n", end) + 1 or len(data)
            lines += 1
        return end

    def add(self, data: bytes) -> None:
        """Hold whole lines; the last may lack its LF."""
        self.data += data if not data or data.endswith(b"\n") else data + b"\n"

    def begins(self) -> list[int]:
        """Return where the lines begin."""
        return [self.at + match.start() for match in _LINE.finditer(self.data)]

    @property
    def full(self) -> bool:
        """No more lines are held."""
        return self.data.count(b"\n") >= MOST_LINES or len(self.data) >= MOST_BYTES

    def save(self) -> Json:
        """Return it as JSON."""
        return {
            "data": self.data.decode("latin-1"),
            "at": self.at,
            "begun": self.begun,
            "memory": self.memory,
            "parts": self.parts,
        }

    @classmethod
    def load(cls, given: Json) -> "Held":
        """Return what was saved. Raises KeyError, TypeError or ValueError for anything else."""
        data, begun = given["data"], given["begun"]
        if not isinstance(data, str) or not isinstance(begun, bool) or len(data) > MOST_BYTES + (1 << 26):
            raise TypeError("no lines")
        return cls(data.encode("latin-1"), integer(given["at"], 0), begun, given["memory"], given["parts"])
