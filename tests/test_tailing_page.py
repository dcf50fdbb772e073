"""docs/TAILING.md against the tests that it names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "TAILING.md").read_text(encoding="utf-8")
TESTS = {
    name
    for path in (ROOT / "tests").glob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def part(title: str) -> str:
    """Return what stands below a heading."""
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(("title", "least"), [("Cases", 50), ("Reading through commands", 10)])
def test_every_case_names_a_test(title: str, least: int) -> None:
    cases = [line for line in part(title).splitlines() if line.startswith("|")][2:]
    assert len(cases) >= least
    for case in cases:
        assert re.search(r"`test_\w+`", case.rsplit("|", 2)[1]), f"no test is named: {case}"


def test_every_loss_that_cannot_be_avoided_names_what_shows_it() -> None:
    losses = part("Where loss cannot be avoided").split("\n- ")[1:]
    assert len(losses) >= 8
    for loss in losses:
        assert re.search(r"`(test_\w+|scripts/fuzz_following\.py)`", loss), f"no test is named: {loss}"


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named <= TESTS, f"no such test: {named - TESTS}"


def test_every_file_that_is_named_exists() -> None:
    for name in re.findall(r"`((?:tests|scripts|bench)/\w+\.py)`", PAGE):
        assert (ROOT / name).is_file(), name
