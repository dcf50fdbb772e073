"""Makes templates of GoAccess's log-format.

Its specifiers: https://goaccess.io/man#custom-log
"""

import re

from http_monitor.errors import UsageError
from http_monitor.parser.declared.placeholders import NOTHING, Meant, make_template, parts_of, unknown_placeholder
from http_monitor.parser.fields.field import Role
from http_monitor.parser.template.slot import CLF_BARE, NUMBER, STATUS_OR_NONE
from http_monitor.parser.template.template import Template

NOUN = "a log-format of GoAccess"
_NEEDED: dict[Role, str] = {"host": "%h", "status": "%s", "time": "%d and %t, or %x"}
_SPECIFIER = re.compile(r"%(?P<name>[A-Za-z^~%])|(?P<list>~[A-Za-z](?:\{[^}]*\})?)")
_MEANT: dict[str, Meant] = {
    "x": Meant("time", "any"),
    "d": Meant("date", "plain"),
    "t": Meant("clock", "plain"),
    "h": Meant("host"),
    "v": Meant("vhost"),
    "e": Meant("user"),
    "r": Meant("request"),
    "m": Meant("method"),
    "U": Meant("target"),
    "q": Meant("query"),
    "H": Meant("protocol"),
    "s": Meant("status", looks=STATUS_OR_NONE),
    "b": Meant("size", looks=NUMBER),
    "R": Meant("referer"),
    "u": Meant("agent"),
    "K": Meant("tls"),
    "C": Meant("cache"),
    "T": Meant("duration", "s"),
    "D": Meant("duration", "us"),
    "L": Meant("duration", "ms"),
    "n": Meant("duration", "ns"),
    "k": NOTHING,
    "M": NOTHING,
    "^": NOTHING,
    "~": NOTHING,
}
_OWN = re.compile(r"%\^(?![A-Z][A-Za-z])|~h\{|%d[^A-Za-z%]{0,4}%t|%x(?![A-Za-z])|%~")
_LINES = re.compile(r"\s*(?:time|date)-format\s+.*?(?:\n|\\n|$)")
_ANY_DATE = r"(?:[0-9]{1,2}/[A-Za-z]{3}/[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})"
_ANY_CLOCK = r"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_WITH_ZONE = re.compile(r"%d(?P<between>:|T| |[ ]T)%t %\^\]")


def is_goaccess(text: str) -> bool:
    """Return whether a string contains syntax that only GoAccess has."""
    return _OWN.search(text) is not None


def goaccess_template(text: str, *, untimed: bool = False) -> Template:
    """Return the template of a log-format, `untimed` ones too. Raises UsageError: it cannot be read."""
    text = _LINES.sub("", text).strip("\r\n")
    if text.lstrip().startswith("{"):
        raise UsageError(f"--format: got {NOUN} for JSON, takes --format json, or json: with the keys")
    pieces: list[tuple[str, Meant | None]] = []
    literal, at = "", 0
    for match in _SPECIFIER.finditer(text):
        if match.start() < at:
            continue
        literal += text[at : match.start()]
        at = match.end()
        name = match["name"]
        if name == "%":
            literal += "%"
            continue
        if name is not None and name not in _MEANT:
            raise unknown_placeholder(NOUN, match[0], "%h, %d, %t, %s, …")
        if literal:
            pieces.append((literal.replace('\\"', '"'), None))
        literal = ""
        meant = Meant("host", "addresses") if name is None else _look_up(text, match.start(), name)
        if meant.writing == "clf":
            at = match.start() + len("%d:%t %^")
        pieces.append((text[match.start() : at], meant))
    literal += text[at:]
    return make_template(parts_of([*pieces, (literal.replace('\\"', '"'), None)]), NOUN, _NEEDED, untimed=untimed)


def _look_up(text: str, at: int, name: str) -> Meant:
    """Return the meaning of a specifier; date and clock before a zone, which GoAccess ignores, are one time."""
    if name == "d" and _WITH_ZONE.match(text, at):
        return Meant("time", "clf", CLF_BARE, 26)
    if name == "d":
        return Meant("date", "plain", _ANY_DATE)
    if name == "t":
        return Meant("clock", "plain", _ANY_CLOCK)
    return _MEANT[name]
