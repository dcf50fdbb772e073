"""The colours of roles.

Classes of status codes differ in lightness as well as in hue (after Okabe and Ito, https://jfly.uni-koeln.de/color/),
so that they are told apart by those who do not see red and green as others do. Text has a contrast of at least 4.5 to
what is behind it (WCAG 2.2, 1.4.3), bars and what is dim of at least 3 (1.4.11).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    alone: str = ""
    """Colour of the text on the screen's ground; empty: as on any other."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a screen."""

    text: str
    ground: str
    roles: Mapping[Role, Colours]
    on: Mapping[Role, Mapping[Role, str]] = field(default_factory=dict)
    """By ground, the colour of the text of roles that could hardly be read there in their own."""

    def style(self, role: Role, ground: Role | None) -> Style:
        """Return the style of a cell."""
        colours = self.roles.get(role, Colours(self.text))
        if ground is None:
            return Style(color=colours.alone or colours.text, bgcolor=self.ground, bold=colours.bold)
        under = self.roles.get(ground, Colours(self.text))
        text = self.on.get(ground, {}).get(role, colours.text)
        return Style(color=text, bgcolor=under.ground or under.text, bold=colours.bold)


def _but_bars(on: Mapping[Role, str]) -> dict[Role, str]:
    """Return colours without those of bars: in a selected span of the chart these are as ever."""
    return {role: colour for role, colour in on.items() if role not in (*_BARS, "server_error")}


def _crossing(on_bars: str, on_errors: str, on_alerts: str) -> dict[Role, dict[Role, str]]:
    """Return the colours of the chart's lines where they cross bars, and of its markers in the bar of an alert."""
    bars: dict[Role, str] = {**dict.fromkeys(_BARS, on_bars), "server_error": on_errors}
    lines = {bar: dict.fromkeys(_LINES, colour) for bar, colour in bars.items()}
    return {**lines, "raised": {"marker": on_alerts}}


