"""An option of the command line, and constructors for the common kinds."""

from dataclasses import dataclass

from http_monitor import choices, moments
from http_monitor.arguments import values
from http_monitor.settings import Settings

_DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the command line."""

    flags: tuple[str, ...]
    """Its names; messages use the first one."""
    field: str
    """The field of `Settings` that it sets."""
    help: str
    """One line for ``-h``, without its default."""
    read: values.Reader | None = None
    """Converts the text of its value; None if it takes no value and means True."""
    metavar: str = ""
    takes: str = ""
    """The accepted values, in the words of an error message."""
    default: str = "off"
    """Its default with its unit, for ``-h``."""
    repeatable: bool = False
    alone: str | None = None
    """The text that it stands for without a value; None if it always takes one, or never."""

    @property
    def shown(self) -> str:
        """The value as docs/OPTIONS.md writes it after the flag, with a leading space; empty if it takes none."""
        if self.read is None:
            return ""
        return f" {self.metavar}" if self.alone is None else f" [{self.metavar}]"


@dataclass(frozen=True, slots=True)
class Group:
    """Options that ``-h`` shows together."""

    title: str
    options: tuple[Option, ...]


def group(title: str, *options: Option) -> Group:
    """Return a group of options."""
    return Group(title, options)


def switch(flag: str, field: str, text: str) -> Option:
    """Return an option without a value."""
    return Option((flag,), field, text)


def text(flag: str, field: str, text: str, metavar: str, takes: str, default: str, repeatable: bool = False) -> Option:
    """Return an option that takes a text."""
    return Option((flag,), field, text, values.text, metavar, takes, default, repeatable)


def duration(flags: tuple[str, ...], field: str, text: str, least_s: int = 1, default: str | None = None) -> Option:
    """Return an option that takes a time."""
    default_s = getattr(_DEFAULTS, field)
    default = default or ("none" if default_s is None else f"{default_s} s")
    return Option(flags, field, text, values.duration, "TIME", choices.durations(least_s), default)


def moment(flag: str, field: str, text: str) -> Option:
    """Return an option that takes a moment."""
    return Option((flag,), field, text, values.moment, "MOMENT", moments.TAKES, "none")


def threshold(
    flag: str, field: str, text: str, unit: str, read: values.Reader = values.number, most: int = choices.MAX_COUNT
) -> Option:
    """Return an option that takes the threshold of an alert."""
    takes = choices.thresholds(unit, most)
    return Option((flag,), field, text, read, "NUMBER", takes, f"{getattr(_DEFAULTS, field):g} {unit}")


def count(flag: str, field: str, text: str, least: int, most: int, unit: str = "") -> Option:
    """Return an option that takes a whole number."""
    default = getattr(_DEFAULTS, field)
    takes = choices.whole_numbers(least, most)
    return Option(
        (flag,), field, text, values.whole, "N", takes, "none" if default is None else f"{default} {unit}".strip()
    )


def choice(flag: str, field: str, text: str, choices: tuple[str, ...]) -> Option:
    """Return an option that takes one of a few words."""
    takes = f"{', '.join(choices[:-1])} or {choices[-1]}"
    return Option(
        (flag,), field, text, values.one_of(choices), "|".join(choices), takes, str(getattr(_DEFAULTS, field))
    )
