"""Finds the fields of a line in its text, and gives them their roles."""

import itertools
import re
from collections.abc import Iterator, Mapping

from http_monitor.dashboard.drawing.cells import Cell, Role, key

Values = Mapping[str, bytes | int | None]
"""The values of a row, by the columns of `records.SCHEMA`."""
_SEARCHED_BYTES = 16_384
"""The part of a line in which fields are sought."""
_TIME = re.compile(
    rb"\[\d{1,2}/\w{3}/\d{4}[^\]]{0,40}\]|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d[0-9:.,]{0,20}(?:Z| ?[+-]\d\d:?\d\d)?\]?"
)
_STATUS = re.compile(rb"status\"?\s{0,4}[:=]\s{0,4}\"?(\d{3})(?!\d)", re.IGNORECASE)
_CLASSES: Mapping[int, Role] = {2: "ok", 3: "ok", 4: "client_error", 5: "server_error"}
_MARKS: Mapping[int, str] = {4: "·", 5: "!"}

_Span = tuple[int, int, Role]


def status_role(status: object) -> Role:
    """Return the role of a status."""
    return _CLASSES.get(status // 100, "other_status") if isinstance(status, int) else "other_status"


def status_mark(status: object) -> str:
    """Return ``!`` for a status 5xx, ``·`` for 4xx, else a space."""
    return _MARKS.get(status // 100, " ") if isinstance(status, int) else " "


def line_cells(raw: bytes, values: Values, limit: int | None = None) -> list[Cell]:
    """Return a line in cells, its fields in their roles.

    Args:
        raw: The line.
        values: What it says.
        limit: The bytes of it that are wanted, as more do not fit; None: all.
    """
    stop = len(raw) if limit is None or len(raw) <= limit else _boundary(raw, limit)
    cells: list[Cell] = []
    at = 0
    for start, end, role in _fields(raw[:_SEARCHED_BYTES], values):
        start, end = min(start, stop), min(end, stop)
        if start > at:
            cells.append(Cell(key(raw[at:start])))
        if end > start:
            cells.append(Cell(key(raw[start:end]), role))
        at = max(at, end)
    if at < stop:
        cells.append(Cell(key(raw[at:stop])))
    return [*cells, Cell("…", "dim")] if stop < len(raw) else cells


def _boundary(raw: bytes, at: int) -> int:
    """Return the end of the last character of UTF-8 that ends at or before a place."""
    low = max(0, at - 3)
    return next((end for end in range(at, low, -1) if raw[end] & 0xC0 != 0x80), at)


def _fields(raw: bytes, values: Values) -> list[_Span]:
    """Return the places of fields, ascending, none of which overlap."""
    spans: list[_Span] = []
    for start, end, role in _found(raw, values):
        if start < end and all(end <= first or last <= start for first, last, _ in spans):
            spans.append((start, end, role))
    return sorted(spans)


def _found(raw: bytes, values: Values) -> Iterator[_Span]:
    """Yield the places of fields; of those that overlap, the first one counts."""
    time = _TIME.search(raw)
    if time is not None:
        yield (*time.span(), "field_time")
    host = _place(raw, values.get("host"))
    yield (*host, "field_host")
    method = _place(raw, values.get("method"), host[1])
    method = _place(raw, values.get("method")) if method == (0, 0) else method
    yield (*method, "field_method")
    path = _path(raw, values.get("path"), method[1])
    yield (*path, "field_path")
    status = values.get("status")
    yield (*_status(raw, status, path[1] or method[1]), status_role(status))
    agent = values.get("agent")
    if isinstance(agent, bytes) and agent:
        at = raw.rfind(agent)
        yield max(0, at), max(0, at + len(agent)) if at >= 0 else 0, "field_agent"
    yield (*_place(raw, values.get("user"), host[1]), "accent")
    yield (*_place(raw, values.get("vhost")), "field_host")


def _path(raw: bytes, path: object, start: int) -> tuple[int, int]:
    if not isinstance(path, bytes) or not path:
        return 0, 0
    for first, before in itertools.product((start, 0), (b" ", b'"', b"")):
        at = raw.find(before + path, first)
        if at >= 0:
            return at + len(before), at + len(before) + len(path)
    return 0, 0


def _status(raw: bytes, status: object, start: int) -> tuple[int, int]:
    if not isinstance(status, int) or status <= 0:
        return 0, 0
    written = b"%d" % status
    named = _STATUS.search(raw)
    if named is not None and named[1] == written:
        return named.span(1)
    return _place(raw, written, start)


def _place(raw: bytes, value: object, start: int = 0) -> tuple[int, int]:
    """Return where a value stands that is no part of a longer word; (0, 0): nowhere."""
    if not isinstance(value, bytes) or not value:
        return 0, 0
    at = raw.find(value, start)
    while at >= 0:
        end = at + len(value)
        if not raw[max(0, at - 1) : at].isalnum() and not raw[end : end + 1].isalnum():
            return at, end
        at = raw.find(value, at + 1)
    return 0, 0
