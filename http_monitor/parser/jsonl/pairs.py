"""Combines the two lines of a request: the first, at its beginning, and the last, at its end."""

from collections import OrderedDict
from typing import Any

from http_monitor.parser.fields.field import Role
from http_monitor.parser.jsonl.key_book import Object
from http_monitor.parser.jsonl.layout import Layout
from http_monitor.parser.jsonl.text import scalar_text, value_at

MAX_OPEN = 2_000
"""Maximum number of open requests; the oldest are dropped beyond it."""
_MAX_BYTES = 1 << 20
_LONGEST_ID = 128
_LONGEST = 4_096
"""Longer texts are not stored."""
_ASKED: tuple[Role, ...] = ("request", "method", "target", "path", "query")
_KEPT: tuple[Role, ...] = (*_ASKED, "host", "vhost", "user", "referer", "agent", "forwarded", "bytes_in")

Kept = tuple[tuple[Role, str, str], ...]
"""The content of a request's first line: role, key and text."""


class Pairs:
    """The open requests. They depend only on the lines of a file, not on how they were cut."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        """Return the number of open requests."""
        return len(self._open)

    def begin(self, layout: Layout, found: Object) -> None:
        """Store the first line of a request."""
        name = _id_of(layout, found)
        if name is None:
            return
        self._drop(name)
        self._open[name] = tuple(
            (field.role, field.name, text.decode("utf-8", "surrogateescape"))
            for field, text in zip(layout.fields, layout.texts_in(found), strict=True)
            if field.role in _KEPT and text and len(text) <= _LONGEST
        )
        self._bytes += _size(name, self._open[name])
        while len(self._open) > MAX_OPEN or self._bytes > _MAX_BYTES:
            self._drop(next(iter(self._open)))

    def end(self, layout: Layout, found: Object) -> Object:
        """Return the object of a request's last line, completed by its first line."""
        name = _id_of(layout, found)
        kept = () if name is None else self._open.get(name, ())
        if name is None or not kept:
            return found
        self._drop(name)
        is_asked = any(role in layout.places for role in _ASKED)
        lacking = {
            path: text
            for role, path, text in kept
            if role not in layout.places and not (is_asked and role in _ASKED) and path not in found
        }
        return {**found, **lacking} if lacking else found

    def save(self) -> list[Any]:
        """Return the open requests as JSON; text that is not UTF-8 as its bytes."""
        return [
            [
                name,
                [[role, path, text.encode("utf-8", "surrogateescape").decode("latin-1")] for role, path, text in kept],
            ]
            for name, kept in self._open.items()
        ]

    def load(self, given: list[Any]) -> None:
        """Restore a saved state. Raises TypeError or ValueError for anything else."""
        opened: OrderedDict[str, Kept] = OrderedDict()
        for name, kept in given:
            opened[str(name)] = tuple(
                (role, str(path), text.encode("latin-1").decode("utf-8", "surrogateescape"))
                for role, path, text in kept
                if role in _KEPT
            )
        self._open = opened
        self._bytes = sum(_size(name, kept) for name, kept in opened.items())

    def _drop(self, name: str) -> None:
        kept = self._open.pop(name, None)
        if kept is not None:
            self._bytes -= _size(name, kept)


def _size(name: str, kept: Kept) -> int:
    return len(name) + sum(len(path) + len(text) for _, path, text in kept)


def _id_of(layout: Layout, found: Object) -> str | None:
    """Return a key that the lines of one request share; ids may repeat across processes, so it includes the pid."""
    texts = [
        scalar_text(value_at(found, layout.candidates[index].path)) for index in layout.places.get("request_id", ())
    ]
    name = next((text for text in texts if text), None)
    if name is None or len(name) > _LONGEST_ID:
        return None
    process = scalar_text(found.get("pid")) or b""
    return (process[:_LONGEST_ID] + b" " + name).decode("latin-1")
