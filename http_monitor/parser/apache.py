"""Parses the lines that an Apache LogFormat string describes."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from http_monitor.parser.account import Account
from http_monitor.parser.clf_time import decode_time
from http_monitor.parser.line import MAX_SIZE, Entry, dash_to_none
from http_monitor.parser.logformat import Directive, split_logformat
from http_monitor.parser.request import METHOD, NO_REQUEST, Request, classify, split_request
from http_monitor.parser.roles import Role, duration_unit_us, find_roles, has_brackets
from http_monitor.parser.rows import rows_of
from http_monitor.records import Batch
from http_monitor.settings import MAX_LINE_BYTES

KIND = "custom"
"""The kind of a batch that a LogFormat read."""

_UNKNOWN_HOST = b"-"
_NO_STATUS = 0

_START = r"(?s)^[ \t]*"
_SEPARATOR = r"[ \t]+"
_TIME = r"\[[^\]]{1,30}\]"
_BARE_TIME = r"[0-9]{1,2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{5,8} [+-][0-9]{4}"
_STATUS = "[1-9][0-9]{2}"
_SIZE = "-|[0-9]+"
_FIELD = r"[^ \t]+?"
_TYPED = tuple(f"{pattern})" for pattern in (_TIME, _BARE_TIME, _STATUS, _SIZE, _FIELD))
_DIGITS = re.compile(rb"[0-9]{1,18}")
_Values = dict[str, bytes]


class ApacheFormat:
    """A LogFormat as one regular expression for RE2, which is linear in the line whatever the line is."""

    def __init__(self, text: str) -> None:
        """Take the LogFormat string.

        Raises:
            UsageError: it cannot be read, or has no time.
        """
        self._text = text
        self._parts = split_logformat(text)
        self._roles = find_roles(part for part in self._parts if isinstance(part, Directive))
        self._pieces = list(self._make_pieces())
        self._pattern = _START + "".join(self._pieces) + self._rest() + "$"
        self._unit_us = duration_unit_us(self._roles["duration"]) if "duration" in self._roles else 0

    @property
    def name(self) -> str:
        """The LogFormat string."""
        return self._text

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; what follows the last LF is a line too."""
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        account = Account()
        texts = (raw.removesuffix(b"\r") if len(raw) <= MAX_LINE_BYTES else b"" for raw in lines)
        found = _extract(texts, self._pattern)
        for index, (raw, values) in enumerate(zip(lines, found, strict=True)):
            if not account.is_candidate(index, raw):
                continue
            entry = self._entry(values) if values else None
            if entry is None:
                account.malformed(index, raw)
            else:
                account.entries.append(entry)
                account.line.append(index)
        return account.batch(rows_of(account.entries), np.array(account.line, np.int64), len(lines), KIND)

    def explain(self, line: bytes) -> str:
        """Return in one short phrase why a line does not fit; empty when it does."""
        if len(line) > MAX_LINE_BYTES:
            return f"column {MAX_LINE_BYTES + 1}: a line longer than {MAX_LINE_BYTES} bytes"
        line = line.removesuffix(b"\r")
        values = _extract([line], self._pattern)[0]
        if values is None:
            fitting, part = self._longest_start(line)
            what = f"{part.text} of" if isinstance(part, Directive) else f"{part!r} of"
            return f"column {fitting + 1}: not {what} the LogFormat"
        time_us = self._time_us(values)
        if isinstance(time_us, str):
            return f"column {line.find(values['time']) + 1}: {time_us}"
        return "" if self._entry(values) else f"column {line.find(values['size']) + 1}: a size beyond 63 bits"

    def _longest_start(self, line: bytes) -> tuple[int, str | Directive]:
        """Return how many bytes fit the LogFormat at most, and the part of it that does not follow them."""
        for count in range(len(self._pieces) - 1, 0, -1):
            values = _extract([line], f"(?P<start>{_START}{''.join(self._pieces[:count])})")[0]
            if values:
                return len(values["start"]), self._parts[count]
        return 0, self._parts[0]

    def _entry(self, values: _Values) -> Entry | None:
        """Return the fields of a line that fits the pattern; None when its time or its size is none."""
        time_us = self._time_us(values)
        size = values.get("size", b"-").lstrip(b"0") or b"0"
        if isinstance(time_us, str) or len(size) > 19 or (size != b"-" and int(size) > MAX_SIZE):
            return None
        request = _request(values)
        return Entry(
            time_us=time_us,
            host=values.get("host", _UNKNOWN_HOST),
            section=request.section,
            path=request.path,
            method=request.method,
            user=dash_to_none(values.get("user", b"-")),
            referer=dash_to_none(values.get("referer", b"-")),
            agent=dash_to_none(values.get("agent", b"-")),
            status=int(values.get("status", _NO_STATUS)),
            size_bytes=None if size == b"-" else int(size),
            duration_us=self._duration_us(values.get("duration", b"-")),
            kind=KIND,
        )

    def _time_us(self, values: _Values) -> int | str:
        time = values["time"]
        return decode_time(time if time.startswith(b"[") else b"[" + time + b"]")

    def _duration_us(self, text: bytes) -> int | None:
        if _DIGITS.fullmatch(text) is None:
            return None
        duration_us = int(text) * self._unit_us
        return duration_us if duration_us <= MAX_SIZE else None

    def _make_pieces(self) -> Iterator[str]:
        """Yield the regular expression of each part; those of the fields that are kept are named."""
        role_of = {directive: role for role, directive in self._roles.items()}
        quoted = False
        for part in self._parts:
            if isinstance(part, str):
                pattern, quoted = _literal(part, quoted)
                yield pattern
            else:
                # Where the same directive stands twice, the first one is kept.
                role = role_of.pop(part, None)
                pattern = _value(part, role, quoted)
                yield f"(?P<{role}>{pattern})" if role else f"(?:{pattern})"

    def _rest(self) -> str:
        """Return what may follow the last part: anything more is ignored, as in the family."""
        last = self._parts[-1]
        if isinstance(last, str):
            return ".*"
        return r"(?:[ \t].*)?" if last in self._roles.values() and self._pieces[-1].endswith(_TYPED) else ""


