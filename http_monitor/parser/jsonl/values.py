"""Checks whether the value of a JSON key is plausible, and converts it to the text of a log line."""

import re
from typing import Any

from http_monitor.parser.fields.durations import read_duration
from http_monitor.parser.fields.entry import NO_STATUS_TEXTS
from http_monitor.parser.fields.field import Field, Role
from http_monitor.parser.fields.hosts import address_alone, is_address
from http_monitor.parser.fields.scalars import read_count, read_time
from http_monitor.parser.jsonl.text import scalar_text

COUNTS: tuple[Role, ...] = ("status", "size", "bytes_in")
"""Roles of whole numbers; programs may write one as ``200.0``."""
FIRM: tuple[Role, ...] = ("time", "status", "size", "bytes_in")
"""Roles whose implausible value makes a line malformed, unless another key has a plausible one."""
NOTHING = (b"", b"-")

_STATUS = re.compile(rb"[1-9][0-9]{2}")
_NAMED_STATUS = re.compile(rb"(?:HTTP/[0-9](?:\.[0-9])? +)?([1-9][0-9]{2})(?: +[A-Za-z].*| *)", re.DOTALL)
_DIGIT = re.compile(rb"[0-9]")
TARGET = re.compile(rb"/.*|\*|[A-Za-z][A-Za-z0-9+.-]*://.*", re.DOTALL)
"""A target, except that of a CONNECT."""
_AUTHORITY = re.compile(rb"[A-Za-z0-9._-]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}")
_METHOD = re.compile(rb"[A-Z][A-Z_-]{0,19}|(?i:get|head|post|put|delete|patch|options|connect|trace)")
_REQUEST_LINE = re.compile(rb"[A-Za-z_-]+ +[^ ].*", re.DOTALL)


def text_of(value: Any, role: Role | None) -> bytes | None:
    """Return the text of a value, for a list that of its first item; None if there is none.

    Args:
        value: The value of a key.
        role: The role of the key.
    """
    if type(value) is list:
        value = value[0] if value else None
    text = scalar_text(value)
    if text is None or role not in COUNTS:
        return address_alone(text) if text is not None and role == "host" else text
    if type(value) is float and text.endswith(b".0"):
        text = text[:-2]
    if role != "status":
        return b"-" if text == b"-1" else text
    named = _NAMED_STATUS.fullmatch(text)
    if named is not None:
        return named[1]
    # A word is not an HTTP status, and does not claim to be one.
    return text if _DIGIT.search(text) or text in NOTHING else None


def is_nothing(text: bytes | None, role: Role | None) -> bool:
    """Return whether a text means that there is no value."""
    return text is None or text in (NO_STATUS_TEXTS if role == "status" else NOTHING)


def can_be(text: bytes, field: Field, *, vague: bool, declared: bool = False) -> bool:
    """Return whether a text is a plausible value of a key.

    Args:
        text: The text of the key's value.
        field: The meaning of the key.
        vague: The key may have another meaning.
        declared: The user gave the meaning.
    """
    role = field.role
    if is_nothing(text, role):
        return False
    if role == "time":
        return isinstance(read_time(text, field.writing), int)
    if role == "status":
        return _STATUS.fullmatch(text) is not None
    if role in COUNTS:
        return read_count(text) is not None
    if role in ("duration", "upstream"):
        return read_duration(text, field.writing) is not None
    if role == "request" and not declared:
        return _REQUEST_LINE.fullmatch(text) is not None if vague else TARGET.fullmatch(text) is None
    return not vague or _is_plausible(text, role)


def _is_plausible(text: bytes, role: Role | None) -> bool:
    if role == "host":
        # Of a list in X-Forwarded-For, the last address counts.
        return all(is_address(part.strip(b" ")) for part in text.split(b","))
    if role == "method":
        return _METHOD.fullmatch(text) is not None
    if role in ("target", "path"):
        return TARGET.fullmatch(text) is not None or _AUTHORITY.fullmatch(text) is not None
    if role == "referer":
        return b"://" in text
    return True
