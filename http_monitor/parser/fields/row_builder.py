"""Builds a row, or named values, from the texts of a line's fields, for all formats."""

from collections.abc import Sequence
from typing import NamedTuple

from http_monitor.explanation import Value
from http_monitor.parser.fields.client_list import first_address
from http_monitor.parser.fields.durations import read_duration
from http_monitor.parser.fields.entry import NO_STATUS, NO_STATUS_TEXTS, Entry
from http_monitor.parser.fields.field import Field, Role
from http_monitor.parser.fields.hosts import client_of
from http_monitor.parser.fields.request import METHOD, NO_REQUEST, Request, classify, split_request
from http_monitor.parser.fields.scalars import MAX_NUMBER, read_count, read_day, read_time
from http_monitor.parser.fields.strptime import reader_of
from http_monitor.parser.fields.vhost import is_name_and_port, vhost_name
from http_monitor.parser.fields.zones import UNZONED_US
from http_monitor.records import LACKS_AGENT, LACKS_SIZE, UNTIMED_US

Texts = Sequence[bytes | None]
"""The text of each field of a format, in order; None if a line has none."""

_ABSENT = (None, b"", b"-")
_NUMBERS = ("port", "status", "size", "bytes_in")
_DURATIONS = ("duration", "upstream")
_NAMES: dict[Role, str] = {
    "size": "size_bytes",
    "duration": "duration_us",
    "upstream": "upstream_us",
}
_OWN_NAME: tuple[Role, ...] = ("tls", "forwarded")
_SPLIT: tuple[Role, ...] = ("request", "target", "path", "query")
_TIMES: tuple[Role, ...] = ("time", "date", "clock", "moment")
_TEXTS: tuple[Role, ...] = ("user", "referer", "agent")


class Wrong(NamedTuple):
    """Why a line is malformed although all of its fields were found."""

    field: int
    """Index of the invalid field."""
    reason: str


