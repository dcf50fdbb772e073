"""Notices if no line of a whole window has the field that a rule depends on, and if lines have it again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from http_monitor.inputs.missing_columns import CLIENT, SAMPLE_ROWS, STATUS
from http_monitor.ports.log_format import Need
from http_monitor.report import Notice, PassedInterval, Report
from http_monitor.report_tables import Coverage
from http_monitor.units import US_PER_S


class Blindness:
    """Checks the reports of a run, in order. Owned by the monitor's thread."""

    def __init__(self) -> None:
        self._watched = (
            _Watched("error-rate", STATUS, lambda lines: lines.no_status),
            _Watched("ddos", CLIENT, lambda lines: lines.no_host),
        )

    def check(self, report: Report) -> Iterator[Notice]:
        """Yield the notices to publish after a report."""
        window_s = report.window.seconds
        return self.check_passed(PassedInterval(report.end_us, report.coverage, window_s, report.rules))

    def check_passed(self, interval: PassedInterval) -> Iterator[Notice]:
        """Yield the notices to publish after an interval, reported or not."""
        for one in self._watched:
            if interval.coverage.lines and any(rule.name == one.rule for rule in interval.rules):
                yield from one.check(interval)


@dataclass(slots=True)
class _Watched:
    """The field that one rule depends on."""

    rule: str
    need: Need
    is_absent: Callable[[Coverage], bool]
    is_blind: bool = True
    """True at first: for each file a notice says if none of its first lines has the field."""
    lines: int = 0
    """Number of consecutive lines without it."""
    had_us: int = 0
    """End of the last interval with a line that has it."""

    def check(self, interval: PassedInterval) -> Iterator[Notice]:
        if not self.is_absent(interval.coverage):
            if self.is_blind and self.lines >= SAMPLE_ROWS:
                words = f"lines have {self.need.what} again: {self.rule} is judged again"
                yield Notice(words, "warning", "coverage", at_us=interval.end_us)
            self.is_blind, self.lines, self.had_us = False, 0, interval.end_us
            return
        self.lines += interval.coverage.lines
        passed_us, window_s = interval.end_us - self.had_us, interval.window_s
        if not self.is_blind and self.lines >= SAMPLE_ROWS and passed_us >= window_s * US_PER_S:
            self.is_blind = True
            words = f"no line of the last {window_s} s has {self.need.what}, so {self.need.consequence}"
            yield Notice(words, "warning", "coverage", at_us=interval.end_us)
