"""The time of a format string under a name that the user gives."""

from dataclasses import dataclass

from http_monitor.errors import UsageError
from http_monitor.parser.fields.field import Field
from http_monitor.parser.fields.strptime import expression_of, is_whole, name_parts
from http_monitor.parser.template.slot import Slot
from http_monitor.units import visible_text


@dataclass(frozen=True, slots=True)
class OwnTime:
    """The value of ``--log-time``."""

    name: str
    """Name of the variable, without ``$``; for a directive, the text in its braces."""
    pattern: str = ""
    """A strftime pattern; empty: the notation is recognised by its form."""

    def slot(self, shown: str) -> Slot:
        """Return the slot of the time; `shown` is its text in the format string."""
        if not self.pattern:
            return Slot(Field(shown, "time", "any"))
        return Slot(Field(shown, "moment", "strftime", pattern=self.pattern), "typed", expression_of(self.pattern))


def own_time(text: str) -> OwnTime:
    """Return the time for ``NAME`` or ``NAME=PATTERN``.

    Raises:
        UsageError: there is no name, or the pattern lacks a date or a time of day.
    """
    name, equals, pattern = text.partition("=")
    name = name.strip().removeprefix("$").strip("{}")
    parts = name_parts(pattern)
    if not name or (equals and (parts is None or not is_whole(parts))):
        got = f"{visible_text(text[:60])}"
        takes = "the name of a variable, or NAME=PATTERN with a date and a time of day such as %d.%m.%Y %H:%M:%S"
        raise UsageError(f"--log-time: got {got}, takes {takes}")
    return OwnTime(name, pattern)


def check_used(own: OwnTime | None, *, there: bool) -> None:
    """Raise UsageError if a format string does not contain the name."""
    if own is not None and not there:
        raise UsageError(f"--log-time: got {visible_text(own.name)}, takes a variable that the format has")