class Meaning:
    """The meaning of the fields of a format. Of several fields with one role the first with a text counts."""

    def __init__(self, fields: Sequence[Field], kind: str, *, keeps_empty: bool = False) -> None:
        """Take the fields of a format.

        Args:
            fields: The fields, in the order of their texts.
            kind: Kind of batches of such lines.
            keeps_empty: An empty user, referer or agent is a value, as in the family; only a dash is none.
        """
        self._absent: dict[Role, tuple[bytes | None, ...]] = {"status": (None, *NO_STATUS_TEXTS)}
        if keeps_empty:
            self._absent |= {role: (None, b"-") for role in _TEXTS}
        self._fields = tuple(fields)
        self._kind = kind
        self._places: dict[Role, list[int]] = {}
        for index, field in enumerate(self._fields):
            if field.role is not None:
                self._places.setdefault(field.role, []).append(index)
        self.timeless = not {"time", "date", "moment"} & set(self._places)
        """No field gives a time."""
        self._moments = self._places.get("moment", [])
        if self._moments:
            self._read_moment = reader_of([self._fields[index].pattern for index in self._moments])
        self._is_address = {index for index in self._places.get("host", ()) if fields[index].writing == "addresses"}
        self._adding_up = [index for index, field in enumerate(self._fields) if field.adds_up]

    def has(self, role: Role) -> bool:
        """Return whether a field has this role."""
        return role in self._places

    def entry(self, texts: Texts) -> Entry | Wrong:
        """Return the row of a line; its time is `UNTIMED_US` where no field gives any."""
        time_us = self._time_us(texts)
        if isinstance(time_us, Wrong):
            return time_us
        status_text, status_at = self._text(texts, "status")
        status = NO_STATUS
        if status_text is not None:
            if len(status_text) != 3 or not status_text.isdigit() or status_text < b"100":
                return Wrong(status_at, "no status of three digits (100–999)")
            status = int(status_text)
        counts: list[int | None] = []
        for role in ("size", "bytes_in"):
            text, at = self._text(texts, role)
            number = None if text is None else read_count(text)
            if text is not None and number is None:
                return Wrong(at, "a size that is neither - nor digits within 63 bits")
            counts.append(number)
        request = self._request(texts)
        vhost, _ = self._text(texts, "vhost")
        client = client_of(self._host(texts) or b"-")
        return Entry(
            time_us=time_us,
            host=client.host,
            section=request.section,
            path=request.path,
            method=request.method,
            user=self._text(texts, "user")[0],
            referer=self._text(texts, "referer")[0],
            agent=self._text(texts, "agent")[0],
            status=status,
            size_bytes=counts[0],
            duration_us=self._duration_us(texts, "duration"),
            upstream_us=self._duration_us(texts, "upstream"),
            bytes_in=counts[1],
            vhost=None if vhost is None else vhost_name(vhost),
            cache=self._text(texts, "cache")[0],
            tls=self._text(texts, "tls")[0],
            forwarded=self._text(texts, "forwarded")[0] or client.forwarded,
            lacks=(LACKS_SIZE * self._lacks(texts, "size") + LACKS_AGENT * self._lacks(texts, "agent")) or None,
            kind=self._kind,
        )

    def name_values(self, texts: Texts) -> dict[str, Value]:
        """Return the values of a line that `entry` accepts, by the names of ``--explain --output ndjson``.

        A request is split into ``method``, ``target``, ``path`` (the endpoint), ``section`` and ``protocol``; if it is
        invalid, it is ``request``.
        """
        values: dict[str, Value] = {}
        for field, text in zip(self._fields, texts, strict=True):
            role = field.role
            if field.adds_up:
                values.setdefault("duration_us", self._duration_us(texts, "duration"))
            if role in _TIMES:
                if "time" not in values:
                    values["time"] = self._named_time(texts)
            elif role in ("request", "method", "target", "path", "query", "protocol"):
                if "section" not in values:
                    values |= self._named_request(texts)
            elif role == "vhost" and text is not None and is_name_and_port(text):
                name, _, port = text.rpartition(b":")
                values.setdefault("vhost", name)
                values.setdefault("port", read_count(port))
            elif values.get(shown_name(field)) is None:
                values[shown_name(field)] = _value(field, text)
        return values

    def _text(self, texts: Texts, role: Role) -> tuple[bytes | None, int]:
        """Return the text of a role (None if absent or a dash), and the index of its field."""
        places = self._places.get(role, ())
        absent = self._absent.get(role, _ABSENT)
        for index in places:
            if texts[index] not in absent:
                return texts[index], index
        return None, places[0] if places else 0

    def _lacks(self, texts: Texts, role: Role) -> bool:
        """Return whether no field has a text for a role, not even a dash."""
        return self._text(texts, role)[0] is None and all(texts[at] != b"-" for at in self._places.get(role, ()))

    def _host(self, texts: Texts) -> bytes | None:
        text, at = self._text(texts, "host")
        return text if text is None or at not in self._is_address else first_address(text)

    def _time_us(self, texts: Texts) -> int | Wrong:
        if self.timeless:
            return UNTIMED_US
        if self._moments:
            moment_us = self._read_moment(tuple(texts[index] or b"" for index in self._moments))
            return Wrong(self._moments[0], moment_us) if isinstance(moment_us, str) else moment_us
        date, date_at = self._text(texts, "date")
        if date is not None:
            clock, clock_at = self._text(texts, "clock")
            time_us = read_day(date, clock or b"")
            if not isinstance(time_us, str) and time_us >= UNZONED_US and self._fields[date_at].writing == "utc":
                time_us -= UNZONED_US
            return Wrong(date_at if clock is not None else clock_at, time_us) if isinstance(time_us, str) else time_us
        if not self.has("time"):
            return Wrong(date_at, "no date")
        text, at = self._text(texts, "time")
        if text is None and self._fields[at].writing == "any":
            return Wrong(at, "no time in place of null, NaN or nothing")
        time_us = read_time(text or b"", self._fields[at].writing)
        return Wrong(at, time_us) if isinstance(time_us, str) else time_us

    def _named_time(self, texts: Texts) -> int | None:
        time_us = self._time_us(texts)
        return None if isinstance(time_us, Wrong) else time_us

    def _duration_us(self, texts: Texts, role: Role) -> int | None:
        if role == "duration" and self._adding_up:
            return self._sum_us(texts)
        text, at = self._text(texts, role)
        return None if text is None else read_duration(text, self._fields[at].writing)

    def _sum_us(self, texts: Texts) -> int | None:
        total = 0
        for index in self._adding_up:
            duration_us = read_duration(texts[index] or b"", self._fields[index].writing)
            if duration_us is None:
                return None
            total += duration_us
        return total if total <= MAX_NUMBER else None

    def _request(self, texts: Texts) -> Request:
        whole, _ = self._text(texts, "request")
        if whole is not None:
            return split_request(whole)
        method, target = self._parts(texts)
        named = method if method is not None and METHOD.fullmatch(method) else None
        return (classify(named or b"", target) if target else NO_REQUEST)._replace(method=named)

    def _parts(self, texts: Texts) -> tuple[bytes | None, bytes]:
        """Return the method and the target, if they are separate fields."""
        method, _ = self._text(texts, "method")
        target, _ = self._text(texts, "target")
        if target is None:
            path, _ = self._text(texts, "path")
            query, _ = self._text(texts, "query")
            if path is not None and query is not None and b"?" not in path:
                path += (b"" if query.startswith(b"?") else b"?") + query
            target = path
        return method, target or b""

    def _named_request(self, texts: Texts) -> dict[str, Value]:
        whole, _ = self._text(texts, "request")
        request = self._request(texts)
        protocol, _ = self._text(texts, "protocol")
        if whole is None:
            values: dict[str, Value] = {"method": request.method, "target": self._parts(texts)[1] or None}
        elif request.method is None:
            values = {"method": None, "target": None, "request": whole}
        else:
            rest = whole.partition(b" ")[2]
            target, _, version = (b" " + rest).rpartition(b" ")
            if version.startswith(b"HTTP/"):
                protocol, rest = version, target[1:]
            values = {"method": request.method, "target": rest}
        return values | {"path": request.path, "section": request.section, "protocol": protocol}


def shown_name(field: Field) -> str:
    """Return the name in `Meaning.name_values` under which a field is shown; its own if there are several or none."""
    if field.role is None or field.role in _OWN_NAME or field.role in _SPLIT:
        return field.name
    return "time" if field.role in _TIMES else _NAMES.get(field.role, field.role)


def _value(field: Field, text: bytes | None) -> Value:
    if text is None or text == b"-" or (field.role == "status" and text in NO_STATUS_TEXTS):
        return None
    if field.role == "host":
        host = client_of(first_address(text) if field.writing == "addresses" else text).host
        return None if host in _ABSENT else host
    if field.role in _NUMBERS:
        return read_count(text)
    if field.role in _DURATIONS:
        return read_duration(text, field.writing)
    if field.writing == "addresses":
        return first_address(text)
    return text
