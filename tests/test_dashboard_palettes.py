"""The colours of the dashboard can be read, and classes of status told apart, whoever looks at them.

Which roles meet which grounds is taken from the golden screens.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import combinations

import pytest
from rich.cells import cell_len

from http_monitor.dashboard.drawing.cells import Role
from http_monitor.dashboard.palettes import DARK, LIGHT, SIXTEEN, SIXTEEN_LIGHT, Palette
from tests.dashboard_screens import FOLDER, LETTERS

Rgb = tuple[float, float, float]
"""Red, green and blue of sRGB, 0 to 1."""
# The colours that xterm gives the names of sixteen.
XTERM = {
    **{"black": "#000000", "red": "#cd0000", "green": "#00cd00", "yellow": "#cdcd00", "blue": "#0000ee"},
    **{"magenta": "#cd00cd", "cyan": "#00cdcd", "white": "#e5e5e5", "bright_black": "#7f7f7f"},
    **{"bright_red": "#ff0000", "bright_green": "#00ff00", "bright_yellow": "#ffff00", "bright_blue": "#5c5cff"},
    **{"bright_magenta": "#ff00ff", "bright_cyan": "#00ffff", "bright_white": "#ffffff"},
}
# Palette, text and ground of the terminal.
PALETTES: dict[str, tuple[Palette, str, str]] = {
    "dark": (DARK, DARK.text, DARK.ground),
    "light": (LIGHT, LIGHT.text, LIGHT.ground),
    "sixteen": (SIXTEEN, "#e5e5e5", "#000000"),
    "sixteen-light": (SIXTEEN_LIGHT, "#000000", "#ffffff"),
}
CLASSES: tuple[Role, ...] = ("ok", "client_error", "server_error")
BARS: tuple[Role, ...] = (*CLASSES, "other_status")
# Bars, lines, and what is secondary.
FAINT: frozenset[str] = frozenset({*CLASSES, "other_status", "dim", "threshold", "marker", "field_time", "field_agent"})
# Parts of the chart that are in two colours, neither of which is read: what is stacked, and the gauge.
BLOCKS = re.compile("[▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░■]")
DRAWN = "│┊╌━▼"
# Machado, Oliveira and Fernandes 2009, table 1, severity 1.0; of linear RGB.
DEFICIENCIES: dict[str, Sequence[Rgb]] = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# One just sees a difference of about 2.3; colours that are named apart at a glance differ by more than 20.
LEAST_DIFFERENCE = 20.0


def hexadecimal(palette: str, colour: str, *, is_ground: bool) -> str:
    """Return a colour as ``#rrggbb``."""
    _, text, ground = PALETTES[palette]
    if colour == "default":
        return ground if is_ground else text
    return XTERM.get(colour, colour)


def shown(palette: str, role: Role, ground: Role | None) -> tuple[str, str]:
    """Return the colours of a text and of what is behind it."""
    style = PALETTES[palette][0].style(role, ground)
    assert style.color is not None
    assert style.bgcolor is not None
    return hexadecimal(palette, style.color.name, is_ground=False), hexadecimal(
        palette, style.bgcolor.name, is_ground=True
    )


def linear(colour: str) -> Rgb:
    """Return a colour in linear RGB."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2."""
    lights = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (linear(one), linear(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(colour: str, deficiency: str) -> Rgb:
    """Return a colour in CIELAB as somebody sees it."""
    source = linear(colour)
    seen = [
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, source, strict=True)))) for row in DEFICIENCIES[deficiency]
    ]
    red, green, blue = seen
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.0890
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: str, other: str, deficiency: str) -> float:
    """Return the difference of two colours by CIE 1976."""
    pairs = zip(lab(one, deficiency), lab(other, deficiency), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@cache
def met() -> frozenset[tuple[Role, Role | None, bool]]:
    """Return each role and ground that have a glyph in any golden screen, and whether it is a line that is drawn."""
    roles = {letter: role for role, letter in LETTERS.items()}
    found = set()
    for path in FOLDER.glob("*x*.txt"):
        text, _, rest = path.read_text(encoding="utf-8").partition("\n---- roles\n")
        upper, _, lower = rest.partition("\n---- grounds\n")
        grounds = {int(line[:2]): line[3:] for line in lower.splitlines()}
        for number, (row, kinds) in enumerate(zip(text.split("\n"), upper.split("\n"), strict=True), 1):
            below = unfold(grounds.get(number, ""))
            column = 0
            for char, letter in columns_of(row, unfold(kinds)):
                ground = below[column] if column < len(below) else "."
                role = roles[letter]
                column += cell_len(char)
                if role is not None and char != " " and not BLOCKS.match(char):
                    found.add((role, None if ground == "." else roles[ground], char in DRAWN))
    return frozenset(found)  # type: ignore[arg-type]


def unfold(runs: str) -> str:
    return "".join(int(run[:-1]) * run[-1] for run in runs.split())


def columns_of(row: str, letters: str) -> list[tuple[str, str]]:
    """Return each character of a row with the letter of its first column."""
    found, column = [], 0
    for char in row:
        if cell_len(char):
            found.append((char, letters[column] if column < len(letters) else "."))
        column += cell_len(char)
    return found


def test_the_golden_screens_have_text_on_the_grounds_that_matter() -> None:
    grounds = {ground for _, ground, _ in met()}
    assert grounds >= {None, "cursor", "selected", "raised", "chip", "ok"}
    assert {role for role, ground, _ in met() if ground == "cursor"} >= {
        "plain",
        "dim",
        "bad",
        "field_host",
        "field_time",
    }
    assert len(met()) > 35


@pytest.mark.parametrize("palette", PALETTES)
def test_all_text_can_be_read_on_its_ground(palette: str) -> None:
    faint = {
        (role, ground, round(found, 2), least)
        for role, ground, is_drawn in met()
        for found, least in [(contrast(*shown(palette, role, ground)), 3.0 if is_drawn or role in FAINT else 4.5)]
        if found < least
    }
    assert faint == set()


@pytest.mark.parametrize("palette", PALETTES)
def test_every_role_can_be_read_on_the_ground_of_the_screen(palette: str) -> None:
    for role in PALETTES[palette][0].roles:
        least = 3.0 if role in FAINT else 4.5
        assert contrast(*shown(palette, role, None)) >= least, role


@pytest.mark.parametrize("palette", PALETTES)
def test_bars_stand_out_from_the_screen(palette: str) -> None:
    for role in BARS:
        assert contrast(*shown(palette, role, None)) >= 3.0, role


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("palette", PALETTES)
def test_classes_of_status_are_told_apart_also_by_the_colour_blind(palette: str, deficiency: str) -> None:
    colours = {role: shown(palette, role, None)[0] for role in CLASSES}
    for one, other in combinations(CLASSES, 2):
        found = difference(colours[one], colours[other], deficiency)
        assert found >= LEAST_DIFFERENCE, (one, other, round(found, 1))


def test_what_is_simulated_is_what_was_published() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    # Red and green of equal lightness, which deuteranopes confuse.
    assert difference("#c00000", "#008000", "none") > 100
    assert difference("#b05050", "#7a7a50", "deuteranopia") < 10
    assert lab("#ffffff", "none") == pytest.approx((100.0, 0.0, 0.0), abs=0.02)
