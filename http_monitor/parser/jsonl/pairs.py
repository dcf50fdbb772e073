"""Puts together what two lines of a log say of one request: the first, that it begins, the last, how it ended."""

from collections import OrderedDict
from typing import Any

from http_monitor.parser.fields.field import Role
from http_monitor.parser.jsonl.key_book import Object
from http_monitor.parser.jsonl.layout import Layout
from http_monitor.parser.jsonl.text import scalar_text, value_at

MOST_OPEN = 2_000
"""So many requests may be under way at once; of more the oldest are forgotten."""
_MOST_BYTES = 1 << 20
_LONGEST_ID = 128
_LONGEST = 4_096
"""A longer text is not kept."""
_ASKED: tuple[Role, ...] = ("request", "method", "target", "path", "query")
_KEPT: tuple[Role, ...] = (*_ASKED, "host", "vhost", "user", "referer", "agent", "forwarded", "bytes_in")

Kept = tuple[tuple[Role, str, str], ...]
"""What the first line of a request said: role, key and text."""


class Pairs:
    """The requests that have begun. A function of the lines of a file, wherever they were cut."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._open)

    def begin(self, layout: Layout, found: Object) -> None:
        """Take a line that says that a request begins."""
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
        while len(self._open) > MOST_OPEN or self._bytes > _MOST_BYTES:
            self._drop(next(iter(self._open)))

    def end(self, layout: Layout, found: Object) -> Object:
        """Return the object of a line that ends a request, with what its first line said besides."""
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
        """Return them as JSON; text that is no UTF-8 as its bytes."""
        return [
            [
                name,
                [[role, path, text.encode("utf-8", "surrogateescape").decode("latin-1")] for role, path, text in kept],
            ]
            for name, kept in self._open.items()
        ]

    def load(self, given: list[Any]) -> None:
        """Become what was saved. Raises TypeError or ValueError for anything else."""
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
    """Return by what the lines of one request are known; requests of several processes may have one number."""
    texts = [
        scalar_text(value_at(found, layout.candidates[index].path)) for index in layout.places.get("request_id", ())
    ]
    name = next((text for text in texts if text), None)
    if name is None or len(name) > _LONGEST_ID:
        return None
    process = scalar_text(found.get("pid")) or b""
    return (process[:_LONGEST_ID] + b" " + name).decode("latin-1")
