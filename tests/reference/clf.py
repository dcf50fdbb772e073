"""The slow, obvious reader of the Common Log Format family: what a line means, one byte after the other.

It is the oracle of the fast parser, so it shares nothing with it: no regular expressions, no columns. The rules
are those of Apache's mod_log_config documentation and of nginx's predefined ``combined`` format, read tolerantly.
"""

import datetime
import ipaddress
from dataclasses import dataclass, field

from http_monitor.settings import MAX_LINE_BYTES

FORMATS = ("auto", "common", "combined", "vhost_common", "vhost_combined")
"""The names `parse_line` and `parse_log` take."""

_SEPARATORS = b" \t"
_DIGITS = b"0123456789"
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_METHOD_BYTES = _LETTERS + b"_-"
_SCHEME_BYTES = _LETTERS + _DIGITS + b"+.-"
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
_GREATEST_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """A well-formed line."""

    line_no: int
    """Its number among the non-blank lines, from 1."""
    time_us: int
    """Microseconds since the epoch, UTC."""
    host: bytes
    section: bytes
    path: bytes | None
    """The endpoint; None in section ``(none)``."""
    method: bytes | None
    user: bytes | None
    referer: bytes | None
    agent: bytes | None
    status: int
    size_bytes: int | None
    """None for ``-``."""
    vhost: bytes | None = None
    """Without its port; None for ``-`` and where no vhost stands in front."""
    duration_us: int | None = None
    """Always None in the common family, as the following are."""
    upstream_us: int | None = None
    bytes_in: int | None = None
    cache: bytes | None = None
    tls: bytes | None = None
    source: bytes | None = None
    lacks: int | None = None
    """2 where the line has no agent, not even a dash."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What all lines of a log mean."""

    rows: list[Row]
    lines: int
    """Non-blank lines."""
    malformed: list[int]
    """Numbers, among the non-blank lines, of those that do not fit."""
    oversized: list[int]
    """Numbers of the malformed lines that are longer than the limit."""
    kind: str | None
    """``common``, ``combined``, ``vhost_common`` or ``vhost_combined``: the first well-formed line; None without."""
    filtered: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=list)
    """Numbers of the lines that fit and are not to be counted; reading them gives none."""


class _NoFit(Exception):
    """The line does not fit the format."""


class _Reader:
    """A position in a line; one parse owns it."""

    def __init__(self, line: bytes) -> None:
        self.line = line
        self.at = 0

    def ended(self) -> bool:
        return self.at == len(self.line)

    def sees(self, one_of: bytes) -> bool:
        return not self.ended() and self.line[self.at] in one_of

    def expect(self, literal: bytes) -> None:
        if self.line[self.at : self.at + len(literal)] != literal:
            raise _NoFit
        self.at += len(literal)

    def skip_separators(self) -> None:
        while self.sees(_SEPARATORS):
            self.at += 1

    def expect_separators(self) -> None:
        if not self.sees(_SEPARATORS):
            raise _NoFit
        self.skip_separators()

    def field(self) -> bytes:
        start = self.at
        while not self.ended() and not self.sees(_SEPARATORS):
            self.at += 1
        return self.line[start : self.at]

    def number(self, least_digits: int, most_digits: int) -> int:
        start = self.at
        while self.sees(_DIGITS) and self.at - start < most_digits:
            self.at += 1
        if self.at - start < least_digits:
            raise _NoFit
        return int(self.line[start : self.at])

    def quoted(self) -> bytes:
        self.expect(b'"')
        start = self.at
        while not self.ended():
            if self.sees(b'"'):
                self.at += 1
                return self.line[start : self.at - 1]
            self.at += 2 if self.sees(b"\\") else 1
            self.at = min(self.at, len(self.line))
        raise _NoFit


def parse_log(data: bytes, format_name: str = "auto") -> Parsed:
    """Return what the lines of `data` mean; a last line without LF counts."""
    rows: list[Row] = []
    malformed: list[int] = []
    oversized: list[int] = []
    kind = None
    line_no = 0
    for line in data.split(b"\n"):
        too_long = len(line) > MAX_LINE_BYTES
        # Who hands over a longer line may have cut it, so that nobody knows whether it was blank.
        if not too_long and (not line or line.isspace()):
            continue
        line_no += 1
        read = None if too_long else _read(line, format_name, line_no)
        if read is None:
            malformed.append(line_no)
            if too_long:
                oversized.append(line_no)
            continue
        rows.append(read[0])
        kind = kind or read[1]
    return Parsed(rows, line_no, malformed, oversized, kind)


def parse_line(line: bytes, format_name: str = "auto") -> Row | None:
    """Return what a line without its LF means (a CR at its end is part of the line end), or None: malformed."""
    if len(line) > MAX_LINE_BYTES:
        return None
    read = _read(line, format_name, 1)
    return read and read[0]


def _read(line: bytes, format_name: str, line_no: int) -> tuple[Row, str] | None:
    if format_name not in FORMATS:
        raise ValueError(format_name)
    if line[-1:] == b"\r":
        line = line[:-1]
    try:
        return _read_line(_Reader(line), format_name, line_no)
    except _NoFit:
        return None


