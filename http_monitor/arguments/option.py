"""An option of the command line, and the kinds of them that are made from a few words."""

from dataclasses import dataclass

from http_monitor import choices
from http_monitor.arguments import values
from http_monitor.settings import Settings

_DEFAULTS = Settings()
_MOST_S = f"{choices.MAX_DURATION_S // 86_400} days"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the command line."""

    flags: tuple[str, ...]
    """Its names, the one that messages use first."""
    field: str
    """The field of `Settings` that it sets."""
    help: str
    """One line for ``-h``, without its default."""
    read: values.Reader | None = None
    """Makes the value of its text; None where the option takes none and means True."""
    metavar: str = ""
    takes: str = ""
    """What it takes, as an error says it."""
    default: str = "off"
    """Its default with its unit, for ``-h``."""
    repeatable: bool = False
    alone: str | None = None
    """The text it stands for without a value; None: it takes one always, or never."""

    @property
    def shown(self) -> str:
        """Its value as the README writes it behind a flag, with a space; empty where it takes none."""
        if self.read is None:
            return ""
        return f" {self.metavar}" if self.alone is None else f" [{self.metavar}]"


@dataclass(frozen=True, slots=True)
class Group:
    """Options that ``-h`` shows together."""

    title: str
    options: tuple[Option, ...]


def group(title: str, *options: Option) -> Group:
    """Return a group of these options."""
    return Group(title, options)


def switch(flag: str, field: str, text: str) -> Option:
    """Return an option without a value."""
    return Option((flag,), field, text)


def text(flag: str, field: str, text: str, metavar: str, takes: str, default: str, repeatable: bool = False) -> Option:
    """Return one that takes a text."""
    return Option((flag,), field, text, values.text, metavar, takes, default, repeatable)


def duration(flags: tuple[str, ...], field: str, text: str, least_s: int = 1, default: str | None = None) -> Option:
    """Return one that takes a time."""
    default_s = getattr(_DEFAULTS, field)
    takes = f"whole seconds from {least_s} s to {_MOST_S}, written as 90, 90s, 2m, 1h or 1d"
    default = default or ("none" if default_s is None else f"{default_s} s")
    return Option(flags, field, text, values.duration, "TIME", takes, default)


def threshold(
    flag: str, field: str, text: str, unit: str, read: values.Reader = values.number, most: int = choices.MAX_COUNT
) -> Option:
    """Return one that takes the threshold of an alert."""
    takes = f"a number ({unit}) greater than 0, at most {most}"
    return Option((flag,), field, text, read, "NUMBER", takes, f"{getattr(_DEFAULTS, field):g} {unit}")


def count(flag: str, field: str, text: str, least: int, most: int, unit: str = "") -> Option:
    """Return one that takes a whole number."""
    default = getattr(_DEFAULTS, field)
    takes = f"a whole number from {least} to {most}"
    return Option(
        (flag,), field, text, values.whole, "N", takes, "none" if default is None else f"{default} {unit}".strip()
    )


def choice(flag: str, field: str, text: str, choices: tuple[str, ...]) -> Option:
    """Return one that takes one of some words."""
    takes = f"{', '.join(choices[:-1])} or {choices[-1]}"
    return Option(
        (flag,), field, text, values.one_of(choices), "|".join(choices), takes, str(getattr(_DEFAULTS, field))
    )
