"""Tells what a key of a JSON object means, by the table of keys."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple, cast, get_args

from http_monitor.parser.fields.field import Role, Writing
from http_monitor.parser.jsonl.key_table import DURATIONS, FAMILIES, HEADERS, KEYS, SUFFIXES, UPSTREAMS, WRAPPERS


class Known(NamedTuple):
    """A key that means something."""

    role: Role
    writing: Writing
    rank: int
    """Of two with one role the lesser counts."""
    vague: bool = False
    """Only where the value is what it should be."""
    family: str = ""
    """Only where the other keys of the object show this one; with ``!`` in front: do not."""
    spelling: str = ""
    """Only under this very name; empty: capitals and separators make no difference."""


_KEY = re.compile(r"(:?)(@?[^=?@!]+)(?:=(\w+))?(\?)?([@!]\w+)?")
_EITHER = re.compile(r"(.*?)\{([^}]*)\}(.*)")
# What a plural of the name would end with is no unit.
_SECONDS = re.compile(r".*(?:[_.-]s|[a-z]S)")
_BRACKETED = re.compile(r"([^\[\]()]+)(?:\(([a-z\u00b5\u03bc]+)\)|\[([a-z\u00b5\u03bc]+)\])")
_TIMED = 10_000


def fold(key: str) -> str:
    """Return what the spellings of one key have in common."""
    return key.lower().replace("_", "").replace("-", "").replace(" ", "").removeprefix(":")


def expanded(text: str) -> Iterator[str]:
    """Yield the keys of a table's text, one for each choice between braces."""
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
        for key in expanded(text):
            rank += 1
            name, known = _known(role, key, rank)
            found.setdefault(fold(name), []).append(known)
        assert rank < _TIMED
    return found


def _known(role: Role, text: str, rank: int) -> tuple[str, Known]:
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
    for rank, base in enumerate(expanded(names))
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


def known_as(folded: str, spelled: str) -> list[Known]:
    """Return what a key means.

    Args:
        folded: The keys on the way to it and itself, folded, with dots between.
        spelled: The key itself as it stands in the object.
    """
    found = [known for known in _TABLE.get(folded, ()) if known.spelling in ("", spelled)]
    bracketed = _BRACKETED.fullmatch(folded)
    if not found and bracketed is not None:
        # The unit, as in `duration(ms)`.
        name = f"{bracketed[1]}.{bracketed[2] or bracketed[3]}"
        return known_as(name, name)
    if folded in _BASES:
        role, rank = _BASES[folded]
        # Between the keys whose name says the unit, and those that only their value can say it of.
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
    """Return whether the keys in an object of this name may be as they would be outside of it."""
    return folded in _WRAPPERS


def within(folded: str, key: str) -> str | None:
    """Return under which prefix the keys of an inner object are known; None where none of them is.

    Args:
        folded: The prefix of the object that the key stands in, folded; empty: the object of the line.
        key: Whose value is the inner object; it may hold dots.
    """
    name = fold(key)
    if name.rpartition(".")[2] in _HEADERS and not _is_answer(f"{folded}.{name}"):
        return "headers"
    whole = f"{folded}.{name}" if folded else name
    return whole if whole in _PREFIXES else None


def _is_answer(folded: str) -> bool:
    return any(part.startswith(("res", "upstream")) for part in folded.split("."))


def families_of(names: Collection[str]) -> frozenset[str]:
    """Return who may have written an object that has these keys, each folded with those on the way to it."""
    present = frozenset(names)
    return frozenset(name for name, (least, keys) in _FAMILIES.items() if len(keys & present) >= least)