def _read_line(reader: _Reader, format_name: str, line_no: int) -> tuple[Row, str]:
    always_vhost = format_name in ("vhost_common", "vhost_combined")
    fields: list[bytes] = []
    starts: list[int] = []
    ends: list[int] = []
    reader.skip_separators()
    while not (len(fields) >= (4 if always_vhost else 3) and reader.sees(b"[")):
        if reader.ended():
            raise _NoFit
        starts.append(reader.at)
        fields.append(reader.field())
        ends.append(reader.at)
        reader.skip_separators()
    vhost = always_vhost or (format_name == "auto" and _has_vhost(fields))
    host_no = 1 if vhost else 0
    user = reader.line[starts[host_no + 2] : ends[-1]]
    time_us = _read_time(reader)
    reader.expect_separators()
    request = reader.quoted()
    reader.expect_separators()
    status = reader.number(3, 3)
    if status < 100:
        raise _NoFit
    reader.expect_separators()
    size_bytes = _size(reader.field())
    pair = None if format_name in ("common", "vhost_common") else _read_pair(reader)
    referer, agent = pair or (None, None)
    method, target = split_request(request)
    section, path = section_and_endpoint(method, target)
    row = Row(
        line_no=line_no,
        time_us=time_us,
        host=fields[host_no],
        section=section,
        path=path,
        method=method,
        user=_unless_dash(user),
        referer=_unless_dash(referer),
        agent=_unless_dash(agent),
        status=status,
        size_bytes=size_bytes,
        lacks=2 if pair is None else None,
        vhost=_unless_dash(_without_port(fields[0])) if vhost else None,
    )
    return row, ("vhost_" if vhost else "") + ("common" if pair is None else "combined")


def _has_vhost(fields: list[bytes]) -> bool:
    """Return whether the first of the fields before the time is a virtual host."""
    if len(fields) < 4:
        return False
    return _is_ip(fields[1], (4, 6)) or (_is_name_and_port(fields[0]) and not _is_ip(fields[0], (6,)))


def _without_port(field: bytes) -> bytes:
    return field[: field.rindex(b":")] if _is_name_and_port(field) and not _is_ip(field, (4, 6)) else field


def _is_ip(field: bytes, versions: tuple[int, ...]) -> bool:
    try:
        return ipaddress.ip_address(field.decode("ascii")).version in versions
    except ValueError:  # UnicodeDecodeError is one
        return False


def _is_name_and_port(field: bytes) -> bool:
    name, colon, port = field.rpartition(b":")
    return name != b"" and colon == b":" and port != b"" and all(byte in _DIGITS for byte in port)


def _read_time(reader: _Reader) -> int:
    reader.expect(b"[")
    day = reader.number(1, 2)
    reader.expect(b"/")
    month_name = reader.line[reader.at : reader.at + 3]
    if month_name not in _MONTHS:
        raise _NoFit
    reader.at += 3
    reader.expect(b"/")
    year = reader.number(4, 4)
    reader.expect(b":")
    hour = reader.number(1, 2)
    reader.expect(b":")
    minute = reader.number(1, 2)
    reader.expect(b":")
    second = reader.number(1, 2)
    reader.expect(b" ")
    if not reader.sees(b"+-"):
        raise _NoFit
    east = reader.sees(b"+")
    reader.at += 1
    zone_hours = reader.number(2, 2)
    zone_minutes = reader.number(2, 2)
    reader.expect(b"]")
    if not 1970 <= year <= 9998 or hour > 23 or minute > 59 or second > 60 or zone_hours > 23 or zone_minutes > 59:
        raise _NoFit
    try:
        days = datetime.date(year, _MONTHS.index(month_name) + 1, day).toordinal() - _EPOCH_DAY
    except ValueError as error:
        raise _NoFit from error
    zone_s = (zone_hours * 60 + zone_minutes) * 60
    wall_s = ((days * 24 + hour) * 60 + minute) * 60 + second
    return (wall_s - zone_s if east else wall_s + zone_s) * 1_000_000


def _size(field: bytes) -> int | None:
    if field == b"-":
        return None
    if not field or not all(byte in _DIGITS for byte in field):
        raise _NoFit
    significant = field.lstrip(b"0") or b"0"
    # Python refuses to convert some thousands of digits; nineteen hold every size that counts.
    if len(significant) > 19 or int(significant) > _GREATEST_SIZE:
        raise _NoFit
    return int(significant)


def _read_pair(reader: _Reader) -> tuple[bytes, bytes] | None:
    try:
        reader.expect_separators()
        referer = reader.quoted()
        reader.expect_separators()
        return referer, reader.quoted()
    except _NoFit:
        return None


def _unless_dash(value: bytes | None) -> bytes | None:
    return None if value == b"-" else value


def split_request(request: bytes) -> tuple[bytes | None, bytes | None]:
    """Return the method and the target of a request, spaces inside the target kept; both None without a target."""
    method, space, rest = request.partition(b" ")
    if not method or not space or not all(byte in _METHOD_BYTES for byte in method):
        return None, None
    words = rest.split(b" ")
    if words[-1].startswith(b"HTTP/"):
        words.pop()
    target = b" ".join(words)
    return (method, target) if target else (None, None)


def section_and_endpoint(method: bytes | None, target: bytes | None) -> tuple[bytes, bytes | None]:
    """Return the section and the endpoint of what `split_request` returned; section ``(none)`` has no endpoint."""
    if target is None:
        return b"(none)", None
    if method == b"CONNECT":
        return b"(connect)", target
    if target == b"*":
        return b"*", b"*"
    resource = target if target.startswith(b"/") else _resource_of_absolute_form(target)
    if resource is None:
        return b"(none)", None
    path = resource.partition(b"?")[0]
    second_slash = path.find(b"/", 1)
    if second_slash < 0:
        return path, path
    return path[:second_slash], path


def _resource_of_absolute_form(target: bytes) -> bytes | None:
    """Return what follows the authority (RFC 3986, section 3.2), ``/`` where that is no path; None: another form."""
    scheme, colon_slashes, after = target.partition(b"://")
    if not colon_slashes or not scheme or scheme[0] not in _LETTERS or not all(c in _SCHEME_BYTES for c in scheme):
        return None
    for at, byte in enumerate(after):
        if byte in b"/?#":
            return after[at:] if byte == ord("/") else b"/"
    return b"/"
