"""Finds the directives of a LogFormat that provide the fields of a row."""

import importlib
import warnings
from collections.abc import Iterable, Sequence

from http_monitor.errors import UsageError
from http_monitor.parser.declared.apache_directives import Directive
from http_monitor.parser.declared.apache_strftime import pattern_of, time_of
from http_monitor.parser.fields.field import Role, Writing
from http_monitor.parser.fields.strptime import is_whole, name_parts

# Names are those of apache-log-parser; if a role has several, the first one is preferred.
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
# Letters of supported directives whose braces choose what is logged.
_BY_PARAMETER = "ie"
# Directives that apache-log-parser does not know.
_BY_DIRECTIVE: dict[str, Role] = {
    "%L": "request_id",
    "%{SSL_PROTOCOL}x": "tls",
    "%{version}c": "tls",
    "%{ssl.protocol-version}x": "tls",
    "%{canonical}p": "port",
    "%{local}p": "port",
}
CLIENT_HEADERS = (
    *("cf-connecting-ip", "true-client-ip", "fastly-client-ip", "x-real-ip", "x-client-ip", "x-cluster-client-ip"),
    *("x-forwarded-for", "forwarded-for"),
)
"""Headers in which proxies name the client, those with a single address first."""
_UNITS: dict[str, tuple[Writing, int]] = {"": ("s", 2), "s": ("s", 2), "ms": ("ms", 1), "us": ("us", 0)}
"""Unit of ``%{...}T``, and how coarse it is."""


def find_roles(directives: Iterable[Directive], *, timed: bool = False, untimed: bool = False) -> dict[Role, Directive]:
    """Return for each field of a row the directive that provides it.

    Of several, one that is logged for every status is preferred, then the one nearer to what the client saw: the final
    status, ``%h`` before ``%a``, ``%b`` before ``%O``, the finer duration.

    Args:
        directives: The directives of the string.
        timed: Another directive is the time.
        untimed: There may be no time.

    Raises:
        UsageError: none of them is a readable time.
    """
    found: dict[Role, tuple[tuple[bool, int, bool], Directive]] = {}
    times: list[Directive] = []
    for directive in directives:
        role, rank = _role(directive)
        if directive.letter == "t":
            times.append(directive)
        if role is None:
            continue
        wants_final = role == "status"
        order = (directive.conditional, rank, directive.final != wants_final)
        if role not in found or order < found[role][0]:
            found[role] = (order, directive)
    if timed:
        found.pop("time", None)
        return {role: directive for role, (_, directive) in found.items()}
    pieces = moments_of(times)
    if "time" not in found and not pieces and not untimed:
        got = f"only {times[0].text}" if times else "no time"
        raise UsageError(f"--format: got a LogFormat with {got}, takes one with the time as %t")
    if pieces:
        found.pop("time", None)
    return {role: directive for role, (_, directive) in found.items()}


def moments_of(directives: Iterable[Directive]) -> tuple[Directive, ...]:
    """Return the fewest directives that together make up a time, if no single one does."""
    times = [directive for directive in directives if directive.letter == "t"]
    known = [time_of(directive.parameter or "") for directive in times]
    seconds = next((it for it in times if pattern_of(it.parameter or "") in ("sec", "%s")), None)
    fraction = next((it for it in times if name_parts(pattern_of(it.parameter or "")) == frozenset({"fraction"})), None)
    if seconds is not None and fraction is not None:
        return (seconds, fraction)
    if any(time is not None and time.zoned for time in known):
        return ()
    pieces: list[Directive] = []
    parts: frozenset[str] = frozenset()
    for directive in times:
        own = name_parts(pattern_of(directive.parameter or ""))
        if own and not own <= parts:
            pieces.append(directive)
            parts |= own
    if not is_whole(parts):
        return ()
    alone = next((piece for piece in pieces if name_parts(pattern_of(piece.parameter or "")) == parts), None)
    if alone is not None and time_of(alone.parameter or "") is not None:
        return ()
    return tuple(pieces) if alone is None else (alone,)


def duration_unit(duration: Directive) -> Writing:
    """Return the unit of a directive with the role duration."""
    if duration.letter == "x":
        return "s"
    return "us" if duration.letter == "D" else _UNITS[(duration.parameter or "").lower()][0]


def _role(directive: Directive) -> tuple[Role | None, int]:
    """Return the field that a directive can provide, and its rank among directives for it (the least is preferred)."""
    if directive.letter == "t":
        time = time_of(directive.parameter or "")
        # Times in the usual notation are read fastest, and all times are of the same request.
        return ("time", int(time.writing != "clf")) if time else (None, 0)
    if directive.letter == "D":
        return "duration", 0
    if directive.letter == "T":
        unit = (directive.parameter or "").lower()
        return ("duration", _UNITS[unit][1]) if unit in _UNITS else (None, 0)
    if directive.plain == "%{duration}x":
        return "duration", 1  # h2o's, in seconds with six decimals (lib/core/logconf.c).
    if directive.plain in _BY_DIRECTIVE:
        return _BY_DIRECTIVE[directive.plain], len(_RANK)
    if directive.letter in "pc" and directive.parameter not in (None, "c"):
        return None, 0
    name = _name(directive.plain if directive.letter in _BY_PARAMETER else f"%{directive.letter}")
    role = _ROLE_OF.get(name)
    # If the peer of the connection differs from the client, it is a proxy.
    is_peer = role == "host" and directive.parameter is not None
    return role, _RANK.get(name, 0) + is_peer * len(_RANK)


def forwarded_client(directives: Sequence[Directive]) -> Directive | None:
    """Return the header that names the client in a LogFormat without another client; else None."""
    if any(_role(directive)[0] == "host" for directive in directives):
        return None
    named = {(directive.parameter or "").lower(): directive for directive in directives if directive.letter in "ie"}
    return next((named[header] for header in CLIENT_HEADERS if header in named), None)


def _name(directive: str) -> str:
    """Return the name of a directive in apache-log-parser; empty if it does not know it."""
    with warnings.catch_warnings():
        # Python warns about invalid escape sequences when it compiles its source.
        warnings.simplefilter("ignore")
        library = importlib.import_module("apache_log_parser")
    names: tuple[str, ...] = library.get_fieldnames(directive)
    return names[0] if names else ""
