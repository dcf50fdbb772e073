"""Makes a template of an Apache LogFormat string."""

from http_monitor.parser.field import Field, Role
from http_monitor.parser.logformat import Directive, split_logformat
from http_monitor.parser.roles import duration_unit, find_roles, forwarded_client, moments_of
from http_monitor.parser.slot import NUMBER, STATUS, Slot, client_slot, request_slot
from http_monitor.parser.strftime import pattern_of, time_of
from http_monitor.parser.strings.making import check_count
from http_monitor.parser.strptime import expression_of
from http_monitor.parser.template import Template
from http_monitor.parser.text import TemplateFormat
from http_monitor.settings import MAX_LINE_BYTES

KIND = "custom"
"""The kind of a batch that a format string of the user's own read."""


class ApacheFormat(TemplateFormat):
    """A format that a LogFormat string gives."""

    def __init__(self, text: str, limit: int = MAX_LINE_BYTES, *, name: str | None = None) -> None:
        """Take the LogFormat string, and the longest line in bytes without its LF; a name, if that is another text.

        Raises:
            UsageError: it cannot be read, or has no time.
        """
        super().__init__(name or text, apache_template(text), limit, KIND)


def apache_template(text: str) -> Template:
    """Return the template of a LogFormat string as it stands in a configuration.

    Raises:
        UsageError: it cannot be read, or has no time.
    """
    parts = split_logformat(text)
    directives = [part for part in parts if isinstance(part, Directive)]
    check_count(len(directives))
    roles = find_roles(directives)
    role_of: dict[Directive, Role] = {directive: role for role, directive in roles.items()}
    role_of |= dict.fromkeys(moments_of(directives), "moment")
    client = forwarded_client(directives)
    if client is not None:
        role_of[client] = "host"
    # Where the same directive stands twice, the first one is kept.
    placed: list[bytes | Slot] = []
    quoted = False
    for part in parts:
        if isinstance(part, str):
            placed.append(part.encode("utf-8", "surrogateescape"))
            quoted ^= part.count('"') % 2 == 1
        else:
            placed.append(_slot(part, role_of.pop(part, None), quoted=quoted))
    return Template(placed, "LogFormat")


def _slot(directive: Directive, role: Role | None, *, quoted: bool) -> Slot:
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
        return Slot(Field(directive.text, role, duration_unit(directive)))
    field = Field(directive.text, role)
    if role == "status":
        return Slot(field, "typed", STATUS, width=3)
    if role in ("size", "bytes_in", "port") or directive.letter == "p":
        return Slot(field, "typed", NUMBER)
    if directive.letter == "q":
        return Slot(field, "query")
    return Slot(field, "word" if role == "host" else "any")
