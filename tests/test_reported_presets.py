"""Reports of others whose format had no preset: each line gives what is right, though nobody names the format."""

from typing import Any

import pytest

from tests.reported import needs_reports, reported

pytestmark = needs_reports

RIGHT: dict[str, dict[str, Any]] = {}
"""By the number of the case."""


@pytest.mark.parametrize("number", RIGHT)
def test_the_line_of_a_report_gives_what_is_right(number: str) -> None:
    (fields,) = reported(number).explained().fields
    assert fields is not None
    assert {name: fields.get(name) for name in RIGHT[number]} == RIGHT[number]
