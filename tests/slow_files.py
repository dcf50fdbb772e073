"""Tells at the end of a run which test files took longest."""

from collections import defaultdict

import pytest

_SHOWN = 10


class SlowFiles:
    """Adds up the time of each file's tests: the time that passed, whatever else the machine did."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.location[0]] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if len(self._seconds) < 2:
            return
        terminalreporter.section(f"slowest {min(_SHOWN, len(self._seconds))} files")
        for name, seconds in sorted(self._seconds.items(), key=lambda item: -item[1])[:_SHOWN]:
            terminalreporter.write_line(f"{seconds:7.1f} s  {name}")
