"""docs/DASHBOARD.md against the program: its keys, its names, and the tests that it names."""

import re
from itertools import groupby

from http_monitor.arguments.options import OPTIONS
from http_monitor.dashboard.drawing.help import TITLES
from http_monitor.dashboard.keys import KEYS
from http_monitor.dashboard.layout import MIN_HEIGHT, MIN_WIDTH, divide
from http_monitor.settings import Settings
from tests.program import ROOT

PAGE = (ROOT / "docs" / "DASHBOARD.md").read_text(encoding="utf-8")


def keys_table() -> str:
    """Return the table of keys as the page has it."""
    rows = ["| key | |", "|---|---|"]
    for group, keys in groupby(KEYS, key=lambda key: key.group):
        rows += [f"| **{TITLES[group]}** | |", *(f"| `{key.shown}` | {key.words} |" for key in keys)]
    return "\n".join(rows)


def test_the_keys_of_the_page_are_those_of_the_program() -> None:
    _, _, rest = PAGE.partition("\n## Keys\n\n")
    assert rest.partition("\n\n## ")[0] == keys_table()


def test_every_key_that_the_page_names_elsewhere_exists() -> None:
    known = {word for key in KEYS for word in key.shown.split()} | {"1", "2", "3", "5", "9", "f", "F"}
    before, _, rest = PAGE.partition("\n## Keys\n")
    prose = before + rest.partition("\n## ")[2]
    named = {text for text in re.findall(r"`([^`\s]{1,3}|Enter|Space|Tab)`", prose)} - {"–", "•", "p50", "p95", "new"}
    assert named <= known
    assert len(named) > 15


def test_options_tests_and_sizes_that_the_page_names_are_true() -> None:
    flags = {flag for option in OPTIONS for flag in option.flags}
    assert {*re.findall(r"`(--[a-z-]+)", PAGE)} <= flags
    assert all((ROOT / path).exists() for path in re.findall(r"`(tests/[a-z_]+\.py)`", PAGE))
    assert f"{MIN_WIDTH}×{MIN_HEIGHT}" in PAGE
    assert (divide(150, 40, 2, 0).aside_width > 0, divide(149, 40, 2, 0).aside_width) == (True, 0)
    assert (Settings().recent_s, Settings().recent_memory_bytes) == (15 * 60, 64 << 20)
