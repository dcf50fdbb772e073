"""Reads logs with one JSON object per line, by a map of keys and by the table of known keys."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import orjson

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.explanation import LineReading, Value
from http_monitor.parser.fields.entry import Entry
from http_monitor.parser.fields.field import PROMISED, Field
from http_monitor.parser.jsonl.columns import Alike, Columnar
from http_monitor.parser.jsonl.doubts import SEVERAL_LINES, doubt, doubt_of_time
from http_monitor.parser.jsonl.key_book import KeyBook, KeyMap, Object, Shape
from http_monitor.parser.jsonl.layout import Layout
from http_monitor.parser.jsonl.pairs import Pairs
from http_monitor.parser.jsonl.text import decode_object, places, scalar_text
from http_monitor.parser.jsonl.values import text_of
from http_monitor.parser.lines.line_by_line import LinedFormat, Outside, Span, Texts, lines_of
from http_monitor.parser.lines.misfit import Misfit
from http_monitor.parser.lines.remarks import zone_remark
from http_monitor.parser.lines.rows import Part
from http_monitor.parser.template.format import SMALL_BYTES
from http_monitor.ports.log_format import Remark
from http_monitor.records import Batch, Json

_NO_TIME = "a key with the time"
_NO_REQUEST = "a key with the request or the status"
_MAX_LAYOUTS = 1_000
_MAX_KEYS = 256


class JsonFormat(LinedFormat):
    """A format of JSON lines. Its state is the set of open requests, for logs with two lines per request."""

    def __init__(
        self,
        name: str,
        key_map: KeyMap,
        limit: int = DEFAULT_LINE_BYTES,
        *,
        needs: Sequence[str] = (),
        needs_any: Sequence[str] = (),
        declared: bool = False,
        untimed: bool = False,
    ) -> None:
        """Take the meaning of the keys.

        Args:
            name: The name that the user gave.
            key_map: Keys that count before all others; of a declared format at least one is a time.
            limit: The longest line, in bytes without its LF.
            needs: Keys that every line has; if empty, each line has at least a request or a status.
            needs_any: Keys; every line has at least one of them.
            declared: Only keys of the map count, since a user wrote it.
            untimed: Lines may have no key with a time, because it is around them.
        """
        super().__init__(name, limit)
        self._untimed = untimed
        self._own = {key: Field(key, role, writing) for key, (role, writing) in key_map.items()}
        self._needs = tuple(tuple(key.split(".")) for key in needs)
        self._needs_any = frozenset(needs_any)
        self._declared = declared
        self._book = KeyBook(key_map, known=not declared)
        self._layouts: dict[Shape, Layout] = {}
        self._columnar = Columnar()
        self._pairs = Pairs()
        self._kinds: set[str] = set()
        """``open`` and ``closed``: lines of this kind were among those checked for remarks."""
        self._objects: dict[int, Object | Misfit | Outside] = {}
        """For the current chunk, the object of each line that was changed or decoded leniently, by the line's index."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The keys of the map with their meanings."""
        return tuple(self._own.values())

    @property
    def promised(self) -> frozenset[str]:
        """Which of the columns ``duration_us`` and ``agent`` a key of the user's gives; others may exist."""
        given = {field.role for field in self._own.values()} if self._declared else set()
        return frozenset(column for role, column in PROMISED.items() if role in given)

    def resembles(self, line: bytes) -> bool:
        """Return whether a line begins like an object."""
        return line.lstrip(b" \t").startswith(b"{")

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; text after the last LF is a line too."""
        lines = lines_of(data)
        alike: dict[Shape, Alike] = {}
        for index, raw in enumerate(lines):
            if len(raw) <= self._limit:
                self._look(index, raw, alike)
        parts: list[Part] = []
        if len(data) >= SMALL_BYTES:
            made = (
                self._columnar.part(one, self._needs, untimed=self._untimed)
                for one in alike.values()
                if self._may_fit(one)
            )
            parts = [part for part in made if part is not None]
        batch = self._join(parts, lines)
        self._objects.clear()
        return batch

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield remarks on a line that was parsed; parsing does not change by it.

        Args:
            line: The line without its LF.
        """
        found = decode_object(line)
        if isinstance(found, Misfit):
            return
        layout = self._layout(self._book.eye.shape_of(found), found)
        found = layout.mend(found)
        texts = layout.texts_in(found)
        yield from zone_remark(layout.text(texts, "time") or b"")
        if self._declared:
            return
        # The first line of the request may have what its last line lacks.
        words = None if layout.part == "last" and not layout.is_asked else doubt(found, layout, texts)
        if words is not None:
            yield Remark("json-keys", words)
        # Only the checked lines show it: which others were parsed by now depends on how the input was cut.
        self._kinds |= {kind for kind, is_it in (("open", layout.is_open), ("closed", layout.is_closed)) if is_it}
        if len(self._kinds) == 2:
            yield Remark("several-lines", SEVERAL_LINES, settled_by="--filter")

    def read_line(self, line: bytes) -> LineReading:
        """Return the fields of one line by key; or what it lacks, and which key may give it."""
        reading = super().read_line(line)
        if reading.values is not None or reading.expected not in (_NO_TIME, _NO_REQUEST) or self._declared:
            return reading
        found = decode_object(line.removesuffix(b"\r"))
        if isinstance(found, Misfit):
            return reading
        layout = self._layout(self._book.eye.shape_of(found), found)
        texts = layout.texts_in(layout.mend(found))
        words = (doubt_of_time if reading.expected == _NO_TIME else doubt)(found, layout, texts)
        return reading if words is None else replace(reading, expected=f"{reading.expected} ({words})")

    def save(self) -> Json:
        """Return the time of the last line, and the open requests, as JSON."""
        return {**super().save(), "open": self._pairs.save()}

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        super().load(given)
        self._pairs.load(given["open"])

    def _look(self, index: int, raw: bytes, alike: dict[Shape, Alike]) -> None:
        """Decode a line and add it to those with the same keys; store the first line of a request.

        Lines must be given in order.
        """
        plain = raw[:1] == b"{"
        try:
            found: Object | Misfit = orjson.loads(raw) if plain else decode_object(raw)
        except orjson.JSONDecodeError:
            plain = False
            found = self._objects[index] = decode_object(raw.removesuffix(b"\r"))
        if type(found) is not dict:
            return
        shape = self._book.eye.shape_of(found)
        one = alike.get(shape)
        if one is None:
            one = alike[shape] = Alike(self._layout(shape, found))
        if one.layout.mends:
            mended = one.layout.mend(found)
            if mended is not found:
                found = self._objects[index] = mended
        if one.layout.part != "whole":
            paired = self._pair(one.layout, found)
            if paired is not found:
                self._objects[index] = paired
                if isinstance(paired, Outside):
                    return
                found, plain = paired, plain and _is_plain(paired)
                shape = self._book.eye.shape_of(found)
                one = alike.get(shape) or alike.setdefault(shape, Alike(self._layout(shape, found)))
        if plain:
            one.add(index, found)

    def _pair(self, layout: Layout, found: Object) -> Object | Outside:
        """Return an object completed by its request's first line; `NoRequest` for the first line itself."""
        if layout.part == "last":
            return self._pairs.end(layout, found) if self._pairs else found
        if layout.part == "again":
            return Outside()
        if not layout.begins(found):
            return found
        self._pairs.begin(layout, found)
        return Outside()

    def _layout(self, shape: Shape, found: Object) -> Layout:
        layout = self._layouts.get(shape)
        if layout is None:
            layout = Layout(self._book.find(found), self._name, declared=self._declared)
            if len(found) <= _MAX_KEYS:
                if len(self._layouts) >= _MAX_LAYOUTS:
                    self._layouts.clear()
                self._layouts[shape] = layout
        return layout

    def _read(self, line: bytes) -> Texts | Misfit | Outside:
        found = decode_object(line)
        if isinstance(found, Misfit):
            return found
        layout = self._layout(self._book.eye.shape_of(found), found)
        found = layout.mend(found)
        paired = self._pair(layout, found) if layout.part != "whole" else found
        return paired if isinstance(paired, Outside) else self._read_object(paired, line)

    def _entry_at(self, index: int, line: bytes) -> Entry | Misfit | Outside:
        found = self._objects.get(index)
        if found is None:
            found = decode_object(line)
        return self._entry(self._read_object(found, line) if isinstance(found, dict) else found)

    def _read_object(self, found: Object, line: bytes) -> Texts | Misfit | Outside:
        layout = self._layout(self._book.eye.shape_of(found), found)
        texts = layout.texts_in(found)
        end = len(line) + 1
        lacking = self._find_lacking_key(found)
        if lacking is None and layout.is_hit(texts):
            if not self._untimed and layout.lacks_time(texts):
                return Misfit(end, _NO_TIME)
            return Texts(layout.meaning, layout.fields, texts)
        if layout.is_log and not layout.is_hit(texts):
            return Outside()
        return Misfit(end, _NO_REQUEST if lacking is None else f"a key {lacking}")

    def _find_lacking_key(self, found: Object) -> str | None:
        """Return a key that every line must have and this one lacks; None if there is none."""
        for path in self._needs:
            if _value_at(found, path) is None:
                return ".".join(path)
        if self._needs_any and self._needs_any.isdisjoint(found):
            return min(self._needs_any)
        return None

    def _may_fit(self, alike: Alike) -> bool:
        return bool(alike.objects) and (not self._needs_any or not self._needs_any.isdisjoint(alike.objects[0]))

    def _spans(self, line: bytes, read: Texts | None) -> Sequence[tuple[str, Span]]:
        del read
        if not self.resembles(line):
            return []  # anything in it that looks like a value is meaningless
        spans: dict[str, Span] = {}
        for path, start, stop in places(line):
            spans.setdefault(".".join(path), (start, stop))
        return list(spans.items())

    def _count_known(self, spans: Sequence[tuple[str, Span]]) -> int:
        if self._own:
            return sum(name in self._own for name, _ in spans)
        # The format without a map comes nearest to an object with unknown keys.
        return max(sum(self._book.knows(name) for name, _ in spans), 1)

    def _explain(self, line: bytes, read: Texts) -> dict[str, Value]:
        used = {field.name for field, text in zip(read.fields, read.texts, strict=True) if text is not None}
        found = decode_object(line)
        others: dict[str, Value] = {}
        if isinstance(found, dict):
            for key, value in found.items():
                text = scalar_text(value)
                if key not in used and text is not None:
                    others[scalar_name(key)] = value if type(value) is int and abs(value) < 1 << 63 else text
        present = [index for index, text in enumerate(read.texts) if text is not None]
        named = super()._explain(
            line,
            Texts(read.meaning, [read.fields[index] for index in present], [read.texts[index] for index in present]),
        )
        return named | {key: value for key, value in others.items() if key not in named}


def scalar_name(key: str) -> str:
    """Return a key as a name that can be encoded as UTF-8."""
    return key.encode("utf-8", "backslashreplace").decode()


def _is_plain(found: Object) -> bool:
    """Return whether all texts in an object are UTF-8."""
    try:
        "".join(value for value in found.values() if type(value) is str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _value_at(found: Object, path: tuple[str, ...]) -> bytes | None:
    """Return the text at a path, for an array that of its first item; None if there is none. A key may contain dots."""
    whole = found.get(".".join(path)) if len(path) > 1 else None
    one: object = found if whole is None else whole
    for key in path if whole is None else ():
        one = one.get(key) if isinstance(one, dict) else None
    return text_of(one, None)
