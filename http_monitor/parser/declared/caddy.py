"""Makes a template of a log format of Caddy: that of Caddy 1, and the transform encoder of Caddy 2.

Their placeholders: https://github.com/caddyserver/caddy/blob/v1.0.3/caddyhttp/httpserver/replacer.go,
https://github.com/caddyserver/transform-encoder
"""

import re

from http_monitor.errors import UsageError
from http_monitor.parser.declared.placeholders import NOTHING, Meant, make_template, parts_of
from http_monitor.parser.fields.field import Role
from http_monitor.parser.template.slot import CLF_BARE, DIGITS, ISO_UTC, NUMBER, STATUS_OR_NONE
from http_monitor.parser.template.template import Template

NOUN = "a log format of Caddy"
_NEEDED: dict[Role, str] = {
    "host": "{remote} (or {request>remote_ip})",
    "status": "{status}",
    "time": "{when} (or {ts})",
}
_PLACEHOLDER = re.compile(r"(?<![$%\\])\{(?P<name>[A-Za-z0-9_<>~?.\[\]-]{1,80})\}")
_COMMON = '{remote} - {user} [{when}] "{method} {uri} {proto}" {status} {size}'
_SHORT = {"{common}": _COMMON, "{combined}": _COMMON + ' "{>Referer}" "{>User-Agent}"'}
_MEANT: dict[str, Meant] = {
    "remote": Meant("host"),
    "port": NOTHING,
    "user": Meant("user"),
    "when": Meant("time", "clf", CLF_BARE, 26),
    "when_iso": Meant("time", "iso", ISO_UTC, rank=1),
    "when_unix": Meant("time", "epoch", DIGITS, rank=2),
    "method": Meant("method"),
    "uri": Meant("target"),
    "path": Meant("path"),
    "query": Meant("query"),
    "proto": Meant("protocol"),
    "status": Meant("status", looks=STATUS_OR_NONE),
    "size": Meant("size", looks=NUMBER),
    "latency": Meant("duration", "unit"),
    "latency_ms": Meant("duration", "ms", DIGITS, rank=1),
    "host": Meant("vhost"),
    "hostonly": Meant("vhost", rank=1),
    "tls_protocol": Meant("tls"),
    "request_id": Meant("request_id"),
    ">referer": Meant("referer"),
    ">user-agent": Meant("agent"),
    ">x-forwarded-for": Meant("forwarded"),
    # Caddy 2; the notation of times and durations depends on its encoder, and the values show it.
    "ts": Meant("time", "any"),
    "request>client_ip": Meant("host"),
    "request>remote_ip": Meant("host", rank=1),
    "request>method": Meant("method"),
    "request>uri": Meant("target"),
    "request>proto": Meant("protocol"),
    "request>host": Meant("vhost"),
    "request>headers>referer>[0]": Meant("referer"),
    "request>headers>user-agent>[0]": Meant("agent"),
    "request>headers>x-forwarded-for>[0]": Meant("forwarded"),
    "user_id": Meant("user"),
    "bytes_read": Meant("bytes_in", looks=NUMBER),
    "duration": Meant("duration", "s"),
}
_MIN_PLACEHOLDERS = 3


def is_caddy(text: str) -> bool:
    """Return whether a string has several placeholders with names that only Caddy uses."""
    if text.strip() in _SHORT:
        return True
    return len(_MEANT.keys() & {name.lower() for name in _PLACEHOLDER.findall(text)}) >= _MIN_PLACEHOLDERS


def caddy_template(text: str, *, untimed: bool = False) -> Template:
    """Return the template of a log format, `untimed` ones too. Raises UsageError: it cannot be read."""
    text = _SHORT.get(text.strip(), text)
    if text.lstrip().startswith(("\\{", '{"')):
        raise UsageError(f"--format: got {NOUN} that writes JSON, takes --format json for it")
    pieces: list[tuple[str, Meant | None]] = []
    at = 0
    for match in _PLACEHOLDER.finditer(text):
        pieces.append((_literal(text[at : match.start()]), None))
        pieces.append((match[0], _MEANT.get(match["name"].lower(), NOTHING)))
        at = match.end()
    return make_template(parts_of([*pieces, (_literal(text[at:]), None)]), NOUN, _NEEDED, untimed=untimed)


def _literal(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
