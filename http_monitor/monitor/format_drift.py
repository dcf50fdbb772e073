"""Detects that a log's lines no longer fit the format of the earlier lines."""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from http_monitor.clock import Clock
from http_monitor.inputs.input import Input
from http_monitor.records import Sample
from http_monitor.report import Notice
from http_monitor.units import US_PER_S

SPAN_US = 60 * US_PER_S
"""Length of the sliding span, by the time of reading."""
MAX_PERCENT = 1
"""Percentage of malformed lines in the span that is tolerated."""
MIN_LINES = 5
"""Smaller numbers of malformed lines cause no notice: any client can make a server log an odd line."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """The counters of an input at one check."""

    at_us: int
    lines: int
    malformed: int
    bad: Sample | None
    """The first malformed line since the previous check."""


@dataclass(slots=True)
class _Course:
    """The checks of one input in the last minute, and one before them."""

    marks: deque[_Mark] = field(default_factory=deque)
    changes: int = 0
    """Number of format changes so far."""
    has_drifted: bool = False
    due_us: float = math.inf
    """When the last minute will have other contents, if no lines come until then."""

    def note(self, mark: _Mark) -> None:
        """Add the next check."""
        self.marks.append(mark)
        while len(self.marks) > 2 and self.marks[1].at_us <= mark.at_us - SPAN_US:
            self.marks.popleft()
        self.due_us = self.marks[1].at_us + SPAN_US

    def recent(self) -> tuple[int, int]:
        """Return (lines, malformed lines) of the last minute."""
        first, last = self.marks[0], self.marks[-1]
        return last.lines - first.lines, last.malformed - first.malformed

    def first_bad(self) -> Sample | None:
        """Return the first malformed line of the last minute."""
        return next((mark.bad for mark in list(self.marks)[1:] if mark.bad is not None), None)


class FormatDrift:
    """Called once a second; reports once per input that too many lines stop fitting, and once that they fit again.

    Owned by the monitor's thread. Measured by the running clock. An input without any fitting line is reported by
    another part.
    """

    def __init__(self, inputs: Sequence[Input], clock: Clock) -> None:
        self._inputs = inputs
        self._clock = clock
        # Lines counted by an earlier run are not of the last minute.
        now_us = clock.running_us()
        self._courses = {entry: _restart_course(entry, now_us) for entry in inputs}

    def __call__(self) -> Sequence[Notice]:
        """Return new notices."""
        return list(self._check(self._clock.running_us()))

    def _check(self, now_us: int) -> Iterator[Notice]:
        # Lines of an input that has just joined are of the last minute.
        if [*self._courses] != self._inputs:
            self._courses = {entry: self._courses.get(entry) or _new_course(now_us) for entry in self._inputs}
        for entry, course in self._courses.items():
            if entry.lines == course.marks[-1].lines and now_us < course.due_us and entry.changes == course.changes:
                continue  # no lines came, and none leave the last minute
            if course.changes != entry.changes:
                # Lines that did not fit the previous format have been reported.
                course = self._courses[entry] = _restart_course(entry, now_us)
            if course.marks[0].lines == entry.lines and not course.has_drifted:
                continue  # no lines came in the last minute
            course.note(_Mark(now_us, entry.lines, entry.lines - entry.rows, entry.drain_bad()))
            lines, malformed = course.recent()
            too_many = malformed * 100 > MAX_PERCENT * lines
            if not course.has_drifted and too_many and malformed >= MIN_LINES and entry.rows:
                course.has_drifted = True
                yield entry.notice(_words(entry, lines, malformed, course.first_bad()), "malformed", "warning")
            elif course.has_drifted and lines and not too_many:
                course.has_drifted = False
                yield entry.notice(f"its lines fit the format {entry.format_name} again", "malformed-ended")


def _new_course(now_us: int, lines: int = 0, malformed: int = 0) -> _Course:
    return _Course(deque([_Mark(now_us, lines, malformed, None)]))


def _restart_course(entry: Input, now_us: int) -> _Course:
    """Return a new course for an input, ignoring the lines read so far."""
    entry.drain_bad()
    course = _new_course(now_us, entry.lines, entry.lines - entry.rows)
    course.changes = entry.changes
    return course


def _words(entry: Input, lines: int, malformed: int, bad: Sample | None) -> str:
    share = f"{malformed:,} of the {lines:,} lines of the last minute ({100 * malformed / lines:.1f} %)"
    text = f"{share} do not fit the format {entry.format_name}, has it changed?"
    return text if bad is None else f"{text} {entry.words_for(bad)}"
