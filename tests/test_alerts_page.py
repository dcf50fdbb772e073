"""docs/ALERTS.md against the tests that it names."""

import re
from pathlib import Path

from http_monitor.display.alerts.detail_limit import MAX_DETAILED
from http_monitor.display.alerts.storm import MAX_LINES
from http_monitor.engine import episode_log, flapping
from tests.test_tailing_page import TESTS

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "ALERTS.md").read_text(encoding="utf-8")


def test_every_answer_names_a_test_that_exists() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("|") and not line.startswith(("| question", "|---"))]
    assert len(rows) == 22
    for row in rows:
        named = set(re.findall(r"`(test_\w+)`", row.rsplit("|", 2)[1]))
        assert named, f"no test is named: {row}"
        assert named <= TESTS, f"no such test: {named - TESTS}"


def test_the_numbers_are_those_of_the_code() -> None:
    numbers = (MAX_LINES, MAX_DETAILED, episode_log.MAX_KEPT, flapping.RAISES, flapping.WINDOWS)
    assert numbers == (10, 10, 100, 6, 10)
