"""Makes rows of many JSON objects with the same keys at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import are_among, are_null, encode, fill_nulls, keep, search, with_text
from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.parser.chunks.chunk import index_chunk
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.spans import Span
from http_monitor.parser.fields.field import Field, Role
from http_monitor.parser.fields.hosts import address_alone
from http_monitor.parser.fields.scalars import writing_of
from http_monitor.parser.jsonl.key_book import Candidate, Object
from http_monitor.parser.jsonl.layout import NOT_COUNTED, Layout
from http_monitor.parser.jsonl.text import Path
from http_monitor.parser.jsonl.values import COUNTS, NOTHING, TARGET, can_be, is_nothing, text_of
from http_monitor.parser.lines.line_by_line import FEW
from http_monitor.parser.lines.rows import Part
from http_monitor.parser.template.columns import Columns
from http_monitor.parser.template.scan import Walked
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Template

Getter = Callable[[Object], Any]
_MAX_READERS = 64
_TARGET = f"^(?s:{TARGET.pattern.decode()})\\z"
_NOTHING = pa.array(NOTHING, pa.binary())
_IN_EXPONENTS = frozenset("ein")
"""Characters in the text of a float that is in exponential notation, infinite, or not a number."""
_PADDING = b"\n" * 32


class Alike:
    """Objects with the same keys.

    Args:
        layout: The layout of these keys.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.line: list[int] = []
        """Index of each object's line, ascending."""
        self.objects: list[Object] = []

    def add(self, index: int, found: Object) -> None:
        """Add the object of a line."""
        self.line.append(index)
        self.objects.append(found)

    def texts(self, path: Path, role: Role | None) -> "pa.Array[Any]":
        """Return the text at a path in each object, null if there is none."""
        get = _getter_of(self.objects[0], path)
        return texts_of([None] * len(self.objects) if get is None else [*map(get, self.objects)], role)


def _getter_of(found: Object, path: Path) -> Getter | None:
    """Return a getter for the value at a path in objects with these keys; None if they have no such path."""
    one: Any = found
    for key in path:
        if not isinstance(one, dict) or key not in one:
            return None
        one = one[key]
    if len(path) == 1:
        return itemgetter(path[0])
    if len(path) == 2:
        first, second = path
        return lambda one: one[first][second]

    def deep(one: Any) -> Any:
        for key in path:
            one = one[key]
        return one

    return deep


def texts_of(values: list[Any], role: Role | None = None) -> "pa.Array[Any]":
    """Return values as texts of bytes, for a list its first item; null if there is none."""
    kinds = set(map(type, values))
    if kinds == {list}:
        # A list in it has no meaning, as for the reader of single lines.
        values = [value[0] if value and not isinstance(value[0], list) else None for value in values]
        kinds = set(map(type, values))
    if role == "host" and kinds == {str}:
        bare = {value: address_alone(value.encode()).decode() for value in set(values) if ":" in value}
        if any(value != address for value, address in bare.items()):
            values = [bare.get(value, value) for value in values]
    if kinds <= {str}:
        found: pa.Array[Any] = pa.array(values, pa.string()).view(pa.binary())
        return found
    if kinds == {int}:
        return pa.array([b"%d" % value for value in values], pa.binary())
    if kinds == {float} and role not in COUNTS:
        numbers = [*map(repr, values)]
        if _IN_EXPONENTS.isdisjoint("".join(numbers)):
            return pa.array(numbers, pa.string()).view(pa.binary())
    texts: pa.Array[Any] = pa.array([text_of(value, role) for value in values], pa.binary())
    return texts


