"""docs/TAILING.md against the tests that it names."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "TAILING.md").read_text(encoding="utf-8")


def test_every_case_names_tests_that_exist() -> None:
    cases = [line for line in PAGE.partition("## Cases")[2].partition("\n## ")[0].splitlines() if line.startswith("|")]
    tests = {
        name
        for path in (ROOT / "tests").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(cases) > 40
    for case in cases[2:]:
        named = re.findall(r"`(test_\w+)`", case)
        assert named, f"no test is named: {case}"
        assert set(named) <= tests, f"no such test: {set(named) - tests}"


def test_every_file_that_is_named_exists() -> None:
    for name in re.findall(r"`((?:tests|scripts|bench)/\w+\.py)`", PAGE):
        assert (ROOT / name).is_file(), name
