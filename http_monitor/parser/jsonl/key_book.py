"""Finds the meanings of an object's keys, once for all objects with the same keys."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.jsonl.key_names import Known, families_of, fold, is_wrapper, meanings_of, within
from http_monitor.parser.jsonl.text import Path

KeyMap = Mapping[str, tuple[Role, Writing]]
"""The meaning of each key, or path with dots. Of several keys with one role, the first one in a line counts. A time in
notation ``plain`` is recognised by its form."""

Object = dict[str, Any]
Shape = tuple[Any, ...]
"""The keys of an object in order, with the shapes of its inner objects that are examined."""

_MAX_WRAPPED = 3
_WRAPPED = 100_000
"""Rank added for keys inside a wrapper, so that they count after all keys outside."""
_MAX_KEYS = 256
_MAX_SEEN = 1_000


class Candidate(NamedTuple):
    """A key of an object that may have a meaning."""

    path: Path
    """Its path in the object; a key may contain dots."""
    field: Field
    vague: bool
    """It counts only if its value is plausible."""


class Found(NamedTuple):
    """The possible meanings of an object's keys."""

    candidates: tuple[Candidate, ...]
    """Candidates for one role, in order of precedence."""
    names: Mapping[str, Path]
    """The path of each key, by its folded path; of two, the less deep one."""


class _Place(NamedTuple):
    """The place of an object within that of the line."""

    path: Path
    folded: str
    """The prefix under which its keys are known."""
    raw: str
    """The path to it as written, each key followed by a dot."""
    wrapped: int
    """Number of wrappers around it."""
    own: bool
    """A user's key map may have keys in it."""


_LINE = _Place((), "", "", 0, True)


class KeyBook:
    """The meanings of keys: those in a map, and unless the user wrote the map, those in the table.

    Args:
        key_map: Meanings of keys in their exact spelling.
        known: Also use the table of known keys.
    """

    def __init__(self, key_map: KeyMap, *, known: bool) -> None:
        self._own: dict[str, list[Known]] = {}
        for rank, (key, (role, writing)) in enumerate(key_map.items()):
            read: Writing = "any" if (role, writing) == ("time", "plain") else writing
            self._own[key] = [Known(role, read, rank - len(key_map))]
        self._known = known
        self._own_prefixes = {
            ".".join(path[:depth]) for path in (key.split(".") for key in key_map) for depth in range(1, len(path))
        }
        self.eye = Eye(self, _LINE)

    def find(self, found: Object) -> Found:
        """Return the possible meanings of the keys of a line's object."""
        ranked: list[tuple[int, Candidate, str]] = []
        names: dict[str, Path] = {}
        self._walk(found, _LINE, ranked, names)
        families = families_of(names)
        ranked.sort(key=lambda one: one[0])
        kept: dict[tuple[Path, Role | None], Candidate] = {}
        for _, candidate, family in ranked:
            if not family or (family[1:] in families) == (family[0] == "@"):
                # A key with a certain meaning, or with its family's unit, has no other meaning.
                kept.setdefault((candidate.path, candidate.field.role), candidate)
        return Found(tuple(kept.values()), names)

    def inner(self, place: _Place, key: str) -> list[_Place]:
        """Return the places of an object that is the value of a key; empty if nothing in it can be known."""
        path, raw = (*place.path, key), f"{place.raw}{key}."
        own = place.own and raw[:-1] in self._own_prefixes
        prefix = within(place.folded, key) if self._known else None
        places = [_Place(path, prefix, raw, place.wrapped, own)] if prefix is not None else []
        if self._known and not place.folded and place.wrapped < _MAX_WRAPPED and is_wrapper(fold(key)):
            places.append(_Place(path, "", raw, place.wrapped + 1, own and not places))
        if own and not places:
            places.append(_Place(path, "\0", raw, place.wrapped, True))
        return places

    def knows(self, name: str) -> bool:
        """Return whether a key of the line's object, given with its path, is known."""
        return bool(self._meanings(_LINE, name))

    def means(self, place: _Place, key: str) -> bool:
        """Return whether a key of an object at this place is known."""
        return bool(self._meanings(place, key))

    def _walk(
        self, found: Object, place: _Place, ranked: list[tuple[int, Candidate, str]], names: dict[str, Path]
    ) -> None:
        for key, value in found.items():
            name, path = _canonical(place.folded, key), (*place.path, key)
            if name not in names or len(path) < len(names[name]):
                names[name] = path
            inner = self.inner(place, key) if type(value) is dict else []
            for one in inner:
                self._walk(value, one, ranked, names)
            for known in () if inner else self._meanings(place, key):
                raw = place.raw + key
                candidate = Candidate(path, Field(raw, known.role, known.writing), known.vague)
                rank = known.rank + (_WRAPPED * _wrappers(place, key) if known.rank > 0 else 0)
                ranked.append((rank, candidate, known.family))

    def _meanings(self, place: _Place, key: str) -> list[Known]:
        own = self._own.get(place.raw + key) if place.own else None
        if own is not None or not self._known or place.folded == "\0":
            return own or []
        spelled = key.rpartition(".")[2]
        found = meanings_of(_canonical(place.folded, key), spelled)
        head, dot, rest = key.partition(".")
        if not found and dot and not place.folded and is_wrapper(fold(head)):
            return meanings_of(_canonical("", rest), spelled)
        return found


