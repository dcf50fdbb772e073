"""A text inside a line, and what the slow readers of wrappers look for before it."""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Inside:
    """A text inside a line."""

    text: bytes
    source: bytes | None = None
    origin: bytes | None = None
    """None: it stood in nothing."""
    part: bytes | None = None
    """Key of the split line that it is a part of; None: it is a whole line."""
    more: bool = False
    time: bytes | None = None
    """That which it is given, as it is written there."""


Read = Callable[[bytes], list[Inside] | None]
"""Returns what is inside a line; None: nothing is around it."""

ISO = rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)?"
RFC3339 = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
BSD = rb"[A-Z][a-z][a-z] {1,2}\d{1,2} (\d{4} )?\d\d:\d\d:\d\d(\.\d+)?"
FULL = rb"[A-Z][a-z][a-z] \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? ([A-Z]{2,5}|[+-]\d\d:?\d\d|[+-]\d\d)"
SINCE_BOOT = rb"\[ *\d+\.\d+( < *\d+\.\d+ *>)?\]"
SECONDS = rb"\d{9,}\.\d{6}"
COLOUR = rb"\x1b\[[0-9;]{0,16}m"
LABEL = rb"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
LOKI_LABELS = ("pod", "container", "container_name", "instance", "host", "hostname", "app", "service_name", "job")


def masked(text: bytes) -> bytes:
    return bytes(ord("0") if ord("0") <= byte <= ord("9") else byte for byte in text)


def follow(line: bytes, *tokens: bytes) -> list[bytes] | None:
    """Return what each of some expressions fits, one behind the other, and the rest; None where one does not fit."""
    texts = []
    for token in tokens:
        match = re.match(token, line, re.DOTALL | re.ASCII)
        if match is None:
            return None
        texts.append(match[0])
        line = line[match.end() :]
    return [*texts, line]


def fits(word: bytes, expression: bytes) -> bool:
    return re.fullmatch(expression, word, re.DOTALL | re.ASCII) is not None


def in_front(line: bytes, rest: bytes) -> bytes:
    """Return what stands before the rest of a line and the blank between them."""
    return line[: len(line) - len(rest) - 1]


def after_any(line: bytes, *expressions: bytes) -> bytes | None:
    """Return what stands behind the first that fits of some expressions, and a blank."""
    for expression in expressions:
        found = follow(line, expression, b" ")
        if found is not None:
            return found[-1]
    return None