_BARS: tuple[Role, ...] = ("ok", "client_error", "other_status")
_LINES: tuple[Role, ...] = ("cursor", "threshold")
_DIM: tuple[Role, ...] = ("dim", "other_status", "field_time", "field_agent")
_BLUE: tuple[Role, ...] = ("accent", "key", "good", "field_host")
_RED: tuple[Role, ...] = ("bad", "server_error")
_VIOLET: tuple[Role, ...] = ("threshold", "marker")
_ON_DARK: dict[Role, str] = {
    **dict.fromkeys(_DIM, "#a4b1bf"),
    **dict.fromkeys(_BLUE, "#8fcbff"),
    **dict.fromkeys(_RED, "#ffa080"),
    **dict.fromkeys(_VIOLET, "#e6b3e2"),
    "ok": "#7db8ec",
}
DARK = Palette(
    "#c9d1d9",
    "#0d1117",
    {
        "bold": Colours("#f0f3f6", bold=True),
        "dim": Colours("#7d8590"),
        "accent": Colours("#6cb6ff"),
        "title": Colours("#f0f3f6", "#1f3a5f", bold=True),
        "chip": Colours("#0d1117", "#6cb6ff", alone="#6cb6ff"),
        "key": Colours("#6cb6ff", bold=True),
        "raised": Colours("#ffffff", "#b4371e", bold=True, alone="#ff7b54"),
        "good": Colours("#56b4e9"),
        "warn": Colours("#e8b93c"),
        "bad": Colours("#ff7b54", bold=True),
        "ok": Colours("#4587bf"),
        "client_error": Colours("#f0d050"),
        "server_error": Colours("#f2501f"),
        "other_status": Colours("#7d8590"),
        "threshold": Colours("#d58fd0"),
        "marker": Colours("#d58fd0", bold=True),
        "cursor": Colours("#f0f3f6", "#1f4268"),
        "selected": Colours("#f0f3f6", "#1c3046"),
        "field_time": Colours("#7d8590"),
        "field_host": Colours("#6cb6ff"),
        "field_method": Colours("#9fd8c8"),
        "field_path": Colours("#f0f3f6"),
        "field_agent": Colours("#8b949e"),
    },
    {"cursor": _ON_DARK, "selected": _but_bars(_ON_DARK), **_crossing("#0d1117", "#0d1117", "#ffffff")},
)
_ON_LIGHT: dict[Role, str] = {
    **dict.fromkeys(_DIM, "#46515c"),
    **dict.fromkeys(_BLUE, "#033f87"),
    **dict.fromkeys(_RED, "#8c2504"),
    **dict.fromkeys(_VIOLET, "#64387f"),
    **{"ok": "#1b5f9e", "client_error": "#6b4a00", "warn": "#6b4a00", "raised": "#8c2504", "field_method": "#0c4f1f"},
}
LIGHT = Palette(
    "#24292f",
    "#ffffff",
    {
        "bold": Colours("#0d1117", bold=True),
        "dim": Colours("#656d76"),
        "accent": Colours("#0550ae"),
        "title": Colours("#0d1117", "#c6ddf5", bold=True),
        "chip": Colours("#ffffff", "#0550ae", alone="#0550ae"),
        "key": Colours("#0550ae", bold=True),
        "raised": Colours("#ffffff", "#a62a10", bold=True, alone="#a62a10"),
        "good": Colours("#0072b2"),
        "warn": Colours("#8a5a00"),
        "bad": Colours("#b3340a", bold=True),
        "ok": Colours("#4f92cd"),
        "client_error": Colours("#b58900"),
        "server_error": Colours("#a52505"),
        "other_status": Colours("#7d8590"),
        "threshold": Colours("#8250a0"),
        "marker": Colours("#8250a0", bold=True),
        "cursor": Colours("#0d1117", "#b5d5f3"),
        "selected": Colours("#0d1117", "#dcebfa"),
        "field_time": Colours("#656d76"),
        "field_host": Colours("#0550ae"),
        "field_method": Colours("#116329"),
        "field_path": Colours("#0d1117"),
        "field_agent": Colours("#57606a"),
    },
    {"cursor": _ON_LIGHT, "selected": _but_bars(_ON_LIGHT), **_crossing("#0d1117", "#ffffff", "#ffffff")},
)
_SIXTEEN: Mapping[Role, Colours] = {
    "bold": Colours("default", bold=True),
    "dim": Colours("bright_black"),
    "accent": Colours("cyan"),
    "title": Colours("default", "blue", bold=True),
    "chip": Colours("black", "cyan", alone="cyan"),
    "key": Colours("cyan", bold=True),
    "raised": Colours("bright_white", "red", bold=True, alone="bright_red"),
    "good": Colours("cyan"),
    "warn": Colours("yellow"),
    "bad": Colours("bright_red", bold=True),
    "ok": Colours("bright_blue"),
    "client_error": Colours("yellow"),
    "server_error": Colours("bright_red"),
    "other_status": Colours("bright_black"),
    "threshold": Colours("magenta"),
    "marker": Colours("magenta", bold=True),
    "cursor": Colours("bright_white", "cyan"),
    "selected": Colours("bright_white", "blue"),
    "field_time": Colours("bright_black"),
    "field_host": Colours("cyan"),
    "field_method": Colours("green"),
    "field_path": Colours("default"),
    "field_agent": Colours("bright_black"),
}


def _all_in(colour: str) -> dict[Role, str]:
    """Return the same colour for the text of every role: of sixteen colours, few can be read on another."""
    return {"plain": colour, **dict.fromkeys(_SIXTEEN, colour)}


SIXTEEN = Palette(
    "default",
    "default",
    _SIXTEEN,
    {"cursor": _all_in("black"), "selected": _all_in("bright_white"), **_crossing("black", "black", "bright_white")},
)
"""For dark terminals of 16 colours: those that the user gave it."""
SIXTEEN_LIGHT = Palette(
    "default",
    "default",
    {
        **_SIXTEEN,
        "accent": Colours("blue"),
        "title": Colours("default", "bright_cyan", bold=True),
        "chip": Colours("bright_white", "blue", alone="blue"),
        "key": Colours("blue", bold=True),
        "raised": Colours("bright_white", "red", bold=True, alone="red"),
        "good": Colours("blue"),
        "warn": Colours("magenta"),
        "bad": Colours("red", bold=True),
        "ok": Colours("blue"),
        "client_error": Colours("magenta"),
        "server_error": Colours("red"),
        "threshold": Colours("bright_black"),
        "marker": Colours("bright_black", bold=True),
        "cursor": Colours("default", "bright_cyan"),
        "selected": Colours("default", "white"),
        "field_host": Colours("blue"),
        "field_method": Colours("default"),
    },
    {
        "cursor": _all_in("black"),
        "selected": _all_in("black"),
        **_crossing("bright_white", "bright_white", "bright_white"),
    },
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
