"""Explains single lines that may be wrapped."""

from collections.abc import Iterator
from dataclasses import replace

from http_monitor.explanation import LineReading
from http_monitor.parser.lines.explain import explain, read_line
from http_monitor.parser.lines.remarks import Remarking
from http_monitor.parser.wrapped.shown import Read, explain_inner
from http_monitor.parser.wrapped.timing import NO_TIME, Timing
from http_monitor.parser.wrapped.unwrapping import Unwrapping
from http_monitor.ports.log_format import Remark
from http_monitor.ports.wrapper import Wrapper


class SingleLines:
    """Explains single lines of one file by its format; columns are counted in the whole line.

    Args:
        now: The wrapper that is removed, and the inner format.
        timing: Determines times that are not in the lines themselves.
    """

    def __init__(self, now: Unwrapping, timing: Timing) -> None:
        self._now = now
        self._timing = timing

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield remarks on the inner text of a line that was parsed."""
        wrapper = self._now.wrapper
        if wrapper is not None and wrapper.front(line) is not None:
            memory = wrapper.save()
            inside = wrapper.peel(line)
            wrapper.load(memory)
            line = next((peeled.text for peeled in inside if peeled.text is not None), line)
        if isinstance(self._now.inner, Remarking):
            yield from self._now.inner.remarks(line)

    def explain(self, line: bytes) -> str:
        """Return in one short phrase why a line, inside its wrapper or not, does not fit; empty if it fits."""
        said = explain(line, self._now.inner)
        if said or self._timing.by_arrival:
            return said
        values = read_line(self._now.inner, line).values
        return f"column 1: expected {NO_TIME}" if values and values.get("time") is None else ""

    def read(self, line: bytes) -> LineReading:
        """Return the reading of a line by the format of the file."""
        if self._now.wrapper is None:
            return self._require_time(read_line(self._now.inner, line))
        return self.explain_inner(line, self._now.wrapper, lambda text: [read_line(self._now.inner, text)])[0]

    def explain_inner(self, line: bytes, wrapper: Wrapper, read: Read) -> list[LineReading]:
        """Return the reading of the inner text of a line; the arguments are those of the function."""
        return [
            self._require_time(one)
            for one in explain_inner(line, wrapper, read, lambda text: self._now.time_of(text, wrapper))
        ]

    def _require_time(self, reading: LineReading) -> LineReading:
        """Return a reading of a line, which does not fit if neither it nor its wrapper has a time."""
        if self._timing.by_arrival or not reading.values or reading.values.get("time") is not None:
            return reading
        return replace(reading, values=None, column=1, expected=NO_TIME)
