"""What two runs printed as NDJSON, compared by the keys that both wrote: for checkouts between which much was added."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import zip_longest

from tests.compared import Outcome

_SHOWN = 80
_BEHIND_PATH = " | "


def describe_changes(base: Outcome, new: Outcome, ignored: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return what the second run says otherwise, by the path of each value that differs, with the first such pair.

    Objects are compared in their order within their type. Types and keys that only the second run has are left out,
    and so is stderr, which is for people.

    Args:
        base: The first run.
        new: The second.
        ignored: Names of types and keys to leave out too.
    """
    changes: dict[str, str] = {}
    if base.code != new.code:
        changes["exit code"] = f"{base.code} became {new.code}"
    old_types, new_types = _sort_by_type(base.out), _sort_by_type(new.out)
    for kind, old_objects in old_types.items():
        if kind in ignored:
            continue
        new_objects = new_types.get(kind, [])
        if len(old_objects) != len(new_objects):
            changes[f"{kind}: objects"] = f"{len(old_objects)} became {len(new_objects)}"
        for old, other in zip(old_objects, new_objects, strict=False):
            for path, words in _find_changes(kind, old, other, ignored):
                changes.setdefault(path, words)
    return changes


def _sort_by_type(out: bytes) -> dict[str, list[object]]:
    """Return the objects by type; a line that is no object is text, a type of its own."""
    found: dict[str, list[object]] = defaultdict(list)
    for line in out.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            value = line.decode("utf-8", "backslashreplace")
        kind = value.get("type", "object") if isinstance(value, dict) else "text"
        found[str(kind)].append(value)
    return found


def _find_changes(path: str, old: object, new: object, ignored: frozenset[str]) -> Iterator[tuple[str, str]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key, value in old.items():
            if key in ignored:
                continue
            if key in new:
                yield from _find_changes(f"{path}.{key}", value, new[key], ignored)
            else:
                yield f"{path}.{key}", f"{_shorten(value)} is gone"
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{path}: items", f"{len(old)} became {len(new)}"
        for one, other in zip_longest(old[: len(new)], new[: len(old)]):
            yield from _find_changes(f"{path}[]", one, other, ignored)
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield path, f"{_shorten(old)} became {_shorten(new)}"


def _shorten(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


class ChangeCounts:
    """Counts the runs in which each path differs.

    Args:
        ignored: Names of types and keys to leave out.
    """

    def __init__(self, ignored: frozenset[str]) -> None:
        self._ignored = ignored
        self._runs: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def describe(self, base: Outcome, new: Outcome) -> str | None:
        """Return what differs between two runs, a line for each path; None if nothing does."""
        changes = describe_changes(base, new, self._ignored)
        return "\n".join(f"{path}{_BEHIND_PATH}{words}" for path, words in changes.items()) or None

    def add(self, described: str) -> None:
        """Count what was described, which happens several times for a run that differs."""
        for line in described.splitlines():
            path, behind, words = line.partition(_BEHIND_PATH)
            if behind:
                self._runs[path] += 1
                self._examples.setdefault(path, words)

    def lines(self) -> Iterator[str]:
        """Yield each path that differs, those of most runs first, with how often it was found and an example."""
        for path, count in self._runs.most_common():
            yield f"{count:6,} × {path}{_BEHIND_PATH}{self._examples[path]}"
