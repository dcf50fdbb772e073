"""What the slow readers make of the lines of any format that has a name."""

import datetime
from collections.abc import Callable

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.presets import BY_NAME, caddy_json, nginx_json, traefik_json
from http_monitor.parser.template.format import TemplateFormat
from tests.reference import frameworks, servers
from tests.reference.clf import Row as ClfRow
from tests.reference.clf import parse_line
from tests.reference.objects import JsonReader, KeyMap, decoded
from tests.reference.structured import W3cReader
from tests.reference.template import find_fields
from tests.reference.values import NoFit, Row, clf_us, row_of, slashes_us

_IIS = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status "
    "sc-substatus sc-win32-status time-taken"
)
_CLOUDFRONT = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) "
    "cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken "
    "x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status "
    "fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
    "sc-range-start sc-range-end"
)
_FAMILY = dict.fromkeys(("gunicorn", "mini_httpd", "morgan"), "combined") | {
    name: name for name in ("vhost_combined", "combined", "vhost_common", "common")
}
JSON: dict[str, tuple[KeyMap, tuple[str, ...], tuple[str, ...]]] = {
    "traefik_json": (traefik_json.KEYS, ("RequestMethod",), ()),
    "caddy_json": (caddy_json.KEYS, ("request.method", "request.uri"), ()),
    "nginx_json": (nginx_json.KEYS, nginx_json.NEEDS, nginx_json.NEEDS_ANY),
    "json": ({}, (), ()),
}
"""For each JSON format its own keys, those that a line must have, and those of which one is needed."""

Read = Callable[[bytes], Row | None]


def read_log(name: str, lines: list[bytes]) -> list[Row | None]:
    """Return the row of each line that counts, None for a malformed one.

    Args:
        name: Of the preset.
        lines: Of a file from its beginning, each without its LF; short ones, for the readers are slow.
    """
    read = _reader(name)
    rows: list[Row | None] = []
    for raw in lines:
        if not raw or raw.isspace():
            continue
        try:
            row = read(raw.removesuffix(b"\r"))
        except NoFit:
            rows.append(None)
            continue
        if row is not None:
            rows.append(row)
    return rows


def _reader(name: str) -> Read:
    for readers in (servers.READERS, frameworks.READERS):
        if name in readers:
            return readers[name]
    if name in _FAMILY:
        return lambda line: _of_family(parse_line(line, _FAMILY[name]))
    if name in JSON:
        return JsonReader(*JSON[name]).read
    if name == "caddy_console":
        inside = JsonReader(*JSON["caddy_json"]).read
        return lambda line: _of_console(line, inside)
    if name == "iis":
        return W3cReader(tuple(_IIS.split()), frozenset({15}), None, "").read
    if name == "cloudfront":
        return W3cReader(tuple(_CLOUDFRONT.split()), frozenset(range(24, 34)), "s", "x-edge-location").read
    made = BY_NAME[name].make(DEFAULT_LINE_BYTES)
    assert isinstance(made, TemplateFormat), f"{name} has no slow reader"
    return lambda line: _of_template(made, line)


def _of_console(line: bytes, inside: Read) -> Row | None:
    """Read a line of Caddy's console: a time, a level and words between tabs, then an object."""
    time, tab, rest = line.partition(b"\t")
    level, second, _ = rest.partition(b"\t")
    level = _without_colours(level)
    digits = bytes(ord("0") if byte in b"0123456789" else byte for byte in time)
    fraction = digits[20:] if digits[19:20] == b"." else digits[19:]
    shaped = digits[:19] == b"0000/00/00 00:00:00" and (time[19:] == b"" or set(fraction) == {ord("0")})
    if not tab or not second or not level.isalpha() or not shaped or len(fraction) > 9:
        raise NoFit
    at = line.find(b"\t{", len(time) + 1)
    content = line[at + 1 :] if at >= 0 else b"{}"
    if "request" not in decoded(content):
        return None
    seconds, part = divmod(slashes_us(time), 10**6)
    stamp = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return inside(b'{"ts":"%b.%06dZ",' % (f"{stamp:%Y-%m-%dT%H:%M:%S}".encode(), part) + content[1:])


def _without_colours(level: bytes) -> bytes:
    """Return a word without an escape sequence in front of it and one behind it; nothing where they are others."""
    numbers, letter, word = level[2:].partition(b"m")
    if level.startswith(b"\x1b["):
        level = word if letter and 1 <= len(numbers) <= 9 and not numbers.strip(b"0123456789;") else b""
    word, escape, rest = level.partition(b"\x1b[")
    if not escape:
        return level
    return word if rest.endswith(b"m") and len(rest) <= 10 and not rest[:-1].strip(b"0123456789;") else b""


def _of_family(row: ClfRow | None) -> Row:
    if row is None:
        raise NoFit
    found = {name: getattr(row, name) for name in ClfRow.__slots__[2:]}
    return found | {"time": row.time_us}


def _of_template(made: TemplateFormat, line: bytes) -> Row:
    template = made._template
    found = find_fields(line, template.parts)
    if found is None:
        raise NoFit
    texts = {field.role: text for field, text in zip(template.fields, found, strict=True) if field.role}
    units = {field.role: field.writing for field in template.fields if field.role in ("duration", "upstream")}
    time = texts.pop("time")
    return row_of(
        {str(role): text for role, text in texts.items()},
        clf_us(time[1:-1] if time.startswith(b"[") else time),
        {str(role): unit for role, unit in units.items()},
        keeps_empty=True,
    )
