"""Reads the console output of a logger: time, level and words separated by tabs, followed by a JSON object."""

import re
from collections.abc import Sequence
from dataclasses import replace

from http_monitor.explanation import FoundField, LineReading
from http_monitor.parser.jsonl.format import JsonFormat
from http_monitor.parser.jsonl.key_book import KeyMap, Object
from http_monitor.parser.lines.line_by_line import Outside, Texts, lines_of
from http_monitor.parser.lines.misfit import Misfit
from http_monitor.records import Batch, Sample

_FRONT = re.compile(
    rb"([0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?)"
    rb"\t(?:\x1b\[[0-9;]{1,9}m)?[A-Za-z]+(?:\x1b\[[0-9;]{0,9}m)?(?=\t)"
)
_REQUEST = "request"
"""A key in every line of a request."""
_BEFORE, _BEHIND = b'{"ts":"', b'",'
_MORE = len(_BEFORE) + len(_BEHIND)
_TIME_BYTES = 29
_NO_OBJECT = b"x"


class ConsoleJson(JsonFormat):
    """JSON lines preceded by a time, which is read as if it were in the object under ``ts``."""

    def __init__(self, name: str, key_map: KeyMap, limit: int, *, needs: Sequence[str]) -> None:
        """Take the arguments of `JsonFormat`; one of the keys must be ``ts``."""
        super().__init__(name, key_map, limit + _MORE + _TIME_BYTES, needs=needs)
        self._longest = limit

    def resembles(self, line: bytes) -> bool:
        """Return whether a line begins with a time and a level."""
        return line.startswith(_BEFORE) or _FRONT.match(line) is not None

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; text after the last LF is a line too."""
        lines = lines_of(data)
        batch = super().parse(b"".join(self._inside(line)[0] + b"\n" for line in lines))
        if not batch.samples:
            return batch
        counted = [line for line in lines if len(line) > self._longest or line.strip()]
        shown = [(one.line_no, counted[one.line_no - 1]) for one in batch.samples]
        return replace(batch, samples=tuple(Sample(no, raw[:1_000].removesuffix(b"\r")) for no, raw in shown))

    def read_line(self, line: bytes) -> LineReading:
        """Return the fields of one line, or the place at which it stops fitting."""
        if len(line) > self._longest:
            return LineReading(self.name, (), None, self._longest + 1, f"a line of at most {self._longest} bytes")
        inside, time, brace = self._inside(line)
        if brace < 0:
            return LineReading(self.name, (), None, 1, "a time and a level, each followed by a tab")
        reading = super().read_line(inside)
        ahead = len(_BEFORE) + len(time) + len(_BEHIND)

        def place(at: int) -> int:
            """Return the place in the line for a place in the object."""
            return at - ahead + brace + 1 if at >= ahead else min(max(at - len(_BEFORE), 0), len(time))

        found = tuple(FoundField(one.name, place(one.start), place(one.stop)) for one in reading.found)
        column = None if reading.column is None else min(place(reading.column - 1), len(line)) + 1
        return replace(reading, found=found, column=column)

    def _inside(self, line: bytes) -> tuple[bytes, bytes, int]:
        """Return (object with the time, the time, position of the object); position -1: there is no time and level."""
        if len(line) > self._longest:
            return line + b" " * (_MORE + _TIME_BYTES), b"", -1
        front = _FRONT.match(line)
        if front is None:
            return (_NO_OBJECT + line if line.strip() else line), b"", -1
        time = front[1]
        brace = line.find(b"\t{", front.end()) + 1
        rest = line[brace + 1 :] if brace else b"}"
        # A line without an object, or with an empty one, is another message of the server.
        return _BEFORE + time + (b'"}' if rest.strip() == b"}" else _BEHIND + rest), time, brace or len(line)

    def _read_object(self, found: Object, line: bytes) -> Texts | Misfit | Outside:
        read = super()._read_object(found, line)
        return Outside() if isinstance(read, Misfit) and _REQUEST not in found else read
