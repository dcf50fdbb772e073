"""Makes templates of nginx log_format strings."""

import re

from http_monitor.errors import UsageError
from http_monitor.parser.declared.nginx_quotes import unquote
from http_monitor.parser.declared.own_time import OwnTime, check_used
from http_monitor.parser.declared.placeholders import check_count
from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.template.slot import (
    CLF_BARE,
    DAY,
    LIST,
    LIST_OF_NUMBERS,
    LIST_OF_SECONDS,
    NUMBER,
    SECONDS,
    STATUS_OR_NONE,
    TIME_OF_DAY,
    ZONE,
    Slot,
    client_slot,
    request_slot,
)
from http_monitor.parser.template.template import Template
from http_monitor.units import visible_text

_VARIABLE = re.compile(r"\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))")
_ROLES: dict[str, Role] = {
    "remote_addr": "host",
    "realip_remote_addr": "host",
    "remote_user": "user",
    "request": "request",
    "request_method": "method",
    "request_uri": "target",
    "uri": "path",
    "document_uri": "path",
    "args": "query",
    "query_string": "query",
    "server_protocol": "protocol",
    "upstream_cache_status": "cache",
    "host": "vhost",
    "server_name": "vhost",
    "http_host": "vhost",
    "ssl_protocol": "tls",
    "http_referer": "referer",
    "http_user_agent": "agent",
    "http_x_forwarded_for": "forwarded",
    "proxy_add_x_forwarded_for": "forwarded",
    "request_id": "request_id",
    "req_id": "request_id",
}
_TYPED: dict[str, tuple[Role | None, Writing, str, int]] = {
    "time_local": ("time", "clf", CLF_BARE, 26),
    "time_iso8601": ("time", "iso", f"{DAY}T{TIME_OF_DAY}{ZONE}", 25),
    "msec": ("time", "epoch", SECONDS, 14),
    "status": ("status", "plain", STATUS_OR_NONE, 3),
    "body_bytes_sent": ("size", "plain", NUMBER, 0),
    "bytes_sent": ("size", "plain", NUMBER, 0),
    "request_length": ("bytes_in", "plain", NUMBER, 0),
    "server_port": ("port", "plain", NUMBER, 0),
    "request_time": ("duration", "s", SECONDS, 0),
    "upstream_response_time": ("upstream", "s", LIST_OF_SECONDS, 0),
    "upstream_connect_time": (None, "s", LIST_OF_SECONDS, 0),
    "upstream_header_time": (None, "s", LIST_OF_SECONDS, 0),
    "upstream_queue_time": (None, "s", LIST_OF_SECONDS, 0),
    "upstream_session_time": (None, "s", LIST_OF_SECONDS, 0),
    "upstream_status": (None, "plain", LIST_OF_NUMBERS, 0),
    "upstream_response_length": (None, "plain", LIST_OF_NUMBERS, 0),
    "upstream_bytes_received": (None, "plain", LIST_OF_NUMBERS, 0),
    "upstream_bytes_sent": (None, "plain", LIST_OF_NUMBERS, 0),
    "upstream_addr": (None, "plain", LIST, 0),
}
"""Role, notation, expression, usual width. Times are in seconds with milliseconds; lists have one item per upstream
server (ngx_http_log_module, ngx_http_upstream_module)."""
_CLIENTS = (
    *("proxy_protocol_addr", "http_cf_connecting_ip", "http_true_client_ip", "http_fastly_client_ip"),
    *("http_x_real_ip", "http_x_client_ip", "http_x_cluster_client_ip", "http_x_forwarded_for"),
    *("proxy_add_x_forwarded_for", "http_forwarded_for"),
)
"""Variables for the client if neither its address nor the peer's is logged, the most trustworthy first."""
_ORDER = ("remote_addr", "time_local", "body_bytes_sent", "host", "http_host")
"""Variables that are preferred to others of the same role."""
_ADDRESSES = ("remote_addr", "realip_remote_addr")
_NEEDED = {"host": "$remote_addr", "status": "$status", "time": "a time such as $time_local"}


def is_json(text: str) -> bool:
    """Return whether a log_format writes JSON objects, which need a format of another kind."""
    return unquote(text).lstrip().startswith("{")


def names_variables(text: str) -> bool:
    """Return whether a format string contains nginx variables."""
    variables = {name_1 or name_2 for name_1, name_2 in _VARIABLE.findall(text)}
    # A literal $ in a LogFormat is rare, and would not be followed by the name of a known variable.
    return bool(variables) and ("%" not in text or bool(variables & (_TYPED.keys() | _ROLES.keys())))


