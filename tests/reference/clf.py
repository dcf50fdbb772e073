"""The slow, obvious reader of the Common Log Format family: what a line means, one byte after the other.

It is the oracle of the fast parser, so it shares nothing with it: no regular expressions, no columns. The rules
are those of Apache's mod_log_config documentation and of nginx's predefined ``combined`` format, read tolerantly, and
of what servers write that escape nothing.
"""

import datetime
import ipaddress
from dataclasses import dataclass, field

from http_monitor.choices import DEFAULT_LINE_BYTES

FORMATS = ("auto", "common", "combined", "vhost_common", "vhost_combined")
"""The names `parse_line` and `parse_log` take."""

_SEPARATORS = b" \t"
_DIGITS = b"0123456789"
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_METHOD_BYTES = _LETTERS + b"_-"
_SCHEME_BYTES = _LETTERS + _DIGITS + b"+.-"
_UTC = (b"UTC", b"GMT", b"Z")
_NO_STATUS = (b"000", b"0", b"-", b"-1")
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
    """0 for none."""
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
    forwarded: bytes | None = None
    """What stands in front of the host where the first field is a list of X-Forwarded-For."""
    source: bytes | None = None
    server: bytes | None = None
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

    def __init__(self, line: bytes, at: int) -> None:
        self.line = line
        self.at = at

    def ended(self) -> bool:
        return self.at == len(self.line)

    def sees(self, one_of: bytes) -> bool:
        return not self.ended() and self.line[self.at] in one_of

    def expect(self, literal: bytes) -> None:
        if self.line[self.at : self.at + len(literal)] != literal:
            raise _NoFit
        self.at += len(literal)

    def number(self, least_digits: int, most_digits: int) -> int:
        start = self.at
        while self.sees(_DIGITS) and self.at - start < most_digits:
            self.at += 1
        if self.at - start < least_digits:
            raise _NoFit
        return int(self.line[start : self.at])


def parse_log(data: bytes, format_name: str = "auto") -> Parsed:
    """Return what the lines of `data` mean; a last line without LF counts."""
    rows: list[Row] = []
    malformed: list[int] = []
    oversized: list[int] = []
    kind = None
    line_no = 0
    for line in data.split(b"\n"):
        too_long = len(line) > DEFAULT_LINE_BYTES
        # The source may have cut a longer line, so it is not known whether it was blank.
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
    if len(line) > DEFAULT_LINE_BYTES:
        return None
    read = _read(line, format_name, 1)
    return read and read[0]


def _read(line: bytes, format_name: str, line_no: int) -> tuple[Row, str] | None:
    if format_name not in FORMATS:
        raise ValueError(format_name)
    if line[-1:] == b"\r":
        line = line[:-1]
    try:
        return _read_line(_unwrapped(line), format_name, line_no)
    except _NoFit:
        return None


def _unwrapped(line: bytes) -> bytes:
    """Return a line without quotes round the whole of it: the first field has none but the one it begins with."""
    start = _after_separators(line, 0)
    first = line[start : _field_end(line, start)]
    wrapped = len(first) > 1 and first.startswith(b'"') and first.count(b'"') == 1 and line.endswith(b'"')
    return line[start + 1 : -1] if wrapped else line


