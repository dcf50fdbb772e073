"""Makes templates of access_log_format strings of gunicorn, hypercorn and others with the same atoms.

The atoms: https://docs.gunicorn.org/en/stable/settings.html#access-log-format
"""

import re

from http_monitor.parser.declared.placeholders import NOTHING, Meant, make_template, parts_of, unknown_placeholder
from http_monitor.parser.fields.field import Role
from http_monitor.parser.template.slot import CLF_BRACKETED, DIGITS, NUMBER, STATUS_OR_NONE
from http_monitor.parser.template.template import Template

NOUN = "an access_log_format of gunicorn"
_NEEDED: dict[Role, str] = {"host": "%(h)s", "status": "%(s)s", "time": "%(t)s"}
ATOM = re.compile(r"%\((?P<name>[^()]{1,80})\)(?P<how>[sd])")
_MEANT: dict[str, Meant] = {
    "h": Meant("host"),
    "l": Meant("ident"),
    "u": Meant("user"),
    "t": Meant("time", "clf", CLF_BRACKETED, 28),
    "r": Meant("request"),
    "R": Meant("request", rank=1),
    "m": Meant("method"),
    "U": Meant("path"),
    "Uq": Meant("target"),
    "q": Meant("query"),
    "H": Meant("protocol"),
    "s": Meant("status", looks=STATUS_OR_NONE),
    "st": NOTHING,
    "B": Meant("size", looks=r"(?:-|None|[0-9]+)", rank=1),
    "b": Meant("size", looks=NUMBER),
    "f": Meant("referer"),
    "a": Meant("agent"),
    "T": Meant("duration", "s", DIGITS, rank=3),
    "D": Meant("duration", "us", DIGITS),
    "M": Meant("duration", "ms", DIGITS, rank=2),
    "L": Meant("duration", "s", r"[0-9]+\.[0-9]+", rank=1),
    "p": NOTHING,
    "S": NOTHING,
}
_HEADERS: dict[str, Meant] = {
    "x-forwarded-for": Meant("forwarded"),
    "x-real-ip": Meant("host", "addresses", rank=8),
    "host": Meant("vhost"),
    "referer": Meant("referer", rank=1),
    "user-agent": Meant("agent", rank=1),
    "x-request-id": Meant("request_id"),
}
_HEADER = re.compile(r"\{(?P<name>[^{}]+)\}(?P<kind>[ioe])")


def is_gunicorn(text: str) -> bool:
    """Return whether a string contains atoms of gunicorn."""
    return ATOM.search(text) is not None


def gunicorn_template(text: str, *, untimed: bool = False) -> Template:
    """Return the template of an access_log_format, `untimed` ones too. Raises UsageError: it cannot be read."""
    pieces: list[tuple[str, Meant | None]] = []
    at = 0
    has_host = any(match["name"] == "h" for match in ATOM.finditer(text))
    for match in ATOM.finditer(text):
        pieces.append((_literal(text[at : match.start()]), None))
        pieces.append((match[0], _look_up(match["name"], has_host=has_host)))
        at = match.end()
    return make_template(parts_of([*pieces, (_literal(text[at:]), None)]), NOUN, _NEEDED, untimed=untimed)


def _literal(text: str) -> str:
    if "%" in text.replace("%%", ""):
        raise unknown_placeholder(NOUN, text[text.index("%") :], "%(h)s, %(t)s, %(s)s, …")
    return text.replace("%%", "%").replace('\\"', '"').replace("\\'", "'")


def _look_up(name: str, *, has_host: bool) -> Meant:
    header = _HEADER.fullmatch(name)
    if header is None:
        return _MEANT.get(name, NOTHING)
    meant = _HEADERS.get(header["name"].lower(), NOTHING) if header["kind"] == "i" else NOTHING
    if meant.role == "forwarded" and not has_host:
        return Meant("host", "addresses", rank=9)
    return meant
