"""Looks up the meaning of a JSON key in the table of keys."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple, cast, get_args

from http_monitor.parser.fields.field import Role, Writing
from http_monitor.parser.jsonl.key_table import DURATIONS, FAMILIES, HEADERS, KEYS, SUFFIXES, UPSTREAMS, WRAPPERS


class Known(NamedTuple):
    """A meaning of a key."""

    role: Role
    writing: Writing
    rank: int
    """Of two keys with one role, the one of lower rank counts."""
    vague: bool = False
    """It counts only if its value is plausible."""
    family: str = ""
    """It counts only if the object's other keys show this writer; with a leading ``!``, only if they do not."""
    spelling: str = ""
    """The only accepted spelling; empty: case and separators are ignored."""


_KEY = re.compile(r"(:?)(@?[^=?@!]+)(?:=(\w+))?(\?)?([@!]\w+)?")
_EITHER = re.compile(r"(.*?)\{([^}]*)\}(.*)")
# Words whose plural must not be read as a unit.
_SECONDS = re.compile(r".*(?:[_.-]s|[a-z]S)")
_BRACKETED = re.compile(r"([^\[\]()]+)(?:\(([a-z\u00b5\u03bc]+)\)|\[([a-z\u00b5\u03bc]+)\])")
_TIMED = 10_000


def fold(key: str) -> str:
    """Return the common form of all spellings of a key."""
    return key.lower().replace("_", "").replace("-", "").replace(" ", "").removeprefix(":")


def expand(text: str) -> Iterator[str]:
    """Yield the keys in a text of the table, one for each choice between braces."""
    depth, start = 0, 0
    for at, char in enumerate(text + " "):
        depth += (char == "{") - (char == "}")
        if char == " " and not depth:
            if text[start:at]:
                yield from _choices(text[start:at])
            start = at + 1


def _choices(key: str) -> Iterator[str]:
    match = _EITHER.fullmatch(key)
    if match is None:
        yield key
        return
    for one in match[2].split(","):
        yield from _choices(match[1] + one + match[3])


def _of_table() -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = {}
    rank = 0
    for role, text in KEYS.items():
        for key in expand(text):
            rank += 1
            name, known = _make_known(role, key, rank)
            found.setdefault(fold(name), []).append(known)
        assert rank < _TIMED
    return found


def _make_known(role: Role, text: str, rank: int) -> tuple[str, Known]:
    match = _KEY.fullmatch(text)
    assert match is not None, text
    spelled, key, writing, vague, family = match.groups()
    assert writing is None or writing in get_args(Writing), text
    assert not family or family[1:] in FAMILIES, text
    usual: Writing = "any" if role == "time" else "plain"
    return key, Known(role, cast(Writing, writing or usual), rank, bool(vague), family or "", key if spelled else "")


_TABLE = _of_table()
_BASES: Mapping[str, tuple[Role, int]] = {
    fold(base): (role, _TIMED + rank)
    for role, names in cast(tuple[tuple[Role, str], ...], (("duration", DURATIONS), ("upstream", UPSTREAMS)))
    for rank, base in enumerate(expand(names))
}
_BY_SUFFIX = sorted(((fold(suffix), writing) for suffix, writing in SUFFIXES.items()), key=lambda one: -len(one[0]))
_PREFIXES = frozenset(
    ".".join(path[:depth])
    for path in (name.split(".") for name in (*_TABLE, *(f"{base}.ms" for base in _BASES)))
    for depth in range(1, len(path))
)
_WRAPPERS = frozenset(map(fold, WRAPPERS.split()))
_HEADERS = frozenset(map(fold, HEADERS.split()))
_FAMILIES = {name: (least, frozenset(map(fold, keys.split()))) for name, (least, keys) in FAMILIES.items()}


def meanings_of(folded: str, spelled: str) -> list[Known]:
    """Return the meanings of a key.

    Args:
        folded: Its path, folded, with dots.
        spelled: The key itself, as written.
    """
    found = [known for known in _TABLE.get(folded, ()) if known.spelling in ("", spelled)]
    bracketed = _BRACKETED.fullmatch(folded)
    if not found and bracketed is not None:
        # The unit, as in `duration(ms)`.
        name = f"{bracketed[1]}.{bracketed[2] or bracketed[3]}"
        return meanings_of(name, name)
    if folded in _BASES:
        role, rank = _BASES[folded]
        # Ranked between keys whose name gives the unit and those whose value must give it.
        found.append(Known(role, "nginx", rank + _TIMED, True, "@nginx"))
        found.append(Known(role, "unit", rank + _TIMED, True))
    for suffix, writing in _BY_SUFFIX:
        base = folded.removesuffix(suffix).removesuffix(".")
        if folded.endswith(suffix) and base in _BASES and (suffix != "s" or _SECONDS.fullmatch("." + spelled)):
            role, rank = _BASES[base]
            found.append(Known(role, writing, rank))
            break
    return found


def is_wrapper(folded: str) -> bool:
    """Return whether the keys in an object of this name may have the same meanings as outside it."""
    return folded in _WRAPPERS


def within(folded: str, key: str) -> str | None:
    """Return the prefix under which the keys of an inner object are known; None if none of them is.

    Args:
        folded: The folded prefix of the outer object; empty for the object of the line.
        key: The key of the inner object; it may contain dots.
    """
    name = fold(key)
    if name.rpartition(".")[2] in _HEADERS and not _is_answer(f"{folded}.{name}"):
        return "headers"
    whole = f"{folded}.{name}" if folded else name
    return whole if whole in _PREFIXES else None


def _is_answer(folded: str) -> bool:
    return any(part.startswith(("res", "upstream")) for part in folded.split("."))


def families_of(names: Collection[str]) -> frozenset[str]:
    """Return the possible writers of an object with these keys, given as folded paths."""
    present = frozenset(names)
    return frozenset(name for name, (least, keys) in _FAMILIES.items() if len(keys & present) >= least)
