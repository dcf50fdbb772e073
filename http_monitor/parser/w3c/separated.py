"""Reads many lines at once whose fields are separated by single spaces or tabs."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from http_monitor.parser.chunks.arrays import Ints
from http_monitor.parser.chunks.chunk import QUOTE, SPACE, TAB, Chunk
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.spans import Span
from http_monitor.parser.fields.field import Field
from http_monitor.parser.template.columns import Columns
from http_monitor.parser.template.scan import Walked
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Template


class SeparatedReader:
    """Makes rows of lines with a fixed number of fields."""

    def __init__(self, fields: Sequence[Field]) -> None:
        """Take the fields; at least one of them must be a time."""
        self._fields = tuple(fields)
        self._columns = Columns(Template([Slot(field) for field in fields], exact=True))
        self.fits = self._columns.fits

    def rows(
        self, chunk: Chunk, first: int, stop: int, limit: int, *, quotes: bool = False
    ) -> tuple[pa.RecordBatch, Ints]:
        """Return the rows of the lines that need not be read one by one, and the indices of their lines.

        Args:
            chunk: Whole lines.
            first: Index of the first line; whether it has a tab determines the separator.
            stop: Index after the last line.
            limit: Maximum length of a line in bytes, without its LF.
            quotes: A line with a quote must be read one by one.
        """
        line = np.arange(first, stop)
        tabs = np.flatnonzero(chunk.bytes == TAB)
        start, end = chunk.starts[line], chunk.ends[line]
        tab_from, tab_to = np.searchsorted(tabs, start), np.searchsorted(tabs, end)
        good = (chunk.lfs[line] - start <= limit) & (end > start)
        for edge in (chunk.bytes_at(start), chunk.bytes_at(end - 1)):
            good &= (edge != SPACE) & (edge != TAB)
        if quotes:
            marks = np.flatnonzero(chunk.bytes == QUOTE)
            good &= np.searchsorted(marks, start) == np.searchsorted(marks, end)
        if tab_to[0] > tab_from[0]:
            marks, mark_from, mark_to = tabs, tab_from, tab_to
        else:
            marks = np.flatnonzero(chunk.bytes == SPACE)
            mark_from, mark_to = np.searchsorted(marks, start), np.searchsorted(marks, end)
            good &= tab_to == tab_from
        good &= mark_to - mark_from == len(self._fields) - 1
        line, start, end, mark_from = line[good], start[good], end[good], mark_from[good]
        spans = []
        for number, field in enumerate(self._fields):
            # Unused fields need not be found.
            if field.role is None:
                spans.append(Span(start, start))
                continue
            left = start if number == 0 else marks.take(mark_from + number - 1) + 1
            right = end if number + 1 == len(self._fields) else marks.take(mark_from + number)
            spans.append(Span(left, right))
        return self._columns.rows(chunk, Marks(chunk), Walked(line, tuple(spans)))
