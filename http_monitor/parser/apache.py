"""Makes a template of an Apache LogFormat string."""

from http_monitor.parser.field import Field, Role
from http_monitor.parser.logformat import Directive, split_logformat
from http_monitor.parser.roles import duration_unit, find_roles
from http_monitor.parser.slot import NUMBER, STATUS, Slot
from http_monitor.parser.strftime import time_of
from http_monitor.parser.template import Template
from http_monitor.parser.text import TemplateFormat
from http_monitor.settings import MAX_LINE_BYTES

KIND = "custom"
"""The kind of a batch that a format string of the user's own read."""


class ApacheFormat(TemplateFormat):
    """A format that a LogFormat string gives."""

    def __init__(self, text: str, limit: int = MAX_LINE_BYTES) -> None:
        """Take the LogFormat string, and the longest line in bytes without its LF.

        Raises:
            UsageError: it cannot be read, or has no time.
        """
        super().__init__(text, apache_template(text), limit, KIND)


def apache_template(text: str) -> Template:
    """Return the template of a LogFormat string as it stands in a configuration.

    Raises:
        UsageError: it cannot be read, or has no time.
    """
    parts = split_logformat(text)
    roles = find_roles(part for part in parts if isinstance(part, Directive))
    role_of = {directive: role for role, directive in roles.items()}
    # Where the same directive stands twice, the first one is kept.
    return Template(
        [
            part.encode("utf-8", "surrogateescape") if isinstance(part, str) else _slot(part, role_of.pop(part, None))
            for part in parts
        ],
        "LogFormat",
    )


def _slot(directive: Directive, role: Role | None) -> Slot:
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
