"""Reads one line of the Common Log Format family, whatever bytes it holds."""

import re
from typing import NamedTuple

from http_monitor.parser.clf_time import decode_time
from http_monitor.parser.request import split_request
from http_monitor.parser.shape import Shape, kind_of
from http_monitor.parser.vhost import stands_in_front, vhost_name
from http_monitor.records import LACKS_AGENT

MAX_SIZE = (1 << 63) - 1


class Entry(NamedTuple):
    """A well-formed line; the fields up to `lacks` are the columns of `records.SCHEMA`, in its order."""

    time_us: int
    host: bytes
    section: bytes
    path: bytes | None
    method: bytes | None
    user: bytes | None
    referer: bytes | None
    agent: bytes | None
    status: int
    size_bytes: int | None
    duration_us: int | None = None
    upstream_us: int | None = None
    bytes_in: int | None = None
    vhost: bytes | None = None
    cache: bytes | None = None
    tls: bytes | None = None
    forwarded: bytes | None = None
    source: bytes | None = None
    lacks: int | None = None
    kind: str = ""
    """``common``, ``vhost_combined``, …: what this line is."""


class Misfit(NamedTuple):
    """Why a line is malformed."""

    column: int
    """The byte at which it stops to fit, from 1."""
    reason: str


# All of these are linear in the line: what a repetition gives back never fits what follows it.
_QUOTED = rb'"([^"\\]*+(?:\\.[^"\\]*+)*)"'
_FIELD = rb"[^ \t]++[ \t]++"
_NOT_TIME = rb"(?!\[)" + _FIELD
_HEAD = re.compile(
    rb"[ \t]*+([^ \t]++)[ \t]++([^ \t]++)[ \t]++([^ \t]++)[ \t]++((?:" + _NOT_TIME + rb")*)(?=\[)", re.DOTALL
)
_VHOST_HEAD = re.compile(
    rb"[ \t]*+([^ \t]++)[ \t]++([^ \t]++)[ \t]++([^ \t]++)[ \t]++(" + _FIELD + rb"(?:" + _NOT_TIME + rb")*)(?=\[)",
    re.DOTALL,
)
_TIME = re.compile(rb"\[[^\]]{1,30}\]", re.DOTALL)
_REQUEST = re.compile(rb"[ \t]++" + _QUOTED, re.DOTALL)
_STATUS = re.compile(rb"[ \t]++([1-9][0-9]{2})(?=[ \t]|\Z)")
_SIZE = re.compile(rb"[ \t]++(?:(-)|([0-9]++))(?=[ \t]|\Z)")
_PAIR = re.compile(rb"[ \t]++" + _QUOTED + rb"[ \t]++" + _QUOTED, re.DOTALL)


def parse_line(line: bytes, shape: Shape) -> Entry | Misfit:
    """Return the fields of a line, or where and why it does not fit.

    Args:
        line: Without its LF and the CR before that; not blank.
        shape: The format it should have.
    """
    head = (_VHOST_HEAD if shape.vhost == "always" else _HEAD).match(line)
    if head is None:
        before = "vhost, host, ident and user" if shape.vhost == "always" else "host, ident and user"
        return Misfit(len(line) + 1, f"no time in [ ] after {before}")
    time = _TIME.match(line, head.end())
    time_us = decode_time(time[0]) if time else "a time that is not like [10/Oct/2000:13:55:36 -0700]"
    if time is None or isinstance(time_us, str):
        return Misfit(head.end() + 1, str(time_us))
    request = _REQUEST.match(line, time.end())
    if request is None:
        return _misfit(line, time.end(), 'no request in " " after the time')
    status = _STATUS.match(line, request.end())
    if status is None:
        return _misfit(line, request.end(), "no status of three digits (100–999)")
    size = _SIZE.match(line, status.end())
    if size is None:
        return _misfit(line, status.end(), "a size that is neither - nor digits")
    # Python refuses to convert thousands of digits, so leading zeros go first.
    digits = (size[2] or b"").lstrip(b"0")
    if len(digits) > 19 or int(digits or b"0") > MAX_SIZE:
        return _misfit(line, status.end(), "a size beyond 63 bits")
    pair = _PAIR.match(line, size.end()) if shape.pair else None
    has_vhost = shape.vhost == "always" or (
        shape.vhost == "auto" and bool(head[4]) and stands_in_front(head[1], head[2])
    )
    # The user is what is left before the time; it may hold separators.
    user = line[head.start(4 if has_vhost else 3) : head.end()].rstrip(b" \t")
    split = split_request(request[1])
    return Entry(
        time_us=time_us,
        host=head[2] if has_vhost else head[1],
        section=split.section,
        path=split.path,
        method=split.method,
        user=dash_to_none(user),
        referer=dash_to_none(pair[1]) if pair else None,
        agent=dash_to_none(pair[2]) if pair else None,
        status=int(status[1]),
        size_bytes=None if size[1] else int(digits or b"0"),
        lacks=None if pair else LACKS_AGENT,
        vhost=vhost_name(head[1]) if has_vhost else None,
        kind=kind_of(has_vhost, pair is not None),
    )


Spans = list[tuple[int, int]]


def spans_of(line: bytes, shape: Shape) -> tuple[bool, Spans]:
    """Return whether a vhost stands in front, and where the fields are, as far as the line fits.

    Args:
        line: As for `parse_line`.
        shape: The format it should have.
    """
    head = (_VHOST_HEAD if shape.vhost == "always" else _HEAD).match(line)
    if head is None:
        return shape.vhost == "always", []
    four = shape.vhost == "always" or (shape.vhost == "auto" and bool(head[4]) and stands_in_front(head[1], head[2]))
    user_at = head.start(4 if four else 3)
    spans = [head.span(group) for group in ((1, 2, 3) if four else (1, 2))]
    spans.append((user_at, user_at + len(line[user_at : head.end()].rstrip(b" \t"))))
    at = head.end()
    for pattern, group in ((_TIME, 0), (_REQUEST, 1), (_STATUS, 1), (_SIZE, 0)):
        match = pattern.match(line, at)
        if match is None:
            return four, spans
        start, at = match.span(group)
        spans.append(
            (start + len(line[start:at]) - len(line[start:at].lstrip(b" \t")) if pattern is _SIZE else start, at)
        )
        at = match.end()
    pair = _PAIR.match(line, at) if shape.pair else None
    return four, spans if pair is None else [*spans, pair.span(1), pair.span(2)]


# What is wrong with a field, and what would be right.
_RIGHTED = (
    (" that is neither - nor digits", ": - or digits"),
    (" that is not like ", " like "),
    (" that is not ", " that is "),
    (" not written ", " written "),
    (" that does not exist", " that exists"),
    (" outside ", " within "),
    (" beyond ", " up to "),
)


def expected_of(reason: str) -> str:
    """Return what should stand where a line stops to fit for that reason."""
    if reason.startswith("no "):
        return reason.removeprefix("no ")
    for wrong, right in _RIGHTED:
        if wrong in reason:
            return reason.replace(wrong, right, 1)
    return f"something else than {reason}"


def _misfit(line: bytes, end: int, reason: str) -> Misfit:
    """Return that what follows the separators after a field that ends there does not fit."""
    return Misfit(len(line) - len(line[end:].lstrip(b" \t")) + 1, reason)


def dash_to_none(value: bytes) -> bytes | None:
    """Return None for the dash that a server writes for "absent"."""
    return None if value == b"-" else value
