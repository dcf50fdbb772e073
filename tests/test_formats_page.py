"""docs/FORMATS.md against the program: its commands are run, what they print is what it says."""

import re
import shlex
import tempfile
from pathlib import Path

import pytest

from http_monitor.arguments import parse_arguments
from http_monitor.filtering.reading import read_expression
from http_monitor.filtering.syntax import ALIASES, DERIVED, NUMBERS, TEXTS
from http_monitor.parser.presets import PRESETS
from tests.program import run

ROOT = Path(__file__).resolve().parents[1]
PAGE_PATH = ROOT / "docs" / "FORMATS.md"
PAGE = PAGE_PATH.read_text(encoding="utf-8")
_NAME = "http-monitor "


def section(title: str) -> str:
    """Return what stands under a heading of the page."""
    _, _, rest = PAGE.partition(f"\n## {title}\n")
    assert rest, f"the page has no section {title}"
    return rest.partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def files() -> dict[str, str]:
    """Return the files that the page shows, by their names."""
    return dict(re.findall(r"`([\w.]+)`:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL))


def blocks() -> list[tuple[str, str]]:
    """Return each command that the page shows with what it prints."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, output = part.partition("\n")
            found.append((line, output))
    return found


def printed(line: str) -> str:
    """Return what a command prints beside the files of the page."""
    assert line.startswith(_NAME)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files().items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        outcome = run(*shlex.split(line)[1:], cwd=Path(folder))
    told = (outcome.err, outcome.out) if "--replay" in line else (outcome.out, outcome.err)
    return b"".join(told).decode().rstrip("\n") + "\n"


@pytest.mark.parametrize(("line", "output"), blocks(), ids=lambda text: text[:60])
def test_a_command_prints_what_the_page_says(line: str, output: str) -> None:
    assert printed(line) == output


def test_there_are_commands_and_files() -> None:
    assert len(blocks()) > 8
    assert {"access.log", "shop.log", "nginx.conf"} <= set(files())


def test_every_format_with_a_name_has_its_command() -> None:
    commands = [row[2] for row in rows("Commands")]
    named = {name for row in rows("Commands") for name in re.findall(r"`(\w+)`", row[1])}
    assert named == {preset.name for preset in PRESETS}
    for cell in commands:
        command = re.fullmatch(r"`(.*)`", cell)
        assert command is not None, cell
        _, found, last = command[1].rpartition(_NAME)
        assert found, cell
        settings = parse_arguments(shlex.split(last))
        assert settings.files != ("/tmp/access.log",), cell


def test_every_field_of_a_filter_is_described_and_every_example_is_one() -> None:
    described = [name for row in rows("Filters") for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(described) == sorted([*TEXTS, *DERIVED, *NUMBERS, *ALIASES])
    examples = re.findall(r"^--filter '(.*)'$", section("Filters"), re.MULTILINE)
    assert len(examples) > 6
    for example in examples:
        read_expression(example)


def test_every_key_of_the_json_is_named() -> None:
    names = "vhost port host ident user time method target path section protocol status size_bytes referer agent"
    names += " duration_us upstream_us cache bytes_in request_id"
    assert [row[0].strip("`") for row in rows("Explain")] == names.split()