class Columnar:
    """Makes rows of objects with the same keys, if the same keys count in all of them."""

    def __init__(self) -> None:
        self._readers: dict[tuple[Field, ...], ObjectReader] = {}

    def part(self, alike: Alike, needs: Sequence[Path], *, untimed: bool) -> Part | None:
        """Return the rows of objects that need not be read one by one, and their lines; None if all of them must be.

        Args:
            alike: The objects.
            needs: Keys that each must have.
            untimed: They may have no key with the time.
        """
        if len(alike.objects) < FEW:
            return None
        chosen = _Chosen(alike)
        for role, places in alike.layout.places.items():
            if role not in NOT_COUNTED:
                chosen.take(role, places)
        texts = chosen.texts
        roles = {alike.layout.fields[index].role: index for index in texts}
        asked = bool(roles.keys() & {"request", "method"}) or "host" in roles
        timed = "time" in roles or (untimed and "time" not in alike.layout.places)
        if not timed or not asked or not all(chosen.has(path) for path in needs):
            return None
        time = roles.get("time")
        fields = {index: alike.layout.fields[index] for index in texts}
        if time is not None and fields[time].writing == "any":
            writings = {writing_of(text or b"") for text in texts[time].to_pylist()}
            writing = next(iter(writings)) if len(writings) == 1 else "any"
            fields[time] = replace(fields[time], writing=writing)
        reader = self._reader(tuple(fields.values()))
        if not reader.fits:
            return None
        line, columns = np.array(alike.line, np.int64), [*texts.values()]
        if not chosen.keep.all():
            line, columns = line[chosen.keep], [keep(column, chosen.keep) for column in columns]
        return reader.rows(line, columns)

    def _reader(self, fields: tuple[Field, ...]) -> "ObjectReader":
        reader = self._readers.get(fields)
        if reader is None:
            if len(self._readers) >= _MAX_READERS:
                self._readers.clear()
            reader = self._readers[fields] = ObjectReader(fields)
        return reader


class _Chosen:
    """For each role, the key that counts for the objects of one shape, and a mask of the objects for which it does."""

    def __init__(self, alike: Alike) -> None:
        self._alike = alike
        self.texts: dict[int, pa.Array[Any]] = {}
        self.keep: Bools = np.ones(len(alike.objects), np.bool_)
        """In the other objects another key counts, or none; they are left to reading line by line."""

    def take(self, role: Role, places: Sequence[int]) -> None:
        """Choose among the candidates for a role."""
        for place, index in enumerate(places, start=1):
            candidate = self._alike.layout.candidates[index]
            texts = self._alike.texts(candidate.path, role)
            if texts.null_count == len(texts):
                continue
            last = place == len(places)
            if last and not candidate.vague and (role != "request" or self._alike.layout.declared):
                self.texts[index] = texts
                return
            good, nothing = self._judge(texts, candidate)
            if good.any():
                self.texts[index] = texts
                self.keep &= good | (nothing & last)
                return
            if not candidate.vague:
                self.keep &= nothing

    def has(self, path: Path) -> bool:
        """Return whether each object has a path."""
        for index, texts in self.texts.items():
            if self._alike.layout.candidates[index].path == path:
                return texts.null_count == 0
        return self._alike.texts(path, None).null_count == 0

    def _judge(self, texts: "pa.Array[Any]", candidate: Candidate) -> tuple[Bools, Bools]:
        """Return a mask of the texts that can be the value of a key, and one of those that mean none; once per text."""
        if candidate.field.role == "request" and not candidate.vague:
            none, null = are_among(texts, _NOTHING), are_null(texts)
            target = search(with_text(texts, b""), _TARGET).astype(np.bool_)
            return ~(none | target | null), none | null
        keys = encode(texts)
        declared = self._alike.layout.declared
        values = [text or b"" for text in keys.dictionary.to_pylist()]
        good = np.array([can_be(text, candidate.field, vague=candidate.vague, declared=declared) for text in values])
        nothing = np.array([is_nothing(text, candidate.field.role) for text in values])
        code = fill_nulls(keys.indices, len(values))
        return np.append(good, False)[code].astype(np.bool_), np.append(nothing, True)[code].astype(np.bool_)


class ObjectReader:
    """Makes rows of texts that are given by field."""

    def __init__(self, fields: Sequence[Field]) -> None:
        """Take the fields."""
        self._columns = Columns(Template([Slot(one) for one in fields], exact=True))
        self.fits = self._columns.fits

    def rows(self, line: Ints, texts: Sequence["pa.Array[Any]"]) -> tuple[pa.RecordBatch, Ints]:
        """Return the rows of the lines that need not be read one by one, and the indices of their lines.

        Args:
            line: Index of each line.
            texts: For each field, the text of each line; null if it has none.
        """
        data: list[bytes] = []
        spans: list[Span] = []
        at = 0
        for column in texts:
            column = with_text(column, b"")
            _, offsets, content = column.buffers()
            edges = np.frombuffer(memoryview(offsets or b""), np.int32)[column.offset :][: len(column) + 1]
            first, last = int(edges[0]), int(edges[-1])
            data.append(memoryview(content)[first:last].tobytes() if content is not None else b"")
            starts = edges.astype(np.int64) + (at - first)
            spans.append(Span(starts[:-1], starts[1:]))
            at += last - first
        chunk = index_chunk(b"".join(data) + _PADDING)
        return self._columns.rows(chunk, Marks(chunk), Walked(line, tuple(spans)))
