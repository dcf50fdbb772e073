"""Finds the values of a JSON object in its line."""

import re
from collections.abc import Collection, Mapping

Path = tuple[bytes, ...]
Span = tuple[int, int]

_TOKEN = re.compile(
    rb'[ \t\r]*+(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([{}\[\],:])|(-?[0-9][0-9.eE+-]*+)|true|false|null)', re.DOTALL
)
_REST = re.compile(rb"[ \t\r]*+")
_MAX_DEPTH = 64


def find_strings(
    line: bytes, wanted: Collection[Path], start: int = 0, numbers: Collection[Path] = ()
) -> Mapping[Path, Span] | None:
    """Return the spans of strings in an object, without their quotes; for a repeated key, that of the last value.

    Args:
        line: A line that ends with the object.
        wanted: The paths of keys, as written.
        start: The start of the object.
        numbers: The keys among these whose values may be numbers, too.

    Returns:
        The span of each path found; None if the line is not a JSON object.
    """
    found: dict[Path, Span] = {}
    path: list[bytes | None] = []
    """The last key read in each open object; None for an open list."""
    at, expected = start, "value"
    while True:
        token = _TOKEN.match(line, at)
        if token is None:
            return None
        at = token.end()
        mark = token[2]
        if expected in ("key", "first key") and token[1] is not None:
            path[-1], expected = token[1], "colon"
        elif expected == "colon" and mark == b":":
            expected = "value"
        elif expected in ("value", "first value") and mark in (b"{", b"["):
            if not path and mark == b"[":
                return None
            if len(path) >= _MAX_DEPTH:
                return None
            path.append(b"" if mark == b"{" else None)
            expected = "first key" if mark == b"{" else "first value"
        elif expected in ("value", "first value") and mark is None:
            if not path:
                return None
            if None not in path:
                key = tuple(step for step in path if step is not None)
                if token[1] is not None and key in wanted:
                    found[key] = token.span(1)
                elif token[3] is not None and key in numbers:
                    found[key] = token.span(3)
                else:
                    found.pop(key, None)
            expected = "comma"
        elif expected == "comma" and mark == b",":
            expected = "value" if path[-1] is None else "key"
        elif mark in (b"}", b"]") and expected in ("comma", "first key" if mark == b"}" else "first value"):
            if (path.pop() is None) != (mark == b"]"):
                return None
            expected = "comma"
            if not path:
                rest = _REST.match(line, at)
                return found if rest is not None and rest.end() == len(line) else None
        else:
            return None
