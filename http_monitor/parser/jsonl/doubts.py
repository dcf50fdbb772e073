"""Finds keys of a JSON log that are not read although their names or values look meaningful."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

from http_monitor.parser.fields.field import Field, Role
from http_monitor.parser.fields.hosts import is_address
from http_monitor.parser.fields.scalars import read_time
from http_monitor.parser.jsonl.key_book import Object
from http_monitor.parser.jsonl.key_names import expand, fold
from http_monitor.parser.jsonl.key_table import DURATIONS
from http_monitor.parser.jsonl.layout import Layout
from http_monitor.parser.jsonl.values import TARGET, can_be, is_nothing, text_of
from http_monitor.units import visible_text

SEVERAL_LINES = (
    "lines with a request and no status count, beside lines that have a status: if several are of one request, it "
    "counts more than once (--filter 'status != none' counts only lines with a status)"
)
"""The remark on a log with both kinds of lines."""
_WHAT: Mapping[Role, str] = {
    "time": "the time",
    "status": "the status",
    "host": "the client",
    "target": "the target of the request",
    "method": "the method",
    "size": "the size",
    "duration": "the duration",
    "agent": "the user agent",
}
_TIME_WORDS = frozenset(
    (
        *("time", "date", "datetime", "timestamp", "ts", "stamp", "start", "started", "begin", "end", "finished"),
        *("received", "created", "logged", "completed", "at", "when", "epoch", "unixtime", "unix"),
    )
)
_NO_TIME_WORDS = frozenset(("expires", "expiry", "modified", "birth", "valid", "since", "until", "build", "deploy"))
_ASKED: tuple[Role, ...] = ("request", "target", "path")
_MAX_KEYS = 200
_MAX_DEPTH = 4
_STATUSES = frozenset(
    (
        b"200 201 202 204 206 301 302 303 304 307 308 400 401 403 404 405 409 410 413 422 429 499 500 501 502 503 504"
    ).split()
)
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_NUMBER = re.compile(rb"[0-9]+(?:\.[0-9]+)?(?:[eE]-?[0-9]{1,2})?")
_LENGTH = re.compile(rb"(?:[0-9]+(?:\.[0-9]*)? ?(?:ns|us|\xc2\xb5s|\xce\xbcs|ms|s|m|h))+")
"""A length of time with a unit of its own."""
_AGENT = re.compile(
    rb"(?:Mozilla|Opera|curl|Wget|python-requests|Go-http-client|okhttp|PostmanRuntime)/[0-9].*", re.DOTALL
)
_METHODS = frozenset(b"GET POST HEAD PUT DELETE PATCH OPTIONS".split())
_PASTED = re.compile(r"[\w.@:/\[\]#$-]+(?: [\w.@:/\[\]#$-]+)*")
_OTHERS_STATUS = frozenset(
    (
        *("upstream", "backend", "origin", "grpc", "exit", "error"),
        *("country", "zip", "post", "level", "severity", "process"),
    )
)
_SERVERS = frozenset(
    (
        *("server", "local", "upstream", "backend", "origin", "node"),
        *("pod", "listener", "destination", "dst", "proxy", "service"),
    )
)
_SIZES = frozenset(("size", "bytes", "length", "len", "sent", "written"))
_NO_SIZE = frozenset(
    (
        *("request", "req", "in", "received", "upstream"),
        *("header", "headers", "max", "limit", "body_in"),
    )
)
_TIMES = frozenset(
    (
        *("time", "duration", "latency", "elapsed", "took", "taken"),
        *("ms", "msec", "millis", "milliseconds", "us", "usec", "micros", "microseconds", "nanos", "nanoseconds", "ns"),
    )
)
_NO_TIMES = frozenset(
    (
        *("upstream", "backend", "origin", "connect", "queue", "db", "view", "cpu"),
        *("start", "end", "date", "zone", "stamp", "unix", "utc", "local", "first", "ttfb"),
        *("timeout", "deadline", "ttl", "interval", "age", "uptime", "delay", "retry", "wait", "expires", "idle"),
    )
)
_BASES = frozenset(map(fold, expand(DURATIONS)))


class _Key(NamedTuple):
    """A key that is not read."""

    raw: str
    """Its path with dots."""
    words: frozenset[str]
    text: bytes


def doubt(found: Object, layout: Layout, texts: Sequence[bytes | None]) -> str | None:
    """Return a remark on keys that look like something an object otherwise lacks, and a format that reads them.

    Args:
        found: The object of a line.
        layout: Its layout.
        texts: The texts of the layout's candidates.
    """
    said = {field.role: field for field, text in zip(layout.fields, texts, strict=True) if text is not None}
    client = said.get("vhost")
    if client is not None and "host" not in said and is_address(layout.text(texts, "vhost") or b""):
        del said["vhost"]  # an address may be that of a server or of a client
    used = {field.name for field in said.values()}
    decimals = {one.field.name for one in layout.candidates if one.field.writing == "decimal"}
    # A program that writes 0.013 may write 0 for 0.000.
    keys = [key for key in _keys(found) if key.raw not in used and not (key.text == b"0" and key.raw in decimals)]
    likely: dict[Role, str] = {}
    for role in _WHAT:
        if role != "time" and not _is_said(role, said) and not _is_known(role, layout):
            key = next((key for key in keys if _looks_like(role, key)), None)
            if key is not None:
                likely[role] = key.raw
                keys.remove(key)
    if not likely:
        return None
    return _describe_unread(said, likely)


def doubt_of_time(found: Object, layout: Layout, texts: Sequence[bytes | None]) -> str | None:
    """Return a key of an object without a time that looks like one, with the format that reads it.

    Args:
        found: The object of a line that is not read.
        layout: The layout of the object.
        texts: The texts of the layout's candidates.
    """
    said = {field.role: field for field, text in zip(layout.fields, texts, strict=True) if text is not None}
    for key in _keys(found):
        named = key.words & _TIME_WORDS or b"-" in key.text[4:8]
        if named and not key.words & _NO_TIME_WORDS and isinstance(read_time(key.text, "any"), int):
            return _describe_unread(said, {"time": key.raw})
    return None


def _describe_unread(said: Mapping[Role | None, Field], likely: Mapping[Role, str]) -> str:
    """Return the sentence on keys that are not read."""
    given = ",".join(
        [*_read_keys(said), *(f"{role}{'/ms' * (role == 'duration')}={key}" for role, key in likely.items())]
    )
    names = " and ".join(f"{visible_text(key)}, which looks like {_WHAT[role]}" for role, key in likely.items())
    unit = "" if "duration" not in likely else " (or with duration/s, /us or /ns: the unit is not known)"
    return f"these keys are not read: {names}; --format {shlex.quote(f'json:{given}')} reads them{unit}"


def _is_said(role: Role, said: Mapping[Role | None, Field]) -> bool:
    if role == "method":
        return "method" in said or "request" in said
    return any(one in said for one in _ASKED) if role == "target" else role in said


def _is_known(role: Role, layout: Layout) -> bool:
    """Return whether a key gives the role, though not in this line."""
    # A key that is a duration only if its value has a unit does not count.
    candidates = [layout.candidates[index] for index in layout.places.get(role, ())]
    return any(not one.vague and one.field.writing not in ("decimal", "unit") for one in candidates)


def _read_keys(said: Mapping[Role | None, Field]) -> Iterator[str]:
    """Yield the keys that are read, in the syntax of --format."""
    for role in get_args(Role):
        field = said.get(role)
        if field is None or not _PASTED.fullmatch(field.name):
            continue
        unit = ""
        if role in ("duration", "upstream"):
            unit = "/" + {"unit": "ms", "nginx": "s", "decimal": "s"}.get(field.writing, field.writing)
        yield f"{role}{unit}={field.name}"


def _keys(found: Object) -> Iterator[_Key]:
    """Yield the scalars of an object that a user can name, the shallow ones first."""
    level: list[tuple[str, Object]] = [("", found)]
    count = 0
    for _ in range(_MAX_DEPTH):
        below: list[tuple[str, Object]] = []
        for way, one in level:
            for key, value in one.items():
                count += 1
                if count > _MAX_KEYS:
                    return
                raw = way + key
                if isinstance(value, dict):
                    below.append((raw + ".", value))
                    continue
                text = text_of(value, None)
                if text and len(text) <= 4_096 and _PASTED.fullmatch(raw):
                    yield _Key(raw, frozenset(word.lower() for word in _WORD.findall(raw)), text)
        level = below


def _looks_like(role: Role, key: _Key) -> bool:
    words, text = key.words, key.text
    field = Field(key.raw, role)
    if role == "status":
        named = bool(words & {"status", "code", "rc", "st"}) and not words & _OTHERS_STATUS
        if named:
            return can_be(text, field, vague=True) and text < b"600"
        return text in _STATUSES and not words & (_SIZES | _TIMES | _OTHERS_STATUS | {"port", "id", "version", "count"})
    if role == "host":
        return is_address(text) and not words & _SERVERS
    if role == "target":
        return TARGET.fullmatch(text) is not None and not words & {"file", "referer", "referrer", "log", "logger"}
    if role == "method":
        return text in _METHODS
    if role == "agent":
        return _AGENT.fullmatch(text) is not None
    if role == "duration" and _LENGTH.fullmatch(text) and not words & _NO_TIMES:
        return True
    if _NUMBER.fullmatch(text) is None or is_nothing(text, role):
        return False
    if role == "size":
        return bool(words & _SIZES) and not words & _NO_SIZE and text.isdigit()
    last = fold(key.raw.rpartition(".")[2])
    if last in _BASES or fold(key.raw) in _BASES:
        return True
    return bool(words & _TIMES) and not words & _NO_TIMES and len(text.partition(b".")[0]) < 9
