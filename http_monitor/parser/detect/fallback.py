"""Reads lines that do not fit one format with a second one."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from http_monitor.explanation import LineReading
from http_monitor.parser.lines.explain import read_line
from http_monitor.parser.lines.promises import promises_of
from http_monitor.parser.lines.remarks import Remarking
from http_monitor.parser.lines.rows import in_file_order
from http_monitor.ports.log_format import LogFormat, Remark
from http_monitor.records import Batch, Bools


class FallbackFormat:
    """A stateless format made of two; a line is read by the first if it fits, else by the second.

    Args:
        first: The stricter format.
        second: The format of lines that the first does not fit; both have the same limit.
        limit: Maximum length of a line in bytes, without its LF.
    """

    def __init__(self, first: LogFormat, second: LogFormat, limit: int) -> None:
        self._first = first
        self._second = second
        self._limit = limit

    @property
    def name(self) -> str:
        """Name of the first format."""
        return self._first.name

    @property
    def promised(self) -> frozenset[str]:
        """The columns that lines of the first format have."""
        return promises_of(self._first)

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines, in file order."""
        batch = self._first.parse(data)
        if batch.malformed_lines == len(batch.oversized_nos):
            return batch
        fits: Bools = np.zeros(batch.lines, np.bool_)
        fits[batch.line_nos - 1] = True
        fits[batch.other_nos - 1] = True
        lines = [line for line in data.split(b"\n") if len(line) > self._limit or line.strip()]
        numbers = np.flatnonzero(~fits) + 1
        other = self._second.parse(b"".join(lines[number - 1] + b"\n" for number in numbers.tolist()))
        other_nos = numbers[other.line_nos - 1]
        kind = batch.kind
        if len(other_nos) and (not len(batch.line_nos) or other_nos[0] < batch.line_nos[0]):
            kind = other.kind
        rows, line_nos = in_file_order((batch.rows, batch.line_nos), (other.rows, other_nos))
        return Batch(
            rows=rows,
            line_nos=line_nos,
            lines=batch.lines,
            oversized_nos=batch.oversized_nos,
            samples=tuple(replace(sample, line_no=int(numbers[sample.line_no - 1])) for sample in other.samples),
            kind=kind,
            other_nos=np.sort(np.concatenate((batch.other_nos, numbers[other.other_nos - 1]))),
        )

    def read_line(self, line: bytes) -> LineReading:
        """Return the first format's reading of a line if it fits, else the second's.

        Of a line that fits neither, the second's reading is returned if it found a field: the first would stop at the
        same place or earlier.
        """
        first = read_line(self._first, line)
        second = first if first.values is not None else read_line(self._second, line)
        if second.values is not None:
            return second
        return replace(second, format=first.format) if second.found else first

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield remarks on a line that was parsed, without side effects."""
        made = self._first if self._first.parse(line + b"\n").line_nos.size else self._second
        if isinstance(made, Remarking):
            yield from made.remarks(line)
