"""Decodes lines that are one JSON object, whatever bytes they contain."""

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson

from http_monitor.parser.lines.misfit import Misfit

Path = tuple[str, ...]
"""The keys that lead to a value, from the outermost."""

# A string without an end matches to the end, as otherwise each quote in it would be tried as a start.
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*+)"?|([{}\[\]:,])|[^{}\[\]:,"\s]++', re.DOTALL)
_MAX_DEPTH = 100
# Servers without JSON support write a byte as \x22 (nginx, Apache) or \v; such a backslash is no escape of JSON, and
# is kept in the text as in a log of another format.
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|(.?))', re.DOTALL)


def decode_object(line: bytes) -> dict[str, Any] | Misfit:
    """Return the object of a line; bytes that are not UTF-8 become surrogates (PEP 383).

    Of a repeated key, the last value counts. NaN and infinity are null. Control bytes in strings are accepted, and so
    is a backslash that begins no JSON escape.
    """
    front = len(line) - len(line.lstrip(b" \t"))
    if line[front : front + 1] != b"{":
        return Misfit(front + 1, "a JSON object")
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        found = _decode_leniently(line)
    return found if isinstance(found, (dict, Misfit)) else Misfit(1, "a JSON object")


def scalar_text(value: object) -> bytes | None:
    """Return a string as UTF-8, a number as its digits, true or false; None for null, arrays and objects.

    Numbers are never in exponential notation. A lone surrogate from an escape becomes the three bytes it would have.
    """
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeEncodeError:
            return b"".join(_bytes_of(char) for char in value)
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, float) and math.isfinite(value):
        text = repr(value)
        return (format(Decimal(text), "f") if "e" in text else text).encode()
    return None


def value_at(found: Any, path: Path) -> Any:
    """Return the value at a path; None if there is none."""
    for key in path:
        found = found.get(key) if type(found) is dict else None
    return found


def places(line: bytes) -> Iterator[tuple[Path, int, int]]:
    """Yield (path, start, stop) of each scalar in the line's order.

    Args:
        line: Valid JSON, or the beginning of it. Items of an array have the path of the array.
    """
    keys: list[str | None] = []
    arrays: list[bool] = []
    for token in _TOKEN.finditer(line):
        mark = token[2]
        if mark in (b"{", b"["):
            if len(arrays) == _MAX_DEPTH:
                return
            arrays.append(mark == b"[")
            keys.append(None)
        elif mark in (b"}", b"]"):
            if not arrays:
                return
            arrays.pop()
            keys.pop()
        elif mark == b",":
            if arrays and not arrays[-1]:
                keys[-1] = None
        elif mark is None and arrays:
            if not arrays[-1] and keys[-1] is None:
                keys[-1] = _key(token[0])
            else:
                start, stop = token.span(1) if token[1] is not None else token.span()
                yield tuple(key for key in keys if key is not None), start, stop


def _key(quoted: bytes) -> str:
    found = _decode_leniently(quoted)
    return found if isinstance(found, str) else ""


def _decode_leniently(line: bytes) -> object:
    # Slower, but accepts lone surrogates, as of agents logged as bytes, and reports where decoding fails.
    text = line.decode("utf-8", "surrogateescape")
    found = _decode_text(text)
    if isinstance(found, Misfit) and "\\" in text:
        mended = _decode_text(_ESCAPE.sub(_double_backslash, text))
        return found if isinstance(mended, Misfit) else mended
    return found


def _decode_text(text: str) -> object:
    try:
        found: object = json.loads(text, parse_constant=_nothing, strict=False)
    except json.JSONDecodeError as error:
        return Misfit(len(text[: error.pos].encode("utf-8", "surrogateescape")) + 1, "JSON")
    except ValueError:
        return Misfit(1, "JSON with numbers of fewer digits")
    except RecursionError:
        return Misfit(1, "JSON with less nesting")
    return found


def _double_backslash(match: re.Match[str]) -> str:
    return match[0] if match[1] is None else "\\" + match[0]


def _nothing(constant: str) -> None:
    del constant


def _bytes_of(char: str) -> bytes:
    code = ord(char)
    return bytes([code - 0xDC00]) if 0xDC80 <= code <= 0xDCFF else char.encode("utf-8", "surrogatepass")
