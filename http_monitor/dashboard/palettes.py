"""The colours of roles.

Classes of status codes differ in lightness as well as in hue (after Okabe and Ito, https://jfly.uni-koeln.de/color/),
so that they are told apart by those who do not see red and green as others do.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.style import Style

from http_monitor.dashboard.drawing.cells import Role


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a role."""

    text: str
    """Colour of the text."""
    ground: str = ""
    """Colour behind text that stands on this role; empty: that of the text."""
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a screen."""

    text: str
    ground: str
    roles: Mapping[Role, Colours]

    def style(self, role: Role, ground: Role | None) -> Style:
        """Return the style of a cell."""
        colours = self.roles.get(role, Colours(self.text))
        behind = self.ground
        if ground is not None:
            under = self.roles.get(ground, Colours(self.text))
            behind = under.ground or under.text
        return Style(color=colours.text, bgcolor=behind, bold=colours.bold)


DARK = Palette(
    "#c9d1d9",
    "#0d1117",
    {
        "bold": Colours("#f0f3f6", bold=True),
        "dim": Colours("#7d8590"),
        "accent": Colours("#6cb6ff"),
        "title": Colours("#f0f3f6", "#1f3a5f", bold=True),
        "chip": Colours("#0d1117", "#6cb6ff"),
        "key": Colours("#6cb6ff", bold=True),
        "raised": Colours("#ffffff", "#b4371e", bold=True),
        "good": Colours("#56b4e9"),
        "warn": Colours("#e8b93c"),
        "bad": Colours("#ff7b54", bold=True),
        "ok": Colours("#3f7fb5"),
        "client_error": Colours("#e8c547"),
        "server_error": Colours("#ff6a3d"),
        "other_status": Colours("#7d8590"),
        "threshold": Colours("#d58fd0"),
        "marker": Colours("#d58fd0", bold=True),
        "cursor": Colours("#f0f3f6", "#264a73"),
        "selected": Colours("#f0f3f6", "#1c3046"),
        "field_time": Colours("#7d8590"),
        "field_host": Colours("#6cb6ff"),
        "field_method": Colours("#9fd8c8"),
        "field_path": Colours("#f0f3f6"),
        "field_agent": Colours("#8b949e"),
    },
)
LIGHT = Palette(
    "#24292f",
    "#ffffff",
    {
        "bold": Colours("#0d1117", bold=True),
        "dim": Colours("#6e7781"),
        "accent": Colours("#0550ae"),
        "title": Colours("#0d1117", "#c6ddf5", bold=True),
        "chip": Colours("#ffffff", "#0550ae"),
        "key": Colours("#0550ae", bold=True),
        "raised": Colours("#ffffff", "#a62a10", bold=True),
        "good": Colours("#0072b2"),
        "warn": Colours("#8a5a00"),
        "bad": Colours("#b3340a", bold=True),
        "ok": Colours("#5a9bd4"),
        "client_error": Colours("#b58900"),
        "server_error": Colours("#c8350a"),
        "other_status": Colours("#8c959f"),
        "threshold": Colours("#8250a0"),
        "marker": Colours("#8250a0", bold=True),
        "cursor": Colours("#0d1117", "#a9cdf0"),
        "selected": Colours("#0d1117", "#dcebfa"),
        "field_time": Colours("#6e7781"),
        "field_host": Colours("#0550ae"),
        "field_method": Colours("#116329"),
        "field_path": Colours("#0d1117"),
        "field_agent": Colours("#57606a"),
    },
)
_SIXTEEN: Mapping[Role, Colours] = {
    "bold": Colours("default", bold=True),
    "dim": Colours("bright_black"),
    "accent": Colours("cyan"),
    "title": Colours("default", "blue", bold=True),
    "chip": Colours("black", "cyan"),
    "key": Colours("cyan", bold=True),
    "raised": Colours("bright_white", "red", bold=True),
    "good": Colours("cyan"),
    "warn": Colours("yellow"),
    "bad": Colours("bright_red", bold=True),
    "ok": Colours("blue"),
    "client_error": Colours("yellow"),
    "server_error": Colours("bright_red"),
    "other_status": Colours("bright_black"),
    "threshold": Colours("magenta"),
    "marker": Colours("magenta", bold=True),
    "cursor": Colours("default", "blue"),
    "selected": Colours("default", "bright_black"),
    "field_time": Colours("bright_black"),
    "field_host": Colours("cyan"),
    "field_method": Colours("green"),
    "field_path": Colours("default"),
    "field_agent": Colours("bright_black"),
}
SIXTEEN = Palette("default", "default", _SIXTEEN)
"""For terminals of 16 colours: those that the user gave it."""
SIXTEEN_LIGHT = Palette(
    "default",
    "default",
    {**_SIXTEEN, "cursor": Colours("default", "bright_cyan"), "title": Colours("default", "bright_cyan", bold=True)},
)


def choose_palette(theme: str, color_system: str | None) -> tuple[Palette, bool]:
    """Return the palette for a terminal, and whether it has the terminal's own colours.

    Args:
        theme: ``dark`` or ``light``.
        color_system: What the terminal can show, as rich names it.
    """
    if color_system == "standard":
        return (SIXTEEN if theme == "dark" else SIXTEEN_LIGHT), True
    return (DARK if theme == "dark" else LIGHT), False
