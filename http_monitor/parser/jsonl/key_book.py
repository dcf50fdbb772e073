"""Finds out which keys of a JSON object say what, once for all objects that have the same keys."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.jsonl.key_names import Known, families_of, fold, is_wrapper, known_as, within
from http_monitor.parser.jsonl.text import Path

KeyMap = Mapping[str, tuple[Role, Writing]]
"""By a key, or the keys on the way to it with dots between: what the value means. Of several keys with one role the
first counts that a line has. A time of writing ``plain`` is read as it looks."""

Object = dict[str, Any]
Shape = tuple[Any, ...]
"""The keys of an object in their order, with those of the objects in it that are looked into."""

_MOST_WRAPPED = 3
_WRAPPED = 100_000
"""Keys within a wrapper count after all that stand outside of it."""
_MOST_KEYS = 256
_MOST_SEEN = 1_000


class Candidate(NamedTuple):
    """A key of an object that may say something."""

    path: Path
    """As it stands in the object; a key may hold dots."""
    field: Field
    vague: bool
    """It counts only where its value is what it should be."""


class Found(NamedTuple):
    """What the keys of an object may say."""

    candidates: tuple[Candidate, ...]
    """Those with one role in the order in which they count."""
    names: Mapping[str, Path]
    """All keys, folded, with those on the way to them, and where each stands; of two the one that is less deep."""


class _Place(NamedTuple):
    """Where an object stands in that of the line."""

    path: Path
    folded: str
    """Under which prefix its keys are known."""
    raw: str
    """The keys on the way to it as they are, each with a dot behind."""
    wrapped: int
    """In so many wrappers."""
    own: bool
    """A map of one's own may look into it."""


_LINE = _Place((), "", "", 0, True)


class KeyBook:
    """What keys mean: those of a map first, and then, where it is no map of a user, those that are known.

    Args:
        key_map: What keys mean in their very spelling.
        known: The known keys count too.
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
        """Return what the keys of the object of a line may say."""
        ranked: list[tuple[int, Candidate, str]] = []
        names: dict[str, Path] = {}
        self._walk(found, _LINE, ranked, names)
        families = families_of(names)
        ranked.sort(key=lambda one: one[0])
        kept: dict[tuple[Path, Role | None], Candidate] = {}
        for _, candidate, family in ranked:
            if not family or (family[1:] in families) == (family[0] == "@"):
                # What a key says for sure, or in the unit that its family has, it does not say in another way.
                kept.setdefault((candidate.path, candidate.field.role), candidate)
        return Found(tuple(kept.values()), names)

    def inner(self, place: _Place, key: str) -> list[_Place]:
        """Return where an object stands that is the value of a key; nowhere if nothing in it is known."""
        path, raw = (*place.path, key), f"{place.raw}{key}."
        own = place.own and raw[:-1] in self._own_prefixes
        prefix = within(place.folded, key) if self._known else None
        places = [_Place(path, prefix, raw, place.wrapped, own)] if prefix is not None else []
        if self._known and not place.folded and place.wrapped < _MOST_WRAPPED and is_wrapper(fold(key)):
            places.append(_Place(path, "", raw, place.wrapped + 1, own and not places))
        if own and not places:
            places.append(_Place(path, "\0", raw, place.wrapped, True))
        return places

    def knows(self, name: str) -> bool:
        """Return whether a key of the line's object is known; the keys on the way to it stand before it with dots."""
        return bool(self._meanings(_LINE, name))

    def means(self, place: _Place, key: str) -> bool:
        """Return whether a key in an object there is known."""
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
        found = known_as(_canonical(place.folded, key), spelled)
        head, dot, rest = key.partition(".")
        if not found and dot and not place.folded and is_wrapper(fold(head)):
            return known_as(_canonical("", rest), spelled)
        return found


class Eye:
    """Sees of an object which keys it has, and of the objects in it that are looked into.

    Args:
        book: Says what is known.
        place: Where the object stands.
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
            # Clients choose which headers they send; one that means nothing must not make another shape.
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
        if len(keys) <= _MOST_KEYS:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen[keys] = inner
        return inner

    def _eye(self, key: str) -> "Eye | None":
        if key not in self._eyes:
            if len(self._eyes) >= _MOST_SEEN:
                self._eyes.clear()
            places = [inner for place in self._places for inner in self._book.inner(place, key)]
            self._eyes[key] = Eye(self._book, *places) if places else None
        return self._eyes[key]


class _Means(dict[str, bool]):
    """Tells which keys of some objects are known; it remembers the last it was asked."""

    def __init__(self, book: KeyBook, places: Sequence[_Place]) -> None:
        super().__init__()
        self._book = book
        self._places = places

    def __missing__(self, key: str) -> bool:
        if len(self) >= _MOST_SEEN:
            self.clear()
        known = self[key] = any(self._book.means(place, key) for place in self._places)
        return known


def _canonical(folded: str, key: str) -> str:
    """Return under which name a key in an object is known, if it is; it may hold the keys on the way to it itself."""
    head, dot, name = key.rpartition(".")
    if not dot:
        return f"{folded}.{fold(key)}" if folded else fold(key)
    prefix = within(folded, head)
    if prefix is not None:
        return f"{prefix}.{fold(name)}"
    return f"{folded}.{fold(key)}" if folded else fold(key)


def _wrappers(place: _Place, key: str) -> int:
    """Return in how many wrappers a key is, counting one that is a part of the key."""
    head, dot, _ = key.partition(".")
    if not dot or place.folded or not is_wrapper(fold(head)):
        return place.wrapped
    return place.wrapped + (not known_as(_canonical("", key), key.rpartition(".")[2]))