def _read_line(line: bytes, format_name: str, line_no: int) -> tuple[Row, str]:
    always_vhost = format_name in ("vhost_common", "vhost_combined")
    of_rack = None if always_vhost else _front_of_rack(line)
    if of_rack is not None:
        header, user, time_at = of_rack
        words = header.split()
        vhost = format_name == "auto" and len(words) == 2 and not set(header) & set(b',["') and _has_vhost_of(*words)
        texts = words if vhost else [header]
    else:
        every = _fields(line)
        least = 3 if always_vhost else 2
        time_no = _time_field(line, every, least)
        time_at = every[time_no][0]
        # An empty user stands between two blanks.
        has_user = time_no > least
        fields = every[:time_no] if has_user else [*every[:least], (time_at, time_at)]
        listed = None if always_vhost else _with_list(line, fields, time_at)
        fields = listed or fields
        texts = [line[start:stop] for start, stop in fields]
        vhost = always_vhost or (format_name == "auto" and listed is None and _has_vhost(texts))
        user = line[fields[3 if vhost else 2][0] : fields[-1][1]]
    field = texts[1 if vhost else 0]
    host, forwarded = client(field)
    if of_rack is not None and forwarded is None and (not field or set(field) & set(b" \t,")):
        # A header without a single address: the client is not known.
        host = b"-"
    time_us, end = _read_time(line, time_at)
    request, status, size_bytes, end = _read_request(line, end)
    pair = None if format_name in ("common", "vhost_common") else _read_pair(line, end)
    referer, agent = pair or (None, None)
    method, target = split_request(request)
    section, path = section_and_endpoint(method, target)
    row = Row(
        line_no=line_no,
        time_us=time_us,
        host=host,
        section=section,
        path=path,
        method=method,
        user=_unless_dash(user) or None,
        referer=_unless_dash(referer),
        agent=_unless_dash(agent),
        status=status,
        size_bytes=size_bytes,
        lacks=2 if pair is None else None,
        vhost=_unless_dash(_without_port(texts[0])) if vhost else None,
        forwarded=forwarded,
    )
    return row, ("vhost_" if vhost else "") + ("common" if pair is None else "combined")


def _front_of_rack(line: bytes) -> tuple[bytes, bytes, int] | None:
    """Return the header, the user and where the time begins; None where the line does not end as those of Rack do.

    Rack logs a header as it came. So its client ends at the last `` - user [time] "`` whose user has no quote or
    bracket.
    """
    last_quote = line.rfind(b'"')
    end = line[last_quote + 1 :].replace(b"\t", b" ")
    words = [word for word in end.split(b" ") if word]
    if last_quote < 0 or len(words) != 3 or end[:1] != b" " or end[-1:] == b" ":
        return None
    whole, dot, decimals = words[2].partition(b".")
    size_fits = words[1] == b"-" or _are_digits(words[1])
    if not (_is_status(words[0]) and size_fits and dot and _are_digits(whole) and _are_digits(decimals)):
        return None
    if len(decimals) != 4:
        return None
    for time_at in range(last_quote - 1, 0, -1):
        if line[time_at - 1 : time_at] == b" " and _is_time_of_rack(line[time_at:last_quote]):
            ident = line[: time_at - 1].rfind(b" - ")
            user = line[ident + 3 : time_at - 1]
            if ident >= 0 and not set(user) & set(b'"['):
                return line[:ident].strip(_SEPARATORS), user.strip(_SEPARATORS), time_at
    return None


def _is_time_of_rack(text: bytes) -> bool:
    """Return whether a text begins with ``[10/Oct/2000:13:55:36 -0700] "``, whatever the numbers are."""
    if len(text) < len(_RACK_TIME):
        return False
    classes = {ord("9"): _DIGITS, ord("A"): bytes(range(65, 91)), ord("a"): bytes(range(97, 123)), ord("+"): b"+-"}
    return all(byte in classes.get(wanted, bytes([wanted])) for byte, wanted in zip(text, _RACK_TIME, strict=False))


_RACK_TIME = b'[99/Aaa/9999:99:99:99 +9999] "'


def _are_digits(text: bytes) -> bool:
    return text != b"" and all(byte in _DIGITS for byte in text)


Span = tuple[int, int]


def _after_separators(line: bytes, at: int) -> int:
    while at < len(line) and line[at] in _SEPARATORS:
        at += 1
    return at


def _field_end(line: bytes, at: int) -> int:
    while at < len(line) and line[at] not in _SEPARATORS:
        at += 1
    return at


def _fields(line: bytes) -> list[Span]:
    """Return where everything stands that is between separators."""
    found: list[Span] = []
    at = _after_separators(line, 0)
    while at < len(line):
        stop = _field_end(line, at)
        found.append((at, stop))
        at = _after_separators(line, stop)
    return found


def _time_field(line: bytes, fields: list[Span], least: int) -> int:
    """Return the number of the field that the time begins: the first with a bracket.

    Args:
        line: The line.
        fields: Of the line.
        least: Number of fields before it, besides a user, which may be two blanks instead.
    """
    brackets = [no for no, (start, _) in enumerate(fields) if no >= least and line[start : start + 1] == b"["]
    if brackets and brackets[0] == least and fields[least][0] - fields[least - 1][1] < 2:
        brackets = brackets[1:]
    if not brackets:
        raise _NoFit
    return brackets[0]


