"""Finds out which directive of a LogFormat gives which field of a row."""

import importlib
import warnings
from collections.abc import Iterable
from typing import Literal

from http_monitor.errors import UsageError
from http_monitor.parser.logformat import Directive

Role = Literal[
    "time", "host", "user", "request", "method", "path", "query", "status", "size", "duration", "referer", "agent"
]

# By the names that apache-log-parser gives to directives; the first of a role is taken where there are several.
_ROLE_OF: dict[str, Role] = {
    "remote_host": "host",
    "remote_ip": "host",
    "remote_user": "user",
    "request_first_line": "request",
    "method": "method",
    "url_path": "path",
    "query_string": "query",
    "status": "status",
    "response_bytes_clf": "size",
    "response_bytes": "size",
    "bytes_tx": "size",
    "time_us": "duration",
    "time_s": "duration",
    "request_header_referer": "referer",
    "request_header_user_agent": "agent",
}
_RANK = {name: rank for rank, name in enumerate(_ROLE_OF)}
# The only letters whose braces choose what is logged, of those that this program has a use for.
_BY_PARAMETER = "i"

# As strftime writes it, the default time is one of these; %T is short for %H:%M:%S.
_CLF_STRFTIME = ("[%d/%b/%Y:%H:%M:%S %z]", "%d/%b/%Y:%H:%M:%S %z")
_WHEN = ("begin:", "end:")
_DURATION_US = {"": 1_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}


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


def has_brackets(time: Directive) -> bool:
    """Return whether a directive of role time writes the brackets itself."""
    return not (time.parameter or "").removeprefix("begin:").removeprefix("end:").startswith("%d")


def duration_unit_us(duration: Directive) -> int:
    """Return the microseconds of the unit that a directive of role duration counts in."""
    return 1 if duration.letter == "D" else _DURATION_US[(duration.parameter or "").lower()]


def _role(directive: Directive) -> tuple[Role | None, int]:
    """Return the field that a directive can give, and which of several directives for it is preferred (least)."""
    parameter = directive.parameter or ""
    if directive.letter == "t":
        return ("time" if _is_clf_time(parameter) else None), 0
    if directive.letter == "T":
        known = parameter.lower() in _DURATION_US
        return ("duration", duration_unit_us(directive)) if known else (None, 0)
    name = _name(directive.plain if directive.letter in _BY_PARAMETER else f"%{directive.letter}")
    return _ROLE_OF.get(name), _RANK.get(name, 0)


def _is_clf_time(parameter: str) -> bool:
    for when in _WHEN:
        parameter = parameter.removeprefix(when)
    return parameter in ("", "begin", "end") or parameter.replace("%T", "%H:%M:%S") in _CLF_STRFTIME


def _name(directive: str) -> str:
    """Return what apache-log-parser calls a directive; empty where it does not know it."""
    with warnings.catch_warnings():
        # Its source has invalid escape sequences, at which Python warns when it compiles it.
        warnings.simplefilter("ignore")
        library = importlib.import_module("apache_log_parser")
    names: tuple[str, ...] = library.get_fieldnames(directive)
    return names[0] if names else ""