class Eye:
    """Determines the shape of an object, and of its inner objects that are examined.

    Args:
        book: The meanings of keys.
        places: The places of the object.
    """

    def __init__(self, book: KeyBook, *places: _Place) -> None:
        self._book = book
        self._places = places
        self._headers = all(place.folded == "headers" for place in places)
        self._seen: dict[tuple[str, ...], Sequence[tuple[str, Eye]]] = {}
        self._eyes: dict[str, Eye | None] = {}
        self._means = _Means(book, places)

    def shape_of(self, found: Object) -> Shape:
        """Return the shape of an object."""
        keys = tuple(found)
        if self._headers:
            # Clients choose the headers they send, so unknown headers must not make another shape.
            means = self._means
            keys = tuple([key for key in keys if means[key]])
        inner = self._seen.get(keys)
        if inner is None:
            inner = self._learn(keys)
        shape: list[Any] = []
        for key, eye in inner:
            value = found[key]
            if type(value) is dict:
                shape.append((key, eye.shape_of(value)))
        return (keys, *shape) if shape else keys

    def _learn(self, keys: tuple[str, ...]) -> Sequence[tuple[str, "Eye"]]:
        inner = [(key, eye) for key in keys if (eye := self._eye(key)) is not None]
        if len(keys) <= _MAX_KEYS:
            if len(self._seen) >= _MAX_SEEN:
                self._seen.clear()
            self._seen[keys] = inner
        return inner

    def _eye(self, key: str) -> "Eye | None":
        if key not in self._eyes:
            if len(self._eyes) >= _MAX_SEEN:
                self._eyes.clear()
            places = [inner for place in self._places for inner in self._book.inner(place, key)]
            self._eyes[key] = Eye(self._book, *places) if places else None
        return self._eyes[key]


class _Means(dict[str, bool]):
    """Caches which keys of objects at some places are known."""

    def __init__(self, book: KeyBook, places: Sequence[_Place]) -> None:
        super().__init__()
        self._book = book
        self._places = places

    def __missing__(self, key: str) -> bool:
        if len(self) >= _MAX_SEEN:
            self.clear()
        known = self[key] = any(self._book.means(place, key) for place in self._places)
        return known


def _canonical(folded: str, key: str) -> str:
    """Return the name under which a key in an object would be known; the key may contain a path itself."""
    head, dot, name = key.rpartition(".")
    if not dot:
        return f"{folded}.{fold(key)}" if folded else fold(key)
    prefix = within(folded, head)
    if prefix is not None:
        return f"{prefix}.{fold(name)}"
    return f"{folded}.{fold(key)}" if folded else fold(key)


def _wrappers(place: _Place, key: str) -> int:
    """Return the number of wrappers around a key, including one that is a part of the key."""
    head, dot, _ = key.partition(".")
    if not dot or place.folded or not is_wrapper(fold(head)):
        return place.wrapped
    return place.wrapped + (not meanings_of(_canonical("", key), key.rpartition(".")[2]))