def _with_list(line: bytes, fields: list[Span], time_at: int) -> list[Span] | None:
    """Return fields, those that are a list of X-Forwarded-For as one; None where the first is no list.

    Each of its entries but the last, which is an address, has a comma at its end. Ident and user, if only an empty
    one, stand behind it.
    """
    for no, (start, stop) in enumerate(fields):
        if line[stop - 1 : stop] != b",":
            if no == 0 or not _is_ip(address_alone(line[start:stop]), (4, 6)):
                return None
            others = fields[no + 1 :]
            if len(others) == 1 and time_at - others[0][1] >= 2:
                others = [*others, (time_at, time_at)]
            return [(fields[0][0], stop), *others] if len(others) >= 2 else None
    return None


def _has_vhost(fields: list[bytes]) -> bool:
    """Return whether the first of the fields before the time is a virtual host."""
    # An empty user counts as none of them.
    if len([field for field in fields if field]) < 4:
        return False
    return _has_vhost_of(fields[0], fields[1])


def _has_vhost_of(first: bytes, second: bytes) -> bool:
    return _is_ip(address_alone(second), (4, 6)) or _is_name_and_port(first)


def client(field: bytes) -> tuple[bytes, bytes | None]:
    """Return who asked, and of a list of X-Forwarded-For what stands in front of that."""
    if len(field) > 2 and field.startswith(b'"') and field.endswith(b'"') and field.count(b'"') == 2:
        field = field[1:-1]
    before, comma, last = field.rpartition(b",")
    last = address_alone(last.strip(_SEPARATORS))
    if comma:
        return (last, before.strip(_SEPARATORS)) if _is_ip(last, (4, 6)) else (field, None)
    return address_alone(field), None


def address_alone(field: bytes) -> bytes:
    """Return ``192.0.2.7:80`` and ``[2001:db8::7]:80`` without the port, anything else as it is."""
    host, colon, port = field.rpartition(b":")
    if colon and 1 <= len(port) <= 5 and all(byte in _DIGITS for byte in port):
        if _is_ip(host, (4,)):
            return host
    else:
        host = field
    if host.startswith(b"[") and host.endswith(b"]") and _is_ip(host[1:-1], (6,)):
        return host[1:-1]
    return field


def _without_port(field: bytes) -> bytes:
    name, colon, port = field.rpartition(b":")
    is_port = bool(name and colon and port) and all(byte in _DIGITS for byte in port)
    return name if is_port and not _is_ip(field, (4, 6)) else field


def _is_ip(field: bytes, versions: tuple[int, ...]) -> bool:
    try:
        return ipaddress.ip_address(field.decode("ascii")).version in versions
    except ValueError:  # UnicodeDecodeError is one
        return False


def _is_name_and_port(field: bytes) -> bool:
    name = _without_port(field)
    return name != field and not _is_ip(address_alone(name), (4, 6))


def _read_time(line: bytes, at: int) -> tuple[int, int]:
    """Return a time in microseconds, and where it ends."""
    reader = _Reader(line, at)
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
    east_s = _read_zone(reader)
    reader.expect(b"]")
    if not 1970 <= year <= 9998 or hour > 23 or minute > 59 or second > 60:
        raise _NoFit
    try:
        days = datetime.date(year, _MONTHS.index(month_name) + 1, day).toordinal() - _EPOCH_DAY
    except ValueError as error:
        raise _NoFit from error
    wall_s = ((days * 24 + hour) * 60 + minute) * 60 + second
    return (wall_s - east_s) * 1_000_000, reader.at


def _read_zone(reader: _Reader) -> int:
    """Return how many seconds a zone is east of UTC; of those with a name only UTC is certain."""
    for name in _UTC:
        if reader.line[reader.at :].startswith(name + b"]"):
            reader.at += len(name)
            return 0
    if not reader.sees(b"+-"):
        raise _NoFit
    sign = 1 if reader.sees(b"+") else -1
    reader.at += 1
    hours = reader.number(2, 2)
    minutes = reader.number(2, 2)
    if hours > 23 or minutes > 59:
        raise _NoFit
    return sign * (hours * 60 + minutes) * 60


