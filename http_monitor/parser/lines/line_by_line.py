"""The base of formats that read a log line by line, whatever the lines contain."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.explanation import FoundField, LineReading, Value
from http_monitor.parser.fields.entry import Entry
from http_monitor.parser.fields.field import Field
from http_monitor.parser.fields.row_builder import Meaning, Wrong
from http_monitor.parser.fields.zones import LocallyTimed
from http_monitor.parser.lines.account import Account
from http_monitor.parser.lines.misfit import Misfit, describe_expected
from http_monitor.parser.lines.rows import Part, in_file_order, rows_of
from http_monitor.records import Batch

Span = tuple[int, int]
"""Position of a field's first byte, from 0, and the position after its last one."""

FEW = 32
"""Minimum number of similar lines for which columns are quicker than reading them one by one."""

_NOTHING = (None, b"", b"-")


class Texts(NamedTuple):
    """The fields of a line that has the structure of its format."""

    meaning: Meaning
    fields: Sequence[Field]
    texts: Sequence[bytes | None]
    """Text of each field; None if the line has none."""


class Outside(NamedTuple):
    """A line that records no finished request: a comment, or a header with the names of columns."""


class LinedFormat(LocallyTimed, ABC):
    """Sorts, counts and explains lines; subclasses read one line."""

    def __init__(self, name: str, limit: int = DEFAULT_LINE_BYTES) -> None:
        """Take the format's name for the user, and the maximum length of a line in bytes, without its LF."""
        super().__init__()
        self._name = name
        self._limit = limit

    @property
    def name(self) -> str:
        """Its name for the user."""
        return self._name

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; text after the last LF is a line too."""
        return self._join([], lines_of(data))

    def _read_each(self, numbered: Iterable[tuple[int, bytes]]) -> Account:
        """Read lines one by one.

        Args:
            numbered: (index, line without its LF), ascending.
        """
        account = Account(self._limit)
        for index, raw in numbered:
            if not account.is_candidate(index, raw):
                continue
            read = self._entry_at(index, raw.removesuffix(b"\r"))
            if isinstance(read, Entry):
                account.entries.append(read)
                account.line.append(index)
            elif isinstance(read, Outside):
                account.other.append(index)
            else:
                account.note_malformed(index, raw)
        return account

    def _join(self, parts: Sequence[Part], lines: Sequence[bytes]) -> Batch:
        """Return the batch of rows made by columns, and of the other lines of the chunk, read one by one.

        Args:
            parts: Rows with the indices of their lines, ascending within each part.
            lines: All lines of the chunk, without their LFs.
        """
        other = np.ones(len(lines), np.bool_)
        for _, line in parts:
            other[line] = False
        account = self._read_each((index, lines[index]) for index in np.flatnonzero(other).tolist())
        rows, line = in_file_order((rows_of(account.entries), np.array(account.line, np.int64)), *parts)
        rows = self._local.resolve(rows)
        return account.batch(rows, line, len(lines), self._name)

    def explain(self, line: bytes) -> str:
        """Return a short phrase on why a line does not fit; empty if it fits."""
        reading = self.read_line(line)
        return "" if reading.values is not None else f"column {reading.column}: expected {reading.expected}"

    def read_line(self, line: bytes) -> LineReading:
        """Return the fields of one line, or the place at which it stops fitting.

        A line that records no finished request is well-formed and has no fields.
        """
        if len(line) > self._limit:
            return self._unfit(Misfit(self._limit + 1, f"a line of at most {self._limit} bytes"), ())
        line = line.removesuffix(b"\r")
        read = self._read(line)
        if isinstance(read, Outside):
            return LineReading(self._name, (), {})
        if isinstance(read, Misfit):
            return self._unfit(read, self._spans(line, None))
        spans = self._spans(line, read)
        entry = _entry_of(read)
        if isinstance(entry, Wrong):
            span = dict(spans).get(read.fields[entry.field].name)
            return self._unfit(Misfit(1 + (span[0] if span else 0), describe_expected(entry.reason)), spans)
        return LineReading(self._name, _found_fields(spans), self._local.resolve_values(self._explain(line, read)))

    @abstractmethod
    def _read(self, line: bytes) -> Texts | Misfit | Outside:
        """Return the fields of a line, given without its line end."""

    @abstractmethod
    def _spans(self, line: bytes, read: Texts | None) -> Sequence[tuple[str, Span]]:
        """Return the places of a line's fields, in order; of a malformed line, those before the misfit."""

    def _explain(self, line: bytes, read: Texts) -> dict[str, Value]:
        """Return the values of a well-formed line, by the names of ``--explain --output ndjson``."""
        del line
        return values_of(read)

    def _entry_at(self, index: int, line: bytes) -> Entry | Misfit | Outside:
        """Return the entry of a line, given without its line end; subclasses that indexed the chunk use its index."""
        del index
        return self._entry(self._read(line))

    def _entry(self, read: Texts | Misfit | Outside) -> Entry | Misfit | Outside:
        if not isinstance(read, Texts):
            return read
        entry = _entry_of(read)
        return Misfit(0, entry.reason) if isinstance(entry, Wrong) else entry

    def _count_known(self, spans: Sequence[tuple[str, Span]]) -> int:
        """Return how many of the fields found have a meaning."""
        return len(spans)

    def _unfit(self, misfit: Misfit, spans: Sequence[tuple[str, Span]]) -> LineReading:
        before = [(name, span) for name, span in spans if span[1] < misfit.column]
        known = self._count_known(spans)
        return LineReading(self._name, _found_fields(before), None, misfit.column, misfit.reason, known)


def lines_of(data: bytes) -> list[bytes]:
    """Return whole lines without their LFs; text after the last LF is a line too."""
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines


def values_of(read: Texts) -> dict[str, Value]:
    """Return the values by name; of several fields with one role, the first one with a value."""
    chosen: dict[str, int] = {}
    kept: list[int] = []
    for index, (field, text) in enumerate(zip(read.fields, read.texts, strict=True)):
        if field.role is None or field.role not in chosen:
            kept.append(index)
            if field.role is not None:
                chosen[field.role] = index
        elif read.texts[chosen[field.role]] in _NOTHING and text not in _NOTHING:
            kept[kept.index(chosen[field.role])] = index
            chosen[field.role] = index
    return Meaning([read.fields[index] for index in kept], "").name_values([read.texts[index] for index in kept])


def _entry_of(read: Texts) -> Entry | Wrong:
    return read.meaning.entry(read.texts)


def _found_fields(spans: Sequence[tuple[str, Span]]) -> tuple[FoundField, ...]:
    return tuple(FoundField(name, start, stop) for name, (start, stop) in spans)
