"""Reads logs of one JSON object a line, by a map that says what each key means."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from http_monitor.parser.field import Field, Role, Writing
from http_monitor.parser.jsontext import Path, decode_object, places, scalar_text
from http_monitor.parser.line import Misfit
from http_monitor.parser.lined import LinedFormat, Outside, Span, Texts
from http_monitor.parser.meaning import Meaning
from http_monitor.ports import Value
from http_monitor.settings import MAX_LINE_BYTES

KeyMap = Mapping[str, tuple[Role, Writing]]
"""By a key, or the keys on the way to it with dots between: what the value means. Of several keys with one role the
first counts that a line has. A time of writing ``plain`` is read as it looks."""

_Written = tuple[Sequence[Field], Meaning]

_REQUEST: tuple[Role, ...] = ("request", "method", "target", "path", "status")
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

    @property
    def fields(self) -> tuple[Field, ...]:
        """The keys with what they mean."""
        return self._fields

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
        known = {path: field.name for path, field in zip(self._paths, self._fields, strict=True)}
        spans: dict[str, Span] = {}
        for path, start, stop in places(line):
            name = known.get(path) or known.get(tuple(".".join(path).split("."))) or ".".join(path)
            spans.setdefault(name, (start, stop))
        return list(spans.items())

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
    if len(path) > 1:
        whole = found.get(".".join(path))
        if whole is not None:
            return whole
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, list):
        found = found[0] if found else None
    return None if isinstance(found, (dict, list)) else found
