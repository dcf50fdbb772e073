"""Makes templates of format strings of morgan, the logger of Express.

Its tokens: https://github.com/expressjs/morgan#tokens
"""

import re

from http_monitor.errors import UsageError
from http_monitor.parser.declared.placeholders import NOTHING, Meant, make_template, parts_of
from http_monitor.parser.fields.field import Role
from http_monitor.parser.template.slot import CLF_BARE, ISO_UTC, NUMBER, STATUS_OR_NONE
from http_monitor.parser.template.template import Template

NOUN = "a format string of morgan"
_NEEDED: dict[Role, str] = {"host": ":remote-addr", "status": ":status", "time": ":date[clf]"}
TOKEN = re.compile(r":(?P<name>[-a-z][-\w]+)(?:\[(?P<of>[^\]]*)\])?")
HTTP_DATE = r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"
_MEANT: dict[str, Meant] = {
    "remote-addr": Meant("host"),
    "remote-user": Meant("user"),
    "method": Meant("method"),
    "url": Meant("target"),
    "http-version": Meant("protocol"),
    "status": Meant("status", looks=STATUS_OR_NONE),
    "referrer": Meant("referer"),
    "user-agent": Meant("agent"),
    "response-time": Meant("upstream", "ms"),
    "total-time": Meant("duration", "ms"),
}
_DATES: dict[str, Meant] = {
    "clf": Meant("time", "clf", CLF_BARE, 26),
    "iso": Meant("time", "iso", ISO_UTC),
    "web": Meant("time", "web", HTTP_DATE, 29),
}
_REQ: dict[str, Meant] = {
    "x-forwarded-for": Meant("forwarded"),
    "host": Meant("vhost"),
    "user-agent": Meant("agent", rank=1),
    "referer": Meant("referer", rank=1),
    "x-request-id": Meant("request_id"),
}


def is_morgan(text: str) -> bool:
    """Return whether a string contains tokens of morgan."""
    return "%" not in text and "$" not in text and _count_known(text) >= 2


def _count_known(text: str) -> int:
    return sum(match["name"] in _MEANT or match["name"] in ("date", "req", "res") for match in TOKEN.finditer(text))


def morgan_template(text: str, *, untimed: bool = False) -> Template:
    """Return the template of a format string, `untimed` ones too. Raises UsageError: it cannot be read."""
    pieces: list[tuple[str, Meant | None]] = []
    at = 0
    names = {match["name"] for match in TOKEN.finditer(text)}
    for match in TOKEN.finditer(text):
        pieces.append((text[at : match.start()].replace('\\"', '"'), None))
        meant = _look_up(match["name"], match["of"], has_host="remote-addr" in names)
        if meant.role == "upstream" and "total-time" not in names:
            # It ends when the head of the response is sent, which for most responses is the end.
            meant = Meant("duration", "ms")
        pieces.append((match[0], meant))
        at = match.end()
    return make_template(parts_of([*pieces, (text[at:].replace('\\"', '"'), None)]), NOUN, _NEEDED, untimed=untimed)


def _look_up(name: str, of: str | None, *, has_host: bool) -> Meant:
    if name == "date":
        if (of or "web") not in _DATES:
            raise UsageError(f"--format: got {NOUN} with :date[{of}], takes :date[clf], :date[iso] or :date[web]")
        return _DATES[of or "web"]
    if name == "req":
        meant = _REQ.get((of or "").lower(), NOTHING)
        return Meant("host", "addresses", rank=9) if meant.role == "forwarded" and not has_host else meant
    if name == "res":
        return Meant("size", looks=NUMBER) if (of or "").lower() == "content-length" else NOTHING
    return _MEANT.get(name, NOTHING)