def nginx_template(text: str, own: OwnTime | None = None, *, untimed: bool = False) -> Template:
    """Return the template of a log_format, with or without the directive itself, as it stands in a configuration.

    Args:
        text: The log_format.
        own: The variable that is the time of a line; None: one of nginx's own.
        untimed: Its lines may have no time.

    Raises:
        UsageError: it cannot be read, has no time, or writes JSON.
    """
    if is_json(text):
        raise UsageError("--format: got a log_format that writes JSON, takes --format json for it")
    parts = _split(unquote(text), own)
    if not untimed and not any(isinstance(part, Slot) and part.field.role in ("time", "moment") for part in parts):
        raise UsageError(
            "--format: got a log_format without a time, takes one with $time_local, $time_iso8601 or $msec; --log-time"
            " names another variable"
        )
    return Template(parts, "log_format")


def check_countable(template: Template, *, untimed: bool = False) -> Template:
    """Return a template that has a host, a status and, if required, a time. Raises UsageError for another one."""
    for role, variable in _NEEDED.items():
        if not (template.gives(role) or (role == "time" and (untimed or template.gives("moment")))):
            raise UsageError(
                f"--format: got a log_format without {variable}, takes one with $remote_addr, $status and a time"
            )
    return template


def _split(text: str, own: OwnTime | None = None) -> list[bytes | Slot]:
    names = [name_1 or name_2 for name_1, name_2 in _VARIABLE.findall(text)]
    check_count(len(names))
    check_used(own, there=own is None or own.name in names)
    roles = _choose_roles(names)
    if own is not None:
        roles = {number: role for number, role in roles.items() if role != "time"}
    quoted = False
    parts: list[bytes | Slot] = []
    at, count = 0, 0
    for match in _VARIABLE.finditer(text):
        parts.append(_literal(text[at : match.start()]))
        quoted ^= text[at : match.start()].count('"') % 2 == 1
        touches = at == match.start() and count > 0
        if own is not None and names[count] == own.name:
            parts.append(own.slot(names[count]))
            at, count = match.end(), count + 1
            continue
        empty = text[match.end() : match.end() + 1] not in ("", " ", "$")
        parts.append(_slot(names[count], roles.get(count), quoted=quoted, touches=touches, empty=empty))
        at, count = match.end(), count + 1
    return _join_queries([*parts, _literal(text[at:])])


def _literal(text: str) -> bytes:
    if "$" in text:
        raise UsageError(f"--format: got {visible_text(text)} in a log_format, takes $remote_addr, ${{status}}, …")
    return text.encode("utf-8", "surrogateescape")


def _choose_roles(names: list[str]) -> dict[int, Role]:
    """Return the role of each variable that provides one, by the variable's index."""
    best: dict[Role, tuple[int, int]] = {}
    client = None if set(names) & {*_ADDRESSES} else next((name for name in _CLIENTS if name in names), None)
    for number, name in enumerate(names):
        role = "host" if name == client else _TYPED[name][0] if name in _TYPED else _ROLES.get(name)
        order = (_ORDER.index(name) if name in _ORDER else len(_ORDER), number)
        if role is not None and order < best.get(role, (len(names) + len(_ORDER), 0)):
            best[role] = order
    return {number: role for role, (_, number) in best.items()}


def _slot(name: str, role: Role | None, *, quoted: bool, touches: bool, empty: bool) -> Slot:
    """Return the slot of a variable.

    Args:
        name: Name of the variable.
        role: The role it provides.
        quoted: It stands in quotes.
        touches: Another variable stands directly before it.
        empty: It may be empty, since it is not followed by a space.
    """
    if name in _TYPED:
        _, writing, looks, width = _TYPED[name]
        return Slot(Field(name, role, writing), "typed", looks, width)
    if role == "host" and name not in _ADDRESSES:
        return client_slot(Field(name, role, "addresses"), quoted=quoted)
    if role == "request":
        return request_slot(Field(name, role), quoted=quoted)
    begins = b"/" if touches and name in ("request_uri", "uri", "document_uri") else b""
    return Slot(Field(name, role), "word" if role == "host" else "any", begins=begins, empty=empty and role != "host")


def _join_queries(parts: list[bytes | Slot]) -> list[bytes | Slot]:
    """Return the parts with ``$is_args$args`` as one query, which may be empty."""
    joined: list[bytes | Slot] = []
    for part in parts:
        before = joined[-1] if joined else b""
        if part == b"":
            continue
        if (
            isinstance(part, Slot)
            and isinstance(before, Slot)
            and before.field.name == "is_args"
            and part.field.name in ("args", "query_string")
        ):
            joined[-1] = Slot(part.field, "query")
        else:
            joined.append(part)
    return joined
