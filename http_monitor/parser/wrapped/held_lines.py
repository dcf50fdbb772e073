"""Holds the first lines of a log that may be wrapped, until one of them fits."""

import re
from dataclasses import dataclass

from http_monitor.codec import integer
from http_monitor.parser.wrapped.trials import memory_of
from http_monitor.ports.log_format import LogFormat
from http_monitor.ports.wrapper import Wrapper
from http_monitor.records import Json

MAX_LINES = 100
"""Maximum number of held lines."""
MAX_BYTES = 1 << 18
"""Number of bytes at which no more lines are held."""
_LINE = re.compile(rb"[^\n]*\n")


@dataclass(slots=True)
class Held:
    """The lines before the first one that fits; they may belong to other programs, or be parts of a line.

    Which lines are held together depends only on the lines, not on how they were cut.
    """

    data: bytes = b""
    """Whole lines."""
    at: int = 0
    """Their offset in all data."""
    begun: bool = False
    memory: Json | None = None
    """State of the inner format before the first of them."""
    parts: Json | None = None
    """State of the wrapper before the first of them."""

    def begin(self, made: LogFormat, wrapper: Wrapper | None, at: int) -> None:
        """Store the states before the first line; further calls do nothing."""
        if not self.begun:
            self.begun, self.memory = True, memory_of(made)
            self.at = self.at if self.data else at
            self.parts = None if wrapper is None else wrapper.save()

    def room(self, data: bytes) -> int:
        """Return how many bytes of the next whole lines are to be held."""
        lines, end = self.data.count(b"\n"), 0
        while end < len(data) and lines < MAX_LINES and len(self.data) + end < MAX_BYTES:
            end = data.find(b"\n", end) + 1 or len(data)
            lines += 1
        return end

    def add(self, data: bytes) -> None:
        """Hold whole lines; the last one may lack its LF."""
        self.data += data if not data or data.endswith(b"\n") else data + b"\n"

    def begins(self) -> list[int]:
        """Return the offsets of the lines."""
        return [self.at + match.start() for match in _LINE.finditer(self.data)]

    @property
    def full(self) -> bool:
        """Whether no more lines are held."""
        return self.data.count(b"\n") >= MAX_LINES or len(self.data) >= MAX_BYTES

    def save(self) -> Json:
        """Return the state as JSON."""
        return {
            "data": self.data.decode("latin-1"),
            "at": self.at,
            "begun": self.begun,
            "memory": self.memory,
            "parts": self.parts,
        }

    @classmethod
    def load(cls, given: Json) -> "Held":
        """Return a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        data, begun = given["data"], given["begun"]
        if not isinstance(data, str) or not isinstance(begun, bool) or len(data) > MAX_BYTES + (1 << 26):
            raise TypeError("no lines")
        return cls(data.encode("latin-1"), integer(given["at"], 0), begun, given["memory"], given["parts"])
