"""The order in which test files are begun."""

from pathlib import Path

from tests.slow_files import FIRST


def test_the_files_that_are_begun_first_exist() -> None:
    assert [name for name in FIRST if not Path(__file__).with_name(f"{name}.py").is_file()] == []
