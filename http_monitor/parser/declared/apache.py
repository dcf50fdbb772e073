"""Makes formats from LogFormat strings of Apache and Tomcat."""

import re
from collections.abc import Sequence

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.declared.apache_directives import Directive, split_logformat
from http_monitor.parser.declared.apache_roles import duration_unit, find_roles, forwarded_client, moments_of
from http_monitor.parser.declared.apache_strftime import pattern_of, time_of
from http_monitor.parser.declared.apache_units import UnitFormat
from http_monitor.parser.declared.own_time import OwnTime, check_used
from http_monitor.parser.declared.placeholders import check_count
from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.fields.strptime import expression_of
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import NUMBER, STATUS_OR_NONE, Slot, client_slot, request_slot
from http_monitor.parser.template.template import Template
from http_monitor.ports.log_format import Remark

KIND = "custom"
"""Kind of batches read by a user's own format string."""


_ONLY_APACHE = "OkfLnePRVCE"
"""Letters that Tomcat does not know."""
_OF_VARNISH = re.compile(r"(?:Varnish|VCL_Log|VSL):")
"""Directives that varnishncsa logs as ``%{…}x``; its ``%D`` is microseconds, as Apache's is."""
_FIRST_BYTE = re.compile(r"%[<>!,0-9]*(?:\^FB|\{Varnish:time_firstbyte\}x|F)")
_UNKNOWN = Remark(
    "unit",
    "%D is microseconds in Apache and milliseconds in old Tomcats, and nothing shows which, so these lines have no"
    " duration (%{us}T or %{ms}T instead states the unit)",
)


class ApacheFormat(TemplateFormat):
    """The format of a LogFormat string."""

    def __init__(
        self,
        text: str,
        limit: int = DEFAULT_LINE_BYTES,
        *,
        name: str | None = None,
        unit: Writing | None = "us",
        own: OwnTime | None = None,
        untimed: bool = False,
    ) -> None:
        """Compile a LogFormat.

        Args:
            text: The string.
            limit: The longest line, in bytes without its LF.
            name: The text that the user gave, if it is another one.
            unit: The unit of ``%D``; None: not known.
            own: The directive that is the time of a line; None: ``%t``.
            untimed: Its lines may have no time.

        Raises:
            UsageError: the string cannot be read, or has no time.
        """
        template = apache_template(text, unit, own, untimed=untimed)
        unknown = unit is None and any(field.name == "%D" for field in template.fields)
        doubts: tuple[Remark, ...] = (_UNKNOWN,) if unknown and not template.gives("duration") else ()
        firsts = [field.name for field in template.fields if _FIRST_BYTE.fullmatch(field.name)]
        if firsts:
            doubts += (Remark("unread", f"{firsts[0]} is the time to the first byte, no duration, and is not read"),)
        super().__init__(name or text, template, limit, KIND, doubts=doubts)


def make_logformat(
    text: str, limit: int, *, name: str, of_httpd: bool, own: OwnTime | None = None, untimed: bool = False
) -> ApacheFormat | UnitFormat:
    """Return the format of a LogFormat, with the unit of its ``%D`` as far as it is known.

    Args:
        text: The string, of Apache or of Tomcat.
        limit: The longest line, in bytes without its LF.
        name: The name that the user gave.
        of_httpd: The string is from a configuration of Apache.
        own: The directive that is the time of a line; None: ``%t``.
        untimed: Its lines may have no time.

    Raises:
        UsageError: the string cannot be read, or has no time.
    """
    directives = [part for part in split_logformat(text) if isinstance(part, Directive)]
    if of_httpd or any(map(_is_only_apache, directives)) or all(it.letter != "D" for it in directives):
        return ApacheFormat(text, limit, name=name, own=own, untimed=untimed)
    unknown = ApacheFormat(text, limit, name=name, unit=None, own=own, untimed=untimed)
    if not any(it.letter == "T" and it.parameter in (None, "s") for it in directives) or _has_finer(directives):
        return unknown
    by_unit = (ApacheFormat(text, limit, name=name, unit=unit, own=own, untimed=untimed) for unit in _UNITS)
    return UnitFormat(unknown, *by_unit)


_UNITS: tuple[Writing, Writing] = ("us", "ms")


def _has_finer(directives: Sequence[Directive]) -> bool:
    return any(it.letter == "T" and it.parameter in ("us", "ms") for it in directives)


def _is_only_apache(directive: Directive) -> bool:
    letter = directive.letter
    if letter == "x" and _OF_VARNISH.match(directive.parameter or ""):
        return True
    return directive.final or directive.conditional or "<" in directive.text or letter in _ONLY_APACHE or "^" in letter


def apache_template(
    text: str, unit: Writing | None = "us", own: OwnTime | None = None, *, untimed: bool = False
) -> Template:
    """Return the template of a LogFormat string as it stands in a configuration.

    Args:
        text: The string.
        unit: The unit of ``%D``; None: not known, so it is no duration.
        own: The directive that is the time of a line; None: ``%t``.
        untimed: Its lines may have no time.

    Raises:
        UsageError: the string cannot be read, or has no time.
    """
    parts = split_logformat(text)
    directives = [part for part in parts if isinstance(part, Directive)]
    check_count(len(directives))
    check_used(own, there=own is None or any(it.parameter == own.name for it in directives))
    known = [it for it in directives if unit is not None or it.letter != "D"]
    roles = find_roles(known, timed=own is not None, untimed=untimed)
    role_of: dict[Directive, Role] = {directive: role for role, directive in roles.items()}
    if own is None:
        role_of |= dict.fromkeys(moments_of(directives), "moment")
    client = forwarded_client(directives)
    if client is not None:
        role_of[client] = "host"
    if unit is None and not any(map(_is_only_apache, directives)):
        # In Tomcat it is the name of a thread.
        role_of = {directive: role for directive, role in role_of.items() if directive.letter != "I"}
    placed: list[bytes | Slot] = []
    quoted = False
    for part in parts:
        if isinstance(part, str):
            placed.append(part.encode("utf-8", "surrogateescape"))
            quoted ^= part.count('"') % 2 == 1
        else:
            if own is not None and part.parameter == own.name:
                placed.append(own.slot(part.text))
                continue
            placed.append(_slot(part, role_of.pop(part, None), unit, quoted=quoted))
    return Template(placed, "LogFormat")


def _slot(directive: Directive, role: Role | None, unit: Writing | None, *, quoted: bool) -> Slot:
    if role == "moment":
        pattern = pattern_of(directive.parameter or "")
        return Slot(Field(directive.text, role, "strftime", pattern=pattern), "typed", expression_of(pattern))
    if role == "host" and directive.letter in "ie":
        return client_slot(Field(directive.text, role, "addresses"), quoted=quoted)
    if role == "request":
        return request_slot(Field(directive.text, role), quoted=quoted)
    if role == "time":
        time = time_of(directive.parameter or "")
        assert time is not None, "a directive gets this role only if it can be read"
        return Slot(Field(directive.text, role, time.writing), "typed", time.looks, time.width)
    if role == "duration":
        own = unit if directive.letter == "D" else None
        return Slot(Field(directive.text, role, own or duration_unit(directive)))
    field = Field(directive.text, role)
    if role == "status":
        return Slot(field, "typed", STATUS_OR_NONE, width=3)
    if role in ("size", "bytes_in", "port") or directive.letter == "p":
        return Slot(field, "typed", NUMBER)
    if directive.letter == "q":
        return Slot(field, "query")
    return Slot(field, "word" if role == "host" else "any")