def _read_request(line: bytes, at: int) -> tuple[bytes, int, int | None, int]:
    """Return the request after a time that ends there, the status, the size, and where that ends."""
    opening = _opening_quote(line, at)
    closing = _escaped_end(line, opening + 1)
    if closing is not None:
        try:
            return line[opening + 1 : closing], *_status_and_size(line, closing + 1)
        except _NoFit:
            pass
    # A server that escapes nothing: the request ends where a status and a size follow.
    for closing in _quotes(line, opening + 1):
        if _are_status_and_size(line, closing + 1):
            return line[opening + 1 : closing], *_status_and_size(line, closing + 1)
    raise _NoFit


def _opening_quote(line: bytes, at: int) -> int:
    opening = _after_separators(line, at)
    if opening == at or line[opening : opening + 1] != b'"':
        raise _NoFit
    return opening


def _escaped_end(line: bytes, at: int) -> int | None:
    """Return where the first quote is from there on that no backslash escapes."""
    while at < len(line):
        if line[at : at + 1] == b'"':
            return at
        at += 2 if line[at : at + 1] == b"\\" else 1
    return None


def _quotes(line: bytes, at: int) -> list[int]:
    return [place for place in range(at, len(line)) if line[place : place + 1] == b'"']


def _two_fields(line: bytes, at: int) -> tuple[bytes, bytes, int]:
    """Return the two fields behind separators, and where the second ends; empty where there is none."""
    first_at = _after_separators(line, at)
    first_end = _field_end(line, first_at)
    second_at = _after_separators(line, first_end)
    second_end = _field_end(line, second_at)
    first = line[first_at:first_end] if first_at > at else b""
    return first, line[second_at:second_end], second_end


def _is_status(field: bytes) -> bool:
    digits = len(field) == 3 and field[:1] != b"0" and all(byte in _DIGITS for byte in field)
    return digits or field in _NO_STATUS


def _are_status_and_size(line: bytes, at: int) -> bool:
    status, size, _ = _two_fields(line, at)
    return _is_status(status) and (size == b"-" or (size != b"" and all(byte in _DIGITS for byte in size)))


def _status_and_size(line: bytes, at: int) -> tuple[int, int | None, int]:
    status, size, end = _two_fields(line, at)
    if not _is_status(status):
        raise _NoFit
    return 0 if status in _NO_STATUS else int(status), _size(size), end


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


def _read_pair(line: bytes, at: int) -> tuple[bytes, bytes] | None:
    """Return referer and agent behind a size that ends there."""
    escaped = _escaped_pair(line, at)
    if escaped is not None and line[escaped[2] : escaped[2] + 1] in (b"", b" ", b"\t"):
        return escaped[:2]
    return _unescaped_pair(line, at) or (escaped and escaped[:2])


def _escaped_pair(line: bytes, at: int) -> tuple[bytes, bytes, int] | None:
    """Return both, and where they end, if backslashes escape."""
    texts = []
    for _ in range(2):
        try:
            opening = _opening_quote(line, at)
        except _NoFit:
            return None
        closing = _escaped_end(line, opening + 1)
        if closing is None:
            return None
        texts.append(line[opening + 1 : closing])
        at = closing + 1
    return texts[0], texts[1], at


def _unescaped_pair(line: bytes, at: int) -> tuple[bytes, bytes] | None:
    """Return both if nothing is escaped: each ends where something follows that can."""
    try:
        opening = _opening_quote(line, at)
    except _NoFit:
        return None
    for closing in _quotes(line, opening + 1):
        second = _after_separators(line, closing + 1)
        if second > closing + 1 and line[second : second + 1] == b'"':
            for end in _quotes(line, second + 1):
                if line[end + 1 : end + 2] in (b"", b" ", b"\t"):
                    return line[opening + 1 : closing], line[second + 1 : end]
            return None
    return None


def _unless_dash(value: bytes | None) -> bytes | None:
    return None if value == b"-" else value


def split_request(request: bytes) -> tuple[bytes | None, bytes | None]:
    """Return the method and the target of a request, spaces inside the target kept; both None without a target."""
    method, space, rest = request.partition(b" ")
    # Jetty writes "- - -" where it read no request.
    if not method or method == b"-" or not space or not all(byte in _METHOD_BYTES for byte in method):
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
