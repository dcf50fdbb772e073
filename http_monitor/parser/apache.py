"""Parses the lines that an Apache LogFormat string describes."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from http_monitor.parser.account import Account
from http_monitor.parser.clf_time import decode_time
from http_monitor.parser.line import MAX_SIZE, Entry, dash_to_none
from http_monitor.parser.logformat import Directive, split_logformat
from http_monitor.parser.pattern import find_places, lenient_pattern, lenient_pieces, strict_pattern
from http_monitor.parser.request import METHOD, NO_REQUEST, Request, classify, split_request
from http_monitor.parser.roles import Role, duration_unit_us, find_roles
from http_monitor.parser.rows import rows_of
from http_monitor.records import Batch
from http_monitor.settings import MAX_LINE_BYTES

KIND = "custom"
"""The kind of a batch that a LogFormat read."""

_UNKNOWN_HOST = b"-"
_NO_STATUS = 0

_DIGITS = re.compile(rb"[0-9]{1,18}")
_Values = dict[str, bytes]


class ApacheFormat:
    """A format that a LogFormat string gives; a line means the same in any chunk."""

    def __init__(self, text: str, limit: int = MAX_LINE_BYTES) -> None:
        """Take the LogFormat string, and the longest line in bytes without its LF.

        Raises:
            UsageError: it cannot be read, or has no time.
        """
        self._text = text
        self._limit = limit
        self._parts = split_logformat(text)
        self._roles = find_roles(part for part in self._parts if isinstance(part, Directive))
        self._places = find_places(self._parts, self._roles)
        self._strict = strict_pattern(self._places)
        self._pieces = lenient_pieces(self._places)
        self._lenient = lenient_pattern(self._pieces, self._places)
        self._unit_us = duration_unit_us(self._roles["duration"]) if "duration" in self._roles else 0

    @property
    def name(self) -> str:
        """The LogFormat string."""
        return self._text

    def gives(self, role: Role) -> bool:
        """Return whether a directive gives this field of a row; a host or status that none gives is made up."""
        return role in self._roles

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; what follows the last LF is a line too."""
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        account = Account(self._limit)
        texts = (raw.removesuffix(b"\r") if len(raw) <= self._limit else b"" for raw in lines)
        found = self._match(list(texts))
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
        if len(line) > self._limit:
            return f"column {self._limit + 1}: a line longer than {self._limit} bytes"
        line = line.removesuffix(b"\r")
        values = self._match([line])[0]
        if values is None:
            fitting, part = self._longest_start(line)
            what = f"{part.text} of" if isinstance(part, Directive) else f"{part!r} of"
            return f"column {fitting + 1}: not {what} the LogFormat"
        time_us = self._time_us(values)
        if isinstance(time_us, str):
            return f"column {line.find(values['time']) + 1}: {time_us}"
        return "" if self._entry(values) else f"column {line.find(values['size']) + 1}: a size beyond 63 bits"

    def _match(self, lines: list[bytes]) -> list[_Values | None]:
        """Return the fields of each line; None for one that does not fit."""
        strict = self._strict
        matches = [strict.fullmatch(line) if strict else None for line in lines]
        found = [match.groupdict() if match else None for match in matches]
        others = [index for index, values in enumerate(found) if values is None]
        for index, values in zip(others, _extract([lines[index] for index in others], self._lenient), strict=True):
            found[index] = values
        return found

    def _longest_start(self, line: bytes) -> tuple[int, str | Directive]:
        """Return how many bytes fit the LogFormat at most, and the part of it that does not follow them."""
        for count in range(len(self._pieces) - 1, 0, -1):
            values = _extract([line], lenient_pattern(self._pieces[:count]))[0]
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


def _extract(lines: Iterable[bytes], pattern: str) -> list[_Values | None]:
    """Return the named groups of each line, None for one that does not match."""
    found: Any = pc.extract_regex(pa.array(lines, pa.binary()), pattern=pattern)
    values: list[_Values | None] = found.to_pylist()
    return values


def _request(values: _Values) -> Request:
    if "request" in values:
        return split_request(values["request"])
    method = values.get("method", b"")
    target = values.get("path", b"") + values.get("query", b"")
    named = dash_to_none(method) if METHOD.fullmatch(method) else None
    return (classify(method, target) if target else NO_REQUEST)._replace(method=named)