def _extract(lines: Iterable[bytes], pattern: str) -> list[_Values | None]:
    """Return the named groups of each line, None for one that does not match."""
    found: Any = pc.extract_regex(pa.array(lines, pa.binary()), pattern=pattern)
    values: list[_Values | None] = found.to_pylist()
    return values


def _literal(text: str, quoted: bool) -> tuple[str, bool]:
    """Return the regular expression of a text, and whether a quote is open after it.

    As in the family, a run of spaces or tabs separates; within quotes each counts.
    """
    pattern = ""
    for byte in text.encode("utf-8", "surrogateescape"):
        if byte in b" \t" and not quoted:
            pattern = pattern.removesuffix(_SEPARATOR) + _SEPARATOR
            continue
        quoted ^= byte == ord('"')
        pattern += f"\\x{byte:02x}"
    return pattern, quoted


def _value(directive: Directive, role: Role | None, quoted: bool) -> str:
    """Return the regular expression of what a directive logs."""
    byte = r'(?:[^"\\]|\\.)' if quoted else "."
    if role == "time":
        return _TIME if has_brackets(directive) else _BARE_TIME
    if role == "status":
        return _STATUS
    if role == "size":
        return _SIZE
    if directive.letter == "q":
        return rf"(?:\?{byte}*?)?"
    if role == "host" and not quoted:
        return _FIELD
    return byte + ("*?" if quoted else "+?")


def _request(values: _Values) -> Request:
    if "request" in values:
        return split_request(values["request"])
    method = values.get("method", b"")
    target = values.get("path", b"") + values.get("query", b"")
    named = method if METHOD.fullmatch(method) else None
    return (classify(method, target) if target else NO_REQUEST)._replace(method=named)
