"""Makes a template of a log-format of uWSGI.

Its variables: https://uwsgi-docs.readthedocs.io/en/latest/LogFormat.html
"""

import re

from http_monitor.parser.declared.placeholders import NOTHING, Meant, make_template, parts_of
from http_monitor.parser.fields.field import Role
from http_monitor.parser.template.slot import CLF_BARE, DIGITS, NUMBER, STATUS_OR_NONE
from http_monitor.parser.template.template import Template

NOUN = "a log-format of uWSGI"
_NEEDED: dict[Role, str] = {"host": "%(addr)", "status": "%(status)", "time": "%(ltime)"}
_VARIABLE = re.compile(r"%\((?P<name>[A-Za-z0-9_.-]{1,80})\)")
_MEANT: dict[str, Meant] = {
    "uri": Meant("target"),
    "method": Meant("method"),
    "user": Meant("user"),
    "addr": Meant("host"),
    "host": Meant("vhost"),
    "proto": Meant("protocol"),
    "uagent": Meant("agent"),
    "referer": Meant("referer"),
    "status": Meant("status", looks=STATUS_OR_NONE),
    "micros": Meant("duration", "us", DIGITS),
    "msecs": Meant("duration", "ms", DIGITS, rank=1),
    "secs": Meant("duration", "s", DIGITS, rank=2),
    # The body alone takes precedence over the body with its headers.
    "rsize": Meant("size", looks=NUMBER),
    "size": Meant("size", looks=NUMBER, rank=1),
    "cl": Meant("bytes_in", looks=NUMBER),
    "ltime": Meant("time", "clf", CLF_BARE, 26),
    "time": Meant("time", "epoch", DIGITS, rank=1),
    "ctime": Meant("time", "asctime", "[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}", 24, 2),
    "epoch": Meant("time", "epoch", DIGITS, rank=3),
    "var.HTTP_X_FORWARDED_FOR": Meant("forwarded"),
    "var.HTTP_USER_AGENT": Meant("agent", rank=1),
    "var.HTTP_REFERER": Meant("referer", rank=1),
    "var.REMOTE_ADDR": Meant("host", rank=1),
    "var.HTTP_X_REAL_IP": Meant("host", "addresses", rank=8),
}
# A name of gunicorn's is followed by a letter, one of HAProxy's by the variable that it names.
_OWN = re.compile(r"%\((?P<name>[A-Za-z0-9_.-]{1,80})\)(?![A-Za-z{\[])")
_MIN_VARIABLES = 3


def is_uwsgi(text: str) -> bool:
    """Return whether a string has several variables with names that only uWSGI uses."""
    return len(_MEANT.keys() & set(_OWN.findall(text))) >= _MIN_VARIABLES


def uwsgi_template(text: str, *, untimed: bool = False) -> Template:
    """Return the template of a log-format, `untimed` ones too. Raises UsageError: it cannot be read."""
    pieces: list[tuple[str, Meant | None]] = []
    at = 0
    for match in _VARIABLE.finditer(text):
        pieces.append((_literal(text[at : match.start()]), None))
        pieces.append((match[0], _MEANT.get(match["name"], NOTHING)))
        at = match.end()
    return make_template(parts_of([*pieces, (_literal(text[at:]), None)]), NOUN, _NEEDED, untimed=untimed)


def _literal(text: str) -> str:
    return text.replace('\\"', '"')
