"""Finds out which directive of a LogFormat gives which field of a row."""

import importlib
import warnings
from collections.abc import Iterable

from http_monitor.errors import UsageError
from http_monitor.parser.field import Role, Writing
from http_monitor.parser.logformat import Directive
from http_monitor.parser.strftime import time_of

# By the names that apache-log-parser gives to directives; the first of a role is taken where there are several.
_ROLE_OF: dict[str, Role] = {
    "remote_host": "host",
    "remote_ip": "host",
    "remote_logname": "ident",
    "remote_user": "user",
    "request_first_line": "request",
    "method": "method",
    "url_path": "path",
    "query_string": "query",
    "protocol": "protocol",
    "status": "status",
    "response_bytes_clf": "size",
    "response_bytes": "size",
    "bytes_tx": "size",
    "bytes_rx": "bytes_in",
    "server_name": "vhost",
    "server_name2": "vhost",
    "server_port": "port",
    "request_header_referer": "referer",
    "request_header_user_agent": "agent",
    "request_header_x_forwarded_for": "forwarded",
    "request_header_host": "vhost",
    "request_header_x_request_id": "request_id",
    "env_unique_id": "request_id",
    "handler_log_id": "request_id",
}
_RANK = {name: rank for rank, name in enumerate(_ROLE_OF)}
# The letters whose braces choose what is logged, of those that this program has a use for.
_BY_PARAMETER = "ie"
# What apache-log-parser does not know.
_BY_DIRECTIVE: dict[str, Role] = {
    "%L": "request_id",
    "%{SSL_PROTOCOL}x": "tls",
    "%{version}c": "tls",
    "%{canonical}p": "port",
    "%{local}p": "port",
}
_UNITS: dict[str, tuple[Writing, int]] = {"": ("s", 2), "s": ("s", 2), "ms": ("ms", 1), "us": ("us", 0)}
"""The unit of ``%{...}T``, and how coarse it is."""


def find_roles(directives: Iterable[Directive]) -> dict[Role, Directive]:
    """Return for each field of a row the directive that gives it.

    Where several would, the one that is logged for every status goes first, then the one nearer to what the
    client saw: the final status, ``%h`` before ``%a``, ``%b`` before ``%O``, the finer duration.

    Raises:
        UsageError: none of them is a time that can be read.
    """
    found: dict[Role, tuple[tuple[bool, int, bool], Directive]] = {}
    times = []
    for directive in directives:
        role, rank = _role(directive)
        if directive.letter == "t":
            times.append(directive.text)
        if role is None:
            continue
        wants_final = role == "status"
        order = (directive.conditional, rank, directive.final != wants_final)
        if role not in found or order < found[role][0]:
            found[role] = (order, directive)
    if "time" not in found:
        got = f"only {times[0]}" if times else "no time"
        raise UsageError(f"--format: got a LogFormat with {got}, takes one with the time as %t")
    return {role: directive for role, (_, directive) in found.items()}


def duration_unit(duration: Directive) -> Writing:
    """Return the unit that a directive of role duration counts in."""
    return "us" if duration.letter == "D" else _UNITS[(duration.parameter or "").lower()][0]


def _role(directive: Directive) -> tuple[Role | None, int]:
    """Return the field that a directive can give, and which of several directives for it is preferred (least)."""
    if directive.letter == "t":
        time = time_of(directive.parameter or "")
        # Of several times the one in the usual writing is read quickest, and all are of the same request.
        return ("time", int(time.writing != "clf")) if time else (None, 0)
    if directive.letter == "D":
        return "duration", 0
    if directive.letter == "T":
        unit = (directive.parameter or "").lower()
        return ("duration", _UNITS[unit][1]) if unit in _UNITS else (None, 0)
    if directive.plain in _BY_DIRECTIVE:
        return _BY_DIRECTIVE[directive.plain], len(_RANK)
    if directive.letter in "pc" and directive.parameter not in (None, "c"):
        return None, 0
    name = _name(directive.plain if directive.letter in _BY_PARAMETER else f"%{directive.letter}")
    return _ROLE_OF.get(name), _RANK.get(name, 0)


def _name(directive: str) -> str:
    """Return what apache-log-parser calls a directive; empty where it does not know it."""
    with warnings.catch_warnings():
        # Its source has invalid escape sequences, at which Python warns when it compiles it.
        warnings.simplefilter("ignore")
        library = importlib.import_module("apache_log_parser")
    names: tuple[str, ...] = library.get_fieldnames(directive)
    return names[0] if names else ""
