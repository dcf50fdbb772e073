"""Parses the lines of a text format: regular lines by columns, all others one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from http_monitor.explanation import FoundField, LineReading
from http_monitor.parser.chunks.chunk import index_chunk
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.fields.entry import Entry
from http_monitor.parser.fields.field import PROMISED, Field
from http_monitor.parser.fields.row_builder import Meaning, Wrong, shown_name
from http_monitor.parser.fields.zones import LocallyTimed
from http_monitor.parser.lines.account import Account
from http_monitor.parser.lines.misfit import describe_expected
from http_monitor.parser.lines.remarks import client_remark, rest_remark, zone_remark
from http_monitor.parser.lines.rows import in_file_order, rows_of
from http_monitor.parser.template.columns import Columns
from http_monitor.parser.template.matching import Found, Matcher, Span, Start
from http_monitor.parser.template.scan import Scanner
from http_monitor.parser.template.slot import OWN_QUOTES
from http_monitor.parser.template.template import Place, Template
from http_monitor.ports.log_format import Remark
from http_monitor.records import Batch

SMALL_BYTES = 16 << 10
"""Size of a chunk below which reading line by line is quicker than making columns."""


class TemplateFormat(LocallyTimed):
    """The format described by a template.

    A line means the same in every chunk, except for a time without a zone in an hour that its zone has twice.
    """

    def __init__(
        self,
        name: str,
        template: Template,
        limit: int,
        kind: str | None = None,
        *,
        doubts: Sequence[Remark] = (),
        tail_known: bool = False,
    ) -> None:
        """Compile a template.

        Args:
            name: Its name for the user.
            template: The template.
            limit: Maximum length of a line in bytes, without its LF.
            kind: Kind of its batches, if it is not the name.
            doubts: Remarks on every line.
            tail_known: Text after the last part is known to be useless, and needs no remark.
        """
        super().__init__()
        self._name = name
        self._template = template
        self._limit = limit
        self._kind = kind or name
        self._meaning = Meaning(template.fields, self._kind, keeps_empty=not template.exact)
        self._matcher = Matcher(template)
        self._walker = Scanner(template)
        self._columns = Columns(template)
        self._dashes = {
            part.index for part in template.parts if isinstance(part, Place) and part.slot.kind in OWN_QUOTES
        }
        """Fields that every line has, which may be a dash without quotes."""
        self._tail_known = tail_known
        self._doubts = (*doubts, *(_of_client(field) for field in template.fields if _is_claimed(field)))

    @property
    def name(self) -> str:
        """Its name for the user."""
        return self._name

    @property
    def promised(self) -> frozenset[str]:
        """Of the columns ``duration_us`` and ``agent`` those that a field gives."""
        return frozenset(column for role, column in PROMISED.items() if self._template.gives(role))

    def gives(self, role: str) -> bool:
        """Return whether a field provides this; a missing host or status is filled in."""
        return self._template.gives(role)

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; text after the last LF is a line too."""
        if data and not data.endswith(b"\n"):
            data += b"\n"
        columnar = self._walker.fits and self._columns.fits
        batch = self._parse_large(data) if columnar and len(data) >= SMALL_BYTES else self._parse_small(data)
        rows = self._local.resolve(batch.rows)
        return batch if rows is batch.rows else replace(batch, rows=rows)

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield remarks on a line that was parsed, without side effects."""
        yield from self._doubts
        line = line.removesuffix(b"\r")
        start = self._matcher.whole(line)
        if start is None or not start.spans:
            return
        for field, text in zip(self._template.fields, _texts(line, start.spans), strict=True):
            # A client that is a header has a remark of its own above.
            if field.role == "host" and text is not None and field.writing != "addresses":
                yield from client_remark(text)
            if field.role == "time" and text is not None:
                yield from zone_remark(text)
        if not self._tail_known:
            yield from rest_remark(self._rest(line, start), _name_of(self._kind))

    def _rest(self, line: bytes, start: Start) -> bytes:
        """Return the text after the parts of a line that fits."""
        if self._template.exact:
            return line[self._matcher.longest_start(line).stop :]
        last = self._template.parts[-1]
        return line[start.spans[-1][1] :].removeprefix(last if isinstance(last, bytes) else b"")

    def read_line(self, line: bytes) -> LineReading:
        """Return the fields of one line, or the place at which it stops fitting."""
        if len(line) > self._limit:
            return self._misfit((), self._limit, f"the end of a line of at most {self._limit} bytes")
        line = line.removesuffix(b"\r")
        start = self._matcher.whole(line)
        if start is None and self._is_other(line):
            return LineReading(self._name, (), {})
        if start is None:
            start = self._matcher.longest_start(line)
            return self._misfit(start.spans, start.stop, self._part(start.parts))
        texts = _texts(line, start.spans)
        read = self._meaning.entry(texts)
        if isinstance(read, Wrong) and self._is_other(line):
            return LineReading(self._name, (), {})
        if isinstance(read, Wrong):
            return self._misfit(start.spans[: read.field], start.spans[read.field][0], describe_expected(read.reason))
        values = self._local.resolve_values(self._meaning.name_values(texts))
        return LineReading(self._name, self._found_fields(start.spans), values)

    def explain(self, line: bytes) -> str:
        """Return a short phrase on why a line does not fit; empty if it fits."""
        if len(line) > self._limit:
            return f"column {self._limit + 1}: a line longer than {self._limit} bytes"
        line = line.removesuffix(b"\r")
        start = self._matcher.whole(line)
        if start is None and self._is_other(line):
            return ""
        if start is None:
            start = self._matcher.longest_start(line)
            return f"column {start.stop + 1}: not {self._part(start.parts)} of the {self._template.noun}"
        read = self._meaning.entry(_texts(line, start.spans))
        if isinstance(read, Wrong) and self._is_other(line):
            return ""
        return f"column {start.spans[read.field][0] + 1}: {read.reason}" if isinstance(read, Wrong) else ""

    def _parse_small(self, data: bytes) -> Batch:
        lines = data.split(b"\n")
        lines.pop()
        account = self._read([(index, raw) for index, raw in enumerate(lines)])
        return account.batch(rows_of(account.entries), np.array(account.line, np.int64), len(lines), self._kind)

    def _parse_large(self, data: bytes) -> Batch:
        chunk = index_chunk(data)
        marks = Marks(chunk)
        columns, column_line = self._columns.rows(chunk, marks, self._walker.scan(chunk, marks, self._limit))
        other = np.ones(len(chunk.lfs), np.bool_)
        other[column_line] = False
        account = self._read(
            [(index, data[chunk.starts[index] : chunk.lfs[index]]) for index in np.flatnonzero(other).tolist()]
        )
        others = rows_of(account.entries), np.array(account.line, np.int64)
        rows, line = in_file_order((columns, column_line), others)
        return account.batch(rows, line, len(chunk.lfs), self._kind)

    def _read(self, numbered: list[tuple[int, bytes]]) -> Account:
        """Read lines one by one.

        Args:
            numbered: (index, line without its LF), ascending.
        """
        account = Account(self._limit)
        # Lines that are too long or blank are matched as empty, so that the account stays in the order of the lines.
        found = self._matcher.match(
            [raw.removesuffix(b"\r") if len(raw) <= self._limit else b"" for _, raw in numbered]
        )
        for (index, raw), texts in zip(numbered, found, strict=True):
            if not account.is_candidate(index, raw):
                continue
            entry = self._entry(texts)
            if entry is None and self._is_other(raw):
                account.other.append(index)
            elif entry is None:
                account.note_malformed(index, raw)
            else:
                account.entries.append(entry)
                account.line.append(index)
        return account

    def _entry(self, texts: Found | None) -> Entry | None:
        if texts is not None and None in texts:
            # A dash instead of a quoted text.
            texts = tuple(b"-" if text is None and at in self._dashes else text for at, text in enumerate(texts))
        read = None if texts is None else self._meaning.entry(texts)
        return None if isinstance(read, Wrong) else read

    def _misfit(self, spans: tuple[Span, ...], at: int, expected: str) -> LineReading:
        return LineReading(self._name, self._found_fields(spans), None, at + 1, expected)

    def _found_fields(self, spans: tuple[Span, ...]) -> tuple[FoundField, ...]:
        return tuple(
            FoundField(shown_name(field), start, stop)
            for field, (start, stop) in zip(self._template.fields, spans, strict=False)
            if start >= 0
        )

    def _is_other(self, line: bytes) -> bool:
        """Return whether a line that does not fit is known to record no finished request."""
        return self._template.others is not None and self._template.others.match(line) is not None

    def _part(self, number: int) -> str:
        """Return the name of a part of the template; after the last one, the end of the line."""
        if number == len(self._template.parts):
            return "the end of the line"
        part = self._template.parts[number]
        if isinstance(part, Place):
            return part.slot.field.name + (' in " "' if part.slot.kind in OWN_QUOTES else "")
        if not isinstance(part, bytes) or part == b" ":
            return "a space"
        return repr(part.decode("utf-8", "backslashreplace"))


def _name_of(kind: str) -> str:
    return "the format given" if kind == "custom" else kind


def _is_claimed(field: Field) -> bool:
    return field.role == "host" and "forwarded" in field.name.lower()


def _of_client(field: Field) -> Remark:
    words = f"the client is the first address of {field.name}, which any client may write"
    return Remark("client", f"{words}; the address of the connection is not logged")


def _texts(line: bytes, spans: tuple[Span, ...]) -> Found:
    return tuple(line[start:stop] if start >= 0 else None for start, stop in spans)
