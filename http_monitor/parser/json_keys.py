"""Makes JSON formats from user input: a mapping of keys, or a log_format of nginx that writes objects."""

import json
import re
from typing import Any, get_args

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.errors import UsageError
from http_monitor.parser.declared.envoy import envoy_keys
from http_monitor.parser.declared.own_time import OwnTime, check_used
from http_monitor.parser.fields.field import Role, Writing
from http_monitor.parser.jsonl.format import JsonFormat
from http_monitor.parser.presets.nginx_json import KEYS as NGINX_KEYS
from http_monitor.units import visible_text

PREFIX = "json:"
_EXAMPLE = "json:time=ts,host=ip,status=code"
_ROLES: tuple[Role, ...] = get_args(Role)
_TIMES: tuple[Writing, ...] = ("plain", "clf", "iso", "haproxy", "epoch", "epoch_ms", "epoch_us", "epoch_ns")
_UNITS: tuple[Writing, ...] = ("s", "ms", "us", "ns")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|\$(?:\{\w+\}|\w+)|[^"$]+|.', re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def json_format_from(text: str, limit: int = DEFAULT_LINE_BYTES, *, untimed: bool = False) -> JsonFormat:
    """Return the format of ``json:time=ts,host=ip,status=code,duration/ms=took``.

    Args:
        text: A role, optionally ``/`` and its notation if the value does not show it, ``=``, and the key, with dots
            that lead into inner objects; several of these, separated by commas.
        limit: The longest line, in bytes without its LF.
        untimed: Its lines may have no time.

    Raises:
        UsageError: an unknown role or notation, an empty or repeated key, or no time.
    """
    items = text.removeprefix(PREFIX)
    if not items.strip():
        raise UsageError(f"--format: got {PREFIX} without keys, takes them as in {_EXAMPLE} (json alone knows many)")
    key_map: dict[str, tuple[Role, Writing]] = {}
    for item in items.split(","):
        if not item.strip():
            raise UsageError(f"--format: got a comma too many in {PREFIX}, takes keys as in {_EXAMPLE}")
        left, equals, key = (part.strip() for part in item.partition("="))
        named, slash, written = left.partition("/")
        role = next((role for role in _ROLES if role == named), None)
        if role is not None and not key:
            got = f"{visible_text(item)} in {PREFIX} without a key"
            raise UsageError(f"--format: got {got}, takes role=key as in {_EXAMPLE}")
        if not equals or role is None:
            roles = ", ".join(_ROLES)
            raise UsageError(f"--format: got {visible_text(item)} in {PREFIX}, takes role=key with a role of {roles}")
        if key in key_map:
            raise UsageError(f"--format: got the key {visible_text(key)} twice in {PREFIX}, takes each once")
        key_map[key] = (role, _writing(role, written if slash else ""))
    timeless = not any(role == "time" for role, _ in key_map.values())
    if timeless and not untimed:
        raise UsageError(f"--format: got {PREFIX} without a time, takes one with time=key")
    return JsonFormat(text, key_map, limit, declared=True, untimed=timeless)


def nginx_json_template(
    log_format_text: str, limit: int = DEFAULT_LINE_BYTES, own: OwnTime | None = None, *, untimed: bool = False
) -> JsonFormat:
    """Return the format of the lines that a log_format with ``escape=json`` writes.

    Args:
        log_format_text: The JSON object with variables in the place of values, its quoted pieces joined.
        limit: The longest line, in bytes without its LF.
        own: The variable that is the time of a line; None: one of nginx's own.
        untimed: Its lines may have no time.

    Raises:
        UsageError: it is not a JSON object, or no key holds a time.
    """
    quoted = "".join(
        f'"{token[0]}"' if token[0].startswith("$") and len(token[0]) > 1 else token[0]
        for token in _TOKEN.finditer(log_format_text)
    )
    try:
        template: Any = json.loads(quoted)
    except (ValueError, RecursionError) as error:
        raise UsageError("--format: got a log_format that is no JSON object, takes one with $variables") from error
    key_map: dict[str, tuple[Role, Writing]] = {}
    if isinstance(template, dict):
        _collect(template, (), key_map, own)
        check_used(own, there=own is None or any(role == "time" for role, _ in key_map.values()))
    if own is not None and own.pattern:
        raise UsageError("--log-time: got a pattern for a log_format in JSON, takes the name of a variable for it")
    timeless = not any(role == "time" for role, _ in key_map.values())
    if timeless and not untimed:
        raise UsageError("--format: got a log_format in JSON without a time, takes one with $time_iso8601")
    return JsonFormat(log_format_text, key_map, limit, declared=True, untimed=timeless)


def envoy_json_format(text: str, limit: int = DEFAULT_LINE_BYTES, *, untimed: bool = False) -> JsonFormat:
    """Return the format of the lines of Envoy's ``json_format``.

    Args:
        text: The object with operators in the place of values.
        limit: The longest line, in bytes without its LF.
        untimed: Its lines may have no time.

    Raises:
        UsageError: it is no JSON object, or lacks a field that counting needs.
    """
    key_map = envoy_keys(text, untimed=untimed)
    timeless = not any(role == "time" for role, _ in key_map.values())
    return JsonFormat(text, key_map, limit, declared=True, untimed=timeless)


def _collect(
    template: dict[str, Any], path: tuple[str, ...], key_map: dict[str, tuple[Role, Writing]], own: OwnTime | None
) -> None:
    for key, value in template.items():
        here = (*path, key)
        if isinstance(value, dict):
            _collect(value, here, key_map, own)
        variable = _VARIABLE.fullmatch(value) if isinstance(value, str) else None
        name = (variable[1] or variable[2]) if variable else ""
        meaning = NGINX_KEYS.get(name)
        if own is not None:
            is_time = meaning is not None and meaning[0] == "time"
            meaning = ("time", "plain") if name == own.name else None if is_time else meaning
        if meaning is not None:
            key_map[".".join(here)] = meaning


def _writing(role: Role, written: str) -> Writing:
    if role not in ("time", "duration", "upstream"):
        if written:
            raise UsageError(f"--format: got /{visible_text(written)} for {role}, takes it for times and durations")
        return "plain"
    takes = _TIMES if role == "time" else _UNITS
    if not written and role != "time":
        raise UsageError(f"--format: got {role} without a unit, takes {role}/s, {role}/ms, {role}/us or {role}/ns")
    found = next((writing for writing in takes if writing == (written or "plain")), None)
    if found is None:
        raise UsageError(f"--format: got {role}/{visible_text(written)}, takes {', '.join(takes)}")
    return found
