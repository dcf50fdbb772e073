"""Begins with the test files that take longest, and tells at the end which those were."""

from collections import defaultdict

import pytest

FIRST = (
    "test_program_restart",
    "test_real_servers",
    "test_program_live",
    "test_shared_logs",
    "test_bind_mounts",
    "test_dashboard_program",
    "test_dashboard_keys",
    "test_program_since",
    "test_program_replay",
    "test_text_on_a_terminal",
    "test_law_threads",
    "test_law_filter",
)
"""Begun late, one of them would be what all wait for at the end. The first mostly wait, while others work."""
_SHOWN = 10


class SlowFiles:
    """Orders the files, and adds up the time of each one's tests: that which passed, whatever else the machine did."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: FIRST.index(item.path.stem) if item.path.stem in FIRST else len(FIRST))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.location[0]] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if len(self._seconds) < 2:
            return
        terminalreporter.section(f"slowest {min(_SHOWN, len(self._seconds))} files")
        for name, seconds in sorted(self._seconds.items(), key=lambda item: -item[1])[:_SHOWN]:
            terminalreporter.write_line(f"{seconds:7.1f} s  {name}")
