"""Parses chunks of the Common Log Format family: regular lines by columns, all others one by one."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from http_monitor.parser.account import read_lines
from http_monitor.parser.chunk import index_chunk
from http_monitor.parser.columns import regular_rows
from http_monitor.parser.field import Field
from http_monitor.parser.line import Misfit, expected_of, parse_line, spans_of
from http_monitor.parser.meaning import Meaning, shown_name
from http_monitor.parser.rows import EMPTY, in_file_order, rows_of
from http_monitor.parser.shape import SHAPES, kind_of
from http_monitor.ports import FoundField, LineReading
from http_monitor.records import Batch
from http_monitor.settings import MAX_LINE_BYTES

SMALL_BYTES = 16 << 10
"""Below this, reading line by line is quicker than making columns."""


_TO_REQUEST = 5
"""So many fields there are up to the request, without a virtual host."""
_FIELDS = (
    Field("%v", "vhost"),
    Field("%h", "host"),
    Field("%l", "ident"),
    Field("%u", "user"),
    Field("%t", "time", "clf"),
    Field("request", "request"),
    Field("%>s", "status"),
    Field("%b", "size"),
    Field("%{Referer}i", "referer"),
    Field("%{User-Agent}i", "agent"),
)


class FamilyFormat:
    """A format of the family. It has no state: a line means the same in any chunk."""

    def __init__(self, name: str, limit: int = MAX_LINE_BYTES) -> None:
        """Take one of the names in `SHAPES`, and the longest line in bytes without its LF."""
        self._shape = replace(SHAPES[name], limit=limit)

    @property
    def name(self) -> str:
        """The name a user gives: ``auto``, ``combined``, …."""
        return self._shape.name

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; what follows the last LF is a line too."""
        if not data:
            return Batch(EMPTY, np.empty(0, np.int64), 0)
        if not data.endswith(b"\n"):
            data += b"\n"
        return self._parse_small(data) if len(data) < SMALL_BYTES else self._parse_large(data)

    def explain(self, line: bytes) -> str:
        """Return in one short phrase why a line does not fit; empty when it does."""
        limit = self._shape.limit
        if len(line) > limit:
            return f"column {limit + 1}: a line longer than {limit} bytes"
        read = parse_line(line.removesuffix(b"\r"), self._shape)
        return f"column {read.column}: {read.reason}" if isinstance(read, Misfit) else ""

    def read_line(self, line: bytes) -> LineReading:
        """Return field by field what one line says, or where it stops to fit."""
        limit = self._shape.limit
        if len(line) > limit:
            return LineReading(self.name, (), None, limit + 1, f"the end of a line of at most {limit} bytes")
        line = line.removesuffix(b"\r")
        read = parse_line(line, self._shape)
        has_vhost, spans = spans_of(line, self._shape)
        fields = _FIELDS[not has_vhost :]
        if isinstance(read, Misfit):
            spans = [span for span in spans if span[1] < read.column]
            return LineReading(self.name, _found(fields, spans), None, read.column, expected_of(read.reason))
        fields = fields[: len(spans)]
        texts = [line[start:stop] for start, stop in spans]
        values = Meaning(fields, read.kind, keeps_empty=True).named(texts)
        return LineReading(self.name, _found(fields, spans), values)

    def resembles(self, line: bytes) -> bool:
        """Tell whether a line has a time in brackets and a request in quotes where those of the family have them."""
        return len(line) <= self._shape.limit and len(spans_of(line, self._shape)[1]) >= _TO_REQUEST

    def _parse_small(self, data: bytes) -> Batch:
        lines = data.split(b"\n")
        lines.pop()
        account = read_lines(enumerate(lines), self._shape)
        kind = account.entries[0].kind if account.entries else None
        return account.batch(rows_of(account.entries), np.array(account.line, np.int64), len(lines), kind)

    def _parse_large(self, data: bytes) -> Batch:
        chunk = index_chunk(data)
        regular = regular_rows(chunk, self._shape)
        other = np.ones(len(chunk.lfs), np.bool_)
        other[regular.line] = False
        account = read_lines(
            ((index, data[chunk.starts[index] : chunk.lfs[index]]) for index in np.flatnonzero(other).tolist()),
            self._shape,
        )
        line = np.array(account.line, np.int64)
        rows, every = in_file_order((regular.batch, regular.line), (rows_of(account.entries), line))
        kind = account.entries[0].kind if account.entries else None
        if len(regular.line) and (kind is None or regular.line[0] < line[0]):
            kind = kind_of(bool(regular.vhost[0]), bool(regular.pair[0]))
        return account.batch(rows, every, len(chunk.lfs), kind)


def _found(fields: Sequence[Field], spans: Sequence[tuple[int, int]]) -> tuple[FoundField, ...]:
    return tuple(
        FoundField(shown_name(field), start, stop) for field, (start, stop) in zip(fields, spans, strict=False)
    )
