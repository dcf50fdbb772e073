"""Parses chunks of the Common Log Format family: regular lines by columns, all others one by one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.explanation import FoundField, LineReading
from http_monitor.parser.chunks.arrays import Ints
from http_monitor.parser.chunks.chunk import LF, index_chunk
from http_monitor.parser.clf.columns import regular_rows
from http_monitor.parser.clf.fast_lines import plain_rows
from http_monitor.parser.clf.line import locate, parse_line
from http_monitor.parser.clf.read_lines import read_lines
from http_monitor.parser.clf.variants import SHAPES, kind_of
from http_monitor.parser.fields.field import Field
from http_monitor.parser.fields.hosts import header_client_of
from http_monitor.parser.fields.row_builder import Meaning, shown_name
from http_monitor.parser.lines.misfit import Misfit, describe_expected
from http_monitor.parser.lines.remarks import client_remark, rest_remark, zone_remark
from http_monitor.parser.lines.rows import in_file_order, rows_of
from http_monitor.ports.log_format import Remark
from http_monitor.records import NO_ROWS, Batch

SMALL_BYTES = 16 << 10
"""Size of a chunk below which reading line by line is quicker than making columns."""


_TO_REQUEST = 5
"""Number of fields up to the request, without a vhost."""
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


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines of a chunk that were read in the same way, at least one."""

    rows: pa.RecordBatch
    line: Ints
    """For each row, the index of its line in the chunk."""
    kind: str
    """Kind of the first row."""


class FamilyFormat:
    """A format of the family. It has no state: a line means the same in every chunk."""

    def __init__(self, name: str, limit: int = DEFAULT_LINE_BYTES) -> None:
        """Take one of the names in `SHAPES`, and the maximum length of a line in bytes, without its LF."""
        self._shape = replace(SHAPES[name], limit=limit)

    @property
    def name(self) -> str:
        """Its name for the user: ``auto``, ``combined``, …."""
        return self._shape.name

    @property
    def promised(self) -> frozenset[str]:
        """The agent, where the name that was given says that lines have it."""
        return frozenset(("agent",)) if self.name.endswith("combined") else frozenset()

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; text after the last LF is a line too."""
        if not data:
            return Batch(NO_ROWS, np.empty(0, np.int64), 0)
        if not data.endswith(b"\n"):
            data += b"\n"
        return self._parse_small(data) if len(data) < SMALL_BYTES else self._parse_large(data)

    def explain(self, line: bytes) -> str:
        """Return a short phrase on why a line does not fit; empty if it fits."""
        limit = self._shape.limit
        if len(line) > limit:
            return f"column {limit + 1}: a line longer than {limit} bytes"
        read = parse_line(line.removesuffix(b"\r"), self._shape)
        return f"column {read.column}: {read.reason}" if isinstance(read, Misfit) else ""

    def read_line(self, line: bytes) -> LineReading:
        """Return the fields of one line, or the place at which it stops fitting."""
        limit = self._shape.limit
        if len(line) > limit:
            return LineReading(self.name, (), None, limit + 1, f"the end of a line of at most {limit} bytes")
        line = line.removesuffix(b"\r")
        has_vhost, spans, misfit, _, _, rack = locate(line, self._shape)
        fields = _FIELDS[not has_vhost :]
        if misfit is not None:
            spans = [span for span in spans if span[1] < misfit.column]
            return LineReading(
                self.name, _found_fields(fields, spans), None, misfit.column, describe_expected(misfit.reason)
            )
        fields = fields[: len(spans)]
        # An empty user between two blanks is no user.
        texts = [
            line[start:stop] or (None if field.role == "user" else b"")
            for field, (start, stop) in zip(fields, spans, strict=True)
        ]
        if rack and not has_vhost:
            texts[0] = header_client_of(texts[0] or b"").host
        kind = kind_of(has_vhost, fields[-1].role == "agent")
        values = Meaning(fields, kind, keeps_empty=True).name_values(texts)
        return LineReading(self.name, _found_fields(fields, spans), values)

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield remarks on a line that was parsed, without side effects."""
        line = line.removesuffix(b"\r")
        has_vhost, spans, misfit, *_ = locate(line, self._shape)
        if misfit is not None:
            return
        host, time = (line[slice(*spans[at + has_vhost])] for at in (0, 3))
        yield from client_remark(host)
        yield from zone_remark(time)
        last = spans[-1][1]
        named = len(spans) == len(_FIELDS) - (not has_vhost)
        yield from rest_remark(line[last + named :], kind_of(has_vhost, named))

    def resembles(self, line: bytes) -> bool:
        """Return whether a line has a time in brackets and a request in quotes in the places of the family."""
        return len(line) <= self._shape.limit and len(locate(line, self._shape).spans) >= _TO_REQUEST

    def _parse_small(self, data: bytes) -> Batch:
        lines = data.split(b"\n")
        lines.pop()
        account = read_lines(enumerate(lines), self._shape)
        kind = account.entries[0].kind if account.entries else None
        return account.batch(rows_of(account.entries), np.array(account.line, np.int64), len(lines), kind)

    def _parse_large(self, data: bytes) -> Batch:
        plain = plain_rows(data, self._shape)
        if plain is not None and len(plain.line) == plain.lines:
            return Batch(plain.batch, plain.line + 1, plain.lines, kind=kind_of(False, plain.pair))
        parts: list[_Part] = []
        number, others = _lines_besides(data, None if plain is None else plain.line)
        total = len(number)
        if plain is not None:
            total = plain.lines
            parts.append(_Part(plain.batch, plain.line, kind_of(False, plain.pair)))
        lines: Iterable[tuple[int, bytes]] = zip(number.tolist(), others.split(b"\n"), strict=False)
        if len(others) >= SMALL_BYTES:
            chunk = index_chunk(others)
            regular = regular_rows(chunk, self._shape)
            if len(regular.line):
                kind = kind_of(bool(regular.vhost[0]), bool(regular.pair[0]))
                parts.append(_Part(regular.batch, number[regular.line], kind))
            left = np.delete(np.arange(len(number)), regular.line).tolist()
            lines = ((int(number[index]), others[chunk.starts[index] : chunk.lfs[index]]) for index in left)
        account = read_lines(lines, self._shape)
        if account.entries:
            parts.append(_Part(rows_of(account.entries), np.array(account.line, np.int64), account.entries[0].kind))
        rows, line = in_file_order(*((part.rows, part.line) for part in parts))
        first = min(parts, key=lambda part: int(part.line[0]), default=None)
        return account.batch(rows, line, total, None if first is None else first.kind)


def _lines_besides(data: bytes, read: Ints | None) -> tuple[Ints, bytes]:
    """Return the indices and the text of the lines that have not been read yet."""
    lfs = np.flatnonzero(np.frombuffer(data, np.uint8) == LF)
    number = np.arange(len(lfs))
    if read is None:
        return number, data
    number = np.delete(number, read)
    starts = np.where(number > 0, lfs[number - 1] + 1, 0).tolist()
    return number, b"".join([data[start : lf + 1] for start, lf in zip(starts, lfs[number].tolist(), strict=True)])


def _found_fields(fields: Sequence[Field], spans: Sequence[tuple[int, int]]) -> tuple[FoundField, ...]:
    return tuple(
        FoundField(shown_name(field), start, stop) for field, (start, stop) in zip(fields, spans, strict=False)
    )
