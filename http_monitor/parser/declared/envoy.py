"""Makes templates of Envoy's format strings.

Its operators: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from http_monitor.errors import UsageError
from http_monitor.parser.declared.placeholders import (
    NOTHING,
    Meant,
    choose_roles,
    describe_lack,
    make_template,
    meaning_of_time,
    parts_of,
    unknown_placeholder,
)
from http_monitor.parser.fields.field import Role, Writing
from http_monitor.parser.template.slot import DIGITS, EPOCH, ISO_UTC, NUMBER, STATUS_OR_NONE
from http_monitor.parser.template.template import Template

NOUN = "a format string of Envoy"
_NEEDED: dict[Role, str] = {
    "host": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
    "status": "%RESPONSE_CODE%",
    "time": "%START_TIME%",
}
OPERATOR = re.compile(r"%(?P<name>[A-Z][A-Z0-9_]{2,})(?:\((?P<of>[^()]*)\))?(?::(?P<most>[0-9]+))?%")
_UNQUOTED = re.compile(r"(:\s*)(%[A-Z][^%\"]*%)")
"""An operator as a value without quotes, which is no JSON until it is quoted."""
_MEANT: dict[str, Meant] = {
    "RESPONSE_CODE": Meant("status", looks=STATUS_OR_NONE),
    "BYTES_SENT": Meant("size", looks=NUMBER),
    "BYTES_RECEIVED": Meant("bytes_in", looks=NUMBER),
    "DURATION": Meant("duration", "ms"),
    "REQUEST_DURATION": NOTHING,
    "RESPONSE_DURATION": Meant("upstream", "ms", rank=1),
    "PROTOCOL": Meant("protocol"),
    "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT": Meant("host"),
    "DOWNSTREAM_REMOTE_ADDRESS": Meant("host", "addresses", rank=1),
    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT": Meant("host", rank=2),
    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS": Meant("host", "addresses", rank=3),
    "DOWNSTREAM_TLS_VERSION": Meant("tls"),
    "STREAM_ID": Meant("request_id", rank=1),
}
_HEADERS: dict[str, Meant] = {
    ":METHOD": Meant("method"),
    ":PATH": Meant("target", rank=1),
    "X-ENVOY-ORIGINAL-PATH": Meant("target"),
    ":AUTHORITY": Meant("vhost"),
    "HOST": Meant("vhost", rank=1),
    "USER-AGENT": Meant("agent"),
    "REFERER": Meant("referer"),
    "X-REQUEST-ID": Meant("request_id"),
    "X-FORWARDED-FOR": Meant("forwarded"),
}


def is_envoy(text: str) -> bool:
    """Return whether a string contains operators of Envoy."""
    return OPERATOR.search(text) is not None


def is_json(text: str) -> bool:
    """Return whether a string is a JSON object, which Envoy writes with its own order of keys and types."""
    return text.lstrip().startswith("{")


def envoy_keys(text: str, *, untimed: bool = False) -> dict[str, tuple[Role, Writing]]:
    """Return the roles of the keys of a ``json_format``.

    Args:
        text: The object with operators in the place of values.
        untimed: Its lines may have no time.

    Raises:
        UsageError: it is no object, or lacks a field that counting needs.
    """
    found: Any = None
    for written in (text, text.replace('\\"', '"').replace("\\n", " "), _UNQUOTED.sub(r'\1"\2"', text)):
        with suppress(ValueError, RecursionError):
            found = json.loads(written)
            break
    if not isinstance(found, dict):
        raise UsageError(f"--format: got {NOUN} that is no JSON object, takes one with %OPERATORS%")
    named = {key: match for key, match in _operators_in(found, ()) if match is not None}
    names_client = any(_MEANT.get(match["name"], NOTHING).role == "host" for match in named.values())
    meants = {
        key: _look_up(match["name"], match["of"] or "", names_client=names_client) for key, match in named.items()
    }
    keys: dict[str, tuple[Role, Writing]] = {}
    for (key, meant), role in zip(meants.items(), choose_roles([*meants.values()]), strict=True):
        if role is not None:
            is_unit = role in ("duration", "upstream")
            keys[key] = ("time" if role == "moment" else role, meant.writing if is_unit else "plain")
    said = {role for role, _ in keys.values()}
    for role, placeholder in _NEEDED.items():
        if role not in said and not (role == "time" and untimed):
            raise describe_lack(NOUN, placeholder, _NEEDED)
    return keys


def _operators_in(found: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Yield each key of an object with its operator; None if its value is something else."""
    for key, value in found.items():
        if isinstance(value, dict):
            yield from _operators_in(value, (*path, key))
        elif isinstance(value, str):
            yield ".".join((*path, key)), OPERATOR.fullmatch(value.strip())


def envoy_template(text: str, *, untimed: bool = False) -> Template:
    """Return the template of a format string, `untimed` ones too. Raises UsageError: it cannot be read."""
    pieces: list[tuple[str, Meant | None]] = []
    at = 0
    names_client = any(_MEANT.get(match["name"], NOTHING).role == "host" for match in OPERATOR.finditer(text))
    for match in OPERATOR.finditer(text):
        pieces.append((_literal(text[at : match.start()]), None))
        pieces.append((match[0], _look_up(match["name"], match["of"] or "", names_client=names_client)))
        at = match.end()
    parts = parts_of([*pieces, (_literal(text[at:]), None)])
    return make_template(parts, NOUN, _NEEDED, untimed=untimed)


def _literal(text: str) -> str:
    plain = text.replace("%%", "")
    if "%" in plain:
        raise unknown_placeholder(NOUN, text[text.index("%") :], "%START_TIME%, %RESPONSE_CODE%, …")
    return text.replace("%%", "%").replace('\\"', '"').replace("\\\\", "\\")


def _look_up(name: str, of: str, *, names_client: bool) -> Meant:
    if name == "START_TIME":
        return _time(of)
    if name == "REQ":
        headers = [header.strip().upper() for header in of.split("?")]
        meant = next((_HEADERS[header] for header in headers if header in _HEADERS), NOTHING)
        # Envoy's default format has no other client.
        is_client = meant.role == "forwarded" and not names_client
        return Meant("host", "addresses", rank=9) if is_client else meant
    if name == "RESP" and of.upper().startswith("X-ENVOY-UPSTREAM-SERVICE-TIME"):
        return Meant("upstream", "ms")
    return _MEANT.get(name, NOTHING)


def _time(of: str) -> Meant:
    if not of:
        return Meant("time", "iso", ISO_UTC)
    if of in ("%s.%3f", "%s.%6f", "%s.%f", "%s"):
        return Meant("time", "epoch", EPOCH)
    if of in ("%s%3f", "%s%6f"):
        return Meant("time", "epoch_ms" if of.endswith("3f") else "epoch_us", DIGITS)
    time = meaning_of_time(re.sub(r"%([1-9])f", "%f", of))
    if time is None:
        raise UsageError(f"--format: got {NOUN} with START_TIME({of}), takes one with a date and a time of day")
    return time
