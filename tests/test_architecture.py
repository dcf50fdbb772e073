"""docs/ARCHITECTURE.md against the code: its picture of the layers, and what it names."""

import configparser
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")


def layers_of_the_contract() -> list[list[str]]:
    lines = SETUP["importlinter:contract:layers"]["layers"].split("\n")
    return [re.split(r"\s*[|:]\s*", line.strip()) for line in lines if line.strip()]


def test_the_picture_of_the_layers_is_the_one_of_the_contract() -> None:
    picture = PAGE.partition("```text\n")[2].partition("```")[0].splitlines()
    boxes = [line[: len(picture[0])] for line in picture if line.startswith("|")]
    assert [line.replace("|", " ").split() for line in boxes] == layers_of_the_contract()


def test_every_module_of_the_program_has_a_layer() -> None:
    modules = {path.stem for path in (ROOT / "http_monitor").iterdir() if not path.name.startswith(("_", "py.", "."))}
    assert modules == {name for layer in layers_of_the_contract() for name in layer}


def test_the_page_fits_in_200_lines() -> None:
    assert len(PAGE.splitlines()) <= 200


def test_every_room_is_linked() -> None:
    packages = {path.parent.name for path in (ROOT / "http_monitor").glob("*/__init__.py")}
    linked = set(re.findall(r"\]\(\.\./http_monitor/([a-z]+)", PAGE))
    # What a line passes through; the others stand in the picture.
    assert packages - linked <= {"agents", "arguments", "cli", "inputs", "ports", "serverconf", "simulator"}
    assert all((ROOT / "docs" / link).exists() for link in re.findall(r"\]\((\.\./[^)#]+)", PAGE))


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", PAGE))
    there = {
        str(path.relative_to(ROOT))
        for folder in ("http_monitor", "tests", "scripts")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {name for name in named if not any(path == name or path.endswith("/" + name) for path in there)} == set()


def test_every_class_that_is_named_exists() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "http_monitor").rglob("*.py"))
    named = set(re.findall(r"`(?:[a-z]+\.)?([A-Z][A-Za-z]+)(?:\.[a-z_]+)?`", PAGE)) - {
        "SimpleQueue",
        "BrokenPipeError",
        "None",
    }
    assert len(named) > 10
    assert {name for name in named if not re.search(rf"^(class )?{name}\b", code, re.MULTILINE)} == set()
