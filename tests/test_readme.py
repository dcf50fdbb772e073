"""The README and the pages of reference against the program: options, defaults, alerts, formats, exit codes, NDJSON."""

import json
import re
from pathlib import Path

import pytest

from http_monitor.alerts import default_alerts
from http_monitor.arguments import values
from http_monitor.arguments.option import Option
from http_monitor.arguments.options import OPTIONS
from http_monitor.errors import FormatError, InputError, RefusedError, UsageError, WorkerError
from http_monitor.parser.clf.variants import SHAPES
from http_monitor.parser.presets import PRESETS
from http_monitor.settings import Settings
from tests.harness import Json, ndjson, replay
from tests.program import run

_ROOT = Path(__file__).resolve().parents[1]
_NAMES = ("README.md", "docs/OPTIONS.md", "docs/NDJSON.md", "docs/FORMATS.md", "docs/RECIPES.md")
_MAX_README_LINES = 150
PAGES = {name: (_ROOT / name).read_text(encoding="utf-8") for name in _NAMES}
SPIKE = "".join(
    f'203.0.113.9 - - [10/Oct/2025:13:{minute:02}:00 +0000] "GET / HTTP/1.1" {status} 7\n' * 30
    for minute, status in ((55, 200), (56, 503), (59, 200))
).encode()


def section(title: str) -> str:
    """Return what stands under a heading that one of the pages has."""
    level = title.partition(" ")[0]
    heading = f"\n{title}\n"
    (rest,) = (f"\n{page}".partition(heading)[2] for page in PAGES.values() if heading in f"\n{page}")
    return rest.partition(f"\n{level} ")[0]


def rows(title: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def documented(option: Option) -> list[str]:
    found = [row for row in rows("# Options") if re.match(rf"`{option.flags[0]}[` ]", row[0])]
    assert len(found) == 1, f"{option.flags[0]} has {len(found)} rows in docs/OPTIONS.md"
    return found[0]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.field)
def test_every_option_is_documented_by_all_its_names_with_what_it_takes(option: Option) -> None:
    shown = ", ".join(f"`{flag}{option.shown}`" for flag in option.flags)
    assert documented(option)[0].replace("\\|", "|") == shown


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.field)
def test_every_documented_default_is_the_one_of_the_settings(option: Option) -> None:
    cell = documented(option)[1].strip("`")
    default = getattr(Settings(), option.field)
    number = cell.split()[0].replace(",", "")
    match default:
        case bool():
            assert (cell, default) == ("off", False)
        case None:
            assert cell == option.default
        case int() if option.read is values.size:
            assert values.size(cell) == default
        case int() | float():
            assert float(number) == default
        case tuple():
            assert default == (() if cell == option.default == "none" else (cell,))
        case _:
            assert cell == default


def test_no_option_is_documented_that_does_not_exist() -> None:
    flags = {flag for option in OPTIONS for flag in option.flags} | {"-h", "--help", "--version"}
    assert {flag for row in rows("# Options") for flag in re.findall(r"`(--?[a-z-]+)", row[0])} == flags


def test_every_option_that_an_example_uses_exists() -> None:
    flags = {flag for option in OPTIONS for flag in option.flags} | {"--version"}
    pages = "\n".join(PAGES.values()).replace("\\\n", " ")
    calls = re.findall(r"(?:http-monitor|scripts/run) ((?:[^\n`|]|\\\n)*)", pages)
    used = {flag for call in calls for flag in re.findall(r"(?<!\S)--[a-z-]+", call)}
    assert len(used) > 10
    assert used <= flags


def test_the_readme_is_short_and_every_page_that_one_links_to_exists() -> None:
    assert len(PAGES["README.md"].splitlines()) <= _MAX_README_LINES
    for path in (_ROOT / "README.md", *(_ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_every_alert_is_documented_by_its_name() -> None:
    assert [row[0] for row in rows("## Alerts")] == [
        f"`{alert.name}`" for alert in default_alerts(Settings(alert_malformed=5.0))
    ]


def test_every_format_is_documented_by_its_name() -> None:
    (row,) = (row for row in rows("# Options") if row[0].startswith("`--format "))
    assert all(f"`{name}`" in row[2] for name in SHAPES)
    commands = [row[1] for row in rows("## Named formats")]
    assert commands == [f"`--format {preset.name}`" for preset in PRESETS]


def test_every_exit_code_is_documented() -> None:
    codes = {error.exit_code for error in (UsageError, InputError, RefusedError, FormatError, WorkerError)} | {0}
    assert [int(row[0]) for row in rows("## Exit codes")] == sorted(codes)
    _, _, in_help = run("-h").out.decode().rpartition("exit codes:")
    assert [int(code) for code in re.findall("[0-9]+", in_help)] == sorted(codes)


def test_the_objects_quoted_have_the_keys_that_the_program_writes() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", section("# NDJSON"), re.DOTALL)
    quoted = {thing["type"]: thing for thing in map(json.loads, block.splitlines())}
    written: dict[str, Json] = {}
    for line in ndjson(replay([[SPIKE]], Settings(replay=True)).messages).splitlines():
        thing = json.loads(line)
        written.setdefault(thing["type"], thing)
    assert {kind: shape(thing) for kind, thing in quoted.items()} == {
        kind: shape(thing) for kind, thing in written.items()
    }


def shape(thing: Json) -> list[str]:
    """Return the keys of an object and of the fixed objects in it, in their order."""
    # What requests are is told where rows are kept, which takes a whole program.
    keys = [key for key in thing if key != "breakdown"]
    return [*keys, *(f"{name}.{key}" for name in ("window", "health") for key in thing.get(name, ()))]
