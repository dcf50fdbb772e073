"""Reads logs of one JSON object a line, by a map that says what each key means."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from http_monitor.parser.field import Field, Role, Writing
from http_monitor.parser.jsoncolumns import Alike, Keys, KeyTree, ObjectReader, getter_of, texts_of
from http_monitor.parser.jsontext import Path, decode_object, places, scalar_text
from http_monitor.parser.line import Misfit
from http_monitor.parser.lined import FEW, LinedFormat, Outside, Span, Texts, lines_of
from http_monitor.parser.meaning import Meaning
from http_monitor.parser.rows import Part
from http_monitor.parser.text import SMALL_BYTES
from http_monitor.ports import Value
from http_monitor.records import Batch
from http_monitor.settings import MAX_LINE_BYTES

KeyMap = Mapping[str, tuple[Role, Writing]]
"""By a key, or the keys on the way to it with dots between: what the value means. Of several keys with one role the
first counts that a line has. A time of writing ``plain`` is read as it looks."""

_Written = tuple[Sequence[Field], Meaning]

_REQUEST: tuple[Role, ...] = ("request", "method", "target", "path", "status")
_NOT_COUNTED: tuple[Role, ...] = ("ident", "protocol", "port", "request_id")
_MOST_READERS = 64
_EPOCH = re.compile(rb"[0-9]{1,11}(?:\.[0-9]*)?")
_EPOCH_MS = re.compile(rb"[0-9]{12,14}(?:\.[0-9]*)?")
_CLF = re.compile(rb"\[?[0-9]{1,2}/")


class JsonFormat(LinedFormat):
    """A format of JSON lines. It has no state: a line means the same in any chunk."""

    def __init__(self, name: str, key_map: KeyMap, limit: int = MAX_LINE_BYTES, *, needs: Sequence[str] = ()) -> None:
        """Take what the keys mean.

        Args:
            name: What a user calls it.
            key_map: Of which at least one is a time.
            limit: The longest line, in bytes without its LF.
            needs: Keys that every line has; without any a line has at least a request or a status.
        """
        super().__init__(name, limit)
        self._fields = tuple(Field(key, role, writing) for key, (role, writing) in key_map.items())
        self._paths: tuple[Path, ...] = tuple(tuple(key.split(".")) for key in key_map)
        self._needs: tuple[Path, ...] = tuple(tuple(key.split(".")) for key in needs)
        self._times = tuple(index for index, field in enumerate(self._fields) if field.role == "time")
        self._hits = tuple(index for index, field in enumerate(self._fields) if field.role in _REQUEST)
        self._written: dict[tuple[int, Writing], _Written] = {}
        self._meaning = Meaning(self._fields, name)
        self._tree = KeyTree(self._paths)
        self._deep = tuple(path for path in self._paths if len(path) > 1)
        self._counted = [index for index, field in enumerate(self._fields) if field.role not in _NOT_COUNTED]
        # A key that has to be there and means nothing is for the reader of single lines.
        self._needed = [self._paths.index(path) if path in self._paths else -1 for path in self._needs]
        self._readers: dict[tuple[tuple[int, ...], Writing], ObjectReader] = {}

    @property
    def fields(self) -> tuple[Field, ...]:
        """The keys with what they mean."""
        return self._fields

    def resembles(self, line: bytes) -> bool:
        """Tell whether a line begins as an object does."""
        return line.lstrip(b" \t").startswith(b"{")

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; what follows the last LF is a line too."""
        if len(data) < SMALL_BYTES:
            return super().parse(data)
        lines = lines_of(data)
        alike: dict[Keys, Alike] = {}
        for index, raw in enumerate(lines):
            if raw[:1] == b"{" and len(raw) <= self._limit:
                try:
                    found = orjson.loads(raw)
                except orjson.JSONDecodeError:
                    continue
                alike.setdefault(self._tree.keys_of(found), Alike()).add(index, found)
        parts = [part for part in map(self._by_columns, alike.values()) if part is not None]
        return self._joined(parts, lines)

    def _by_columns(self, alike: Alike) -> Part | None:
        """Return the rows of objects that need no closer look, and their lines; None where all of them need one."""
        first = alike.objects[0]
        if len(alike.objects) < FEW or any(".".join(path) in first for path in self._deep):
            return None
        texts: dict[int, pa.Array[Any]] = {}
        for index in self._counted:
            get = getter_of(first, self._paths[index])
            if get is not None:
                texts[index] = texts_of([*map(get, alike.objects)])
        if any(index not in texts or texts[index].null_count for index in self._needed):
            return None
        time = next((index for index in self._times if index in texts), None)
        if time is None:
            return None
        writing = self._fields[time].writing
        if writing == "plain":
            writings = {_writing_of(text or b"") for text in texts[time].to_pylist()}
            if len(writings) > 1:
                return None
            (writing,) = writings
        reader = self._reader(tuple(texts), time, writing)
        return reader.rows(np.array(alike.line, np.int64), [*texts.values()]) if reader.fits else None

    def _reader(self, present: tuple[int, ...], time: int, writing: Writing) -> ObjectReader:
        """Return what reads objects that have the fields with these indices; one of them is their time."""
        key = (present, writing)
        if key not in self._readers:
            if len(self._readers) >= _MOST_READERS:
                self._readers.clear()
            fields = self._as_written(time, writing)[0]
            self._readers[key] = ObjectReader([fields[index] for index in present])
        return self._readers[key]

    def _read(self, line: bytes) -> Texts | Misfit | Outside:
        found = decode_object(line)
        if isinstance(found, Misfit):
            return found
        for path in self._needs:
            if _value_at(found, path) is None:
                return Misfit(len(line) + 1, f"a key {'.'.join(path)}")
        texts = [scalar_text(_value_at(found, path)) for path in self._paths]
        if not any(texts[index] for index in self._hits):
            return Misfit(len(line) + 1, "a key with the request or the status")
        fields: Sequence[Field] = self._fields
        meaning = self._meaning
        first = next((index for index in self._times if texts[index]), None)
        if first is not None and fields[first].writing == "plain":
            fields, meaning = self._as_written(first, _writing_of(texts[first] or b""))
        return Texts(meaning, fields, texts)

    def _spans(self, line: bytes, read: Texts | None) -> Sequence[tuple[str, Span]]:
        del read
        if not self.resembles(line):
            return []  # what looks like a value in it means nothing
        known = {path: field.name for path, field in zip(self._paths, self._fields, strict=True)}
        spans: dict[str, Span] = {}
        for path, start, stop in places(line):
            name = known.get(path) or known.get(tuple(".".join(path).split("."))) or ".".join(path)
            spans.setdefault(name, (start, stop))
        return list(spans.items())

    def _count_known(self, spans: Sequence[tuple[str, Span]]) -> int:
        names = {field.name for field in self._fields}
        # What asks for no key of its own is the nearest to an object of which nothing is known.
        return max(sum(name in names for name, _ in spans), not self._needs)

    def _explained(self, line: bytes, read: Texts) -> dict[str, Value]:
        found = decode_object(line)
        others: dict[str, Value] = {}
        if isinstance(found, dict):
            for key, value in found.items():
                text = scalar_text(value)
                if (key,) not in self._paths and tuple(key.split(".")) not in self._paths and text is not None:
                    others[scalar_name(key)] = value if type(value) is int and abs(value) < 1 << 63 else text
        present = [index for index, text in enumerate(read.texts) if text is not None]
        named = super()._explained(
            line,
            Texts(read.meaning, [read.fields[index] for index in present], [read.texts[index] for index in present]),
        )
        return named | {key: value for key, value in others.items() if key not in named}

    def _as_written(self, index: int, writing: Writing) -> _Written:
        """Return the fields and their meaning where the time at an index is written so."""
        if (index, writing) not in self._written:
            fields = list(self._fields)
            fields[index] = Field(fields[index].name, "time", writing)
            self._written[index, writing] = (fields, Meaning(fields, self._name))
        return self._written[index, writing]


def scalar_name(key: str) -> str:
    """Return a key as a name that can be written as UTF-8."""
    return key.encode("utf-8", "backslashreplace").decode()


def _writing_of(text: bytes) -> Writing:
    if _EPOCH.fullmatch(text):
        return "epoch"
    if _EPOCH_MS.fullmatch(text):
        return "epoch_ms"
    return "clf" if _CLF.match(text) else "iso"


def _value_at(found: Any, path: Path) -> Any:
    """Return the scalar at a path, of an array its first; None where there is none. A key may hold the dots itself."""
    whole = found.get(".".join(path)) if len(path) > 1 else None
    if whole is not None:
        found = whole
    else:
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, list):
        found = found[0] if found else None
    return None if isinstance(found, (dict, list)) else found
