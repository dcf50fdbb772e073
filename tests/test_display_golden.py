"""The bytes of fixed reports; `scripts/update_golden.py` writes them anew."""

import pytest

from tests.display_samples import GOLDEN, golden_files

FILES = golden_files()


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_fixed_report_is_shown_with_the_same_bytes_as_before(name: str) -> None:
    assert FILES[name] == (GOLDEN / name).read_bytes()
