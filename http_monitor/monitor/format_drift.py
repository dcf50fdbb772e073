"""Notices that the lines of a log have begun not to fit the format that the others had."""

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
"""So far back lines count, by when they were read."""
MOST_PERCENT = 1
"""Of the lines of that time, so many may be malformed."""
LEAST_LINES = 5
"""And so few are never worth a word: anybody may send a server bytes that make an odd line."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far an input had come at one look."""

    at_us: int
    lines: int
    malformed: int
    bad: Sample | None
    """The first malformed line since the look before."""


@dataclass(slots=True)
class _Course:
    """The looks of the last minute at one input, and one before them."""

    marks: deque[_Mark] = field(default_factory=deque)
    changes: int = 0
    """So often the format had changed."""
    has_drifted: bool = False
    due_us: float = math.inf
    """When its last minute has other lines, if no more come until then."""

    def note(self, mark: _Mark) -> None:
        """Take the next look."""
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
    """Asked once a second, tells of each input too many of whose lines stop to fit, once, and of its recovery.

    Owned by the monitor's thread. Measured by the running clock. An input none of whose lines ever fitted is told
    of elsewhere.
    """

    def __init__(self, inputs: Sequence[Input], clock: Clock) -> None:
        self._inputs = inputs
        self._clock = clock
        # What an earlier run counted is not of the last minute.
        now_us = clock.running_us()
        self._courses = {entry: _going_on(entry, now_us) for entry in inputs}

    def __call__(self) -> Sequence[Notice]:
        """Return what is to be told now."""
        return list(self._look(self._clock.running_us()))

    def _look(self, now_us: int) -> Iterator[Notice]:
        # What an input that has just joined has read already is of the last minute.
        if [*self._courses] != self._inputs:
            self._courses = {entry: self._courses.get(entry) or _begun(now_us) for entry in self._inputs}
        for entry, course in self._courses.items():
            if entry.lines == course.marks[-1].lines and now_us < course.due_us and entry.changes == course.changes:
                continue  # nothing came, and nothing that came falls out of the last minute
            if course.changes != entry.changes:
                # What did not fit the format before has been explained.
                course = self._courses[entry] = _going_on(entry, now_us)
            if course.marks[0].lines == entry.lines and not course.has_drifted:
                continue  # nothing came in the last minute
            course.note(_Mark(now_us, entry.lines, entry.lines - entry.rows, entry.take_bad()))
            lines, malformed = course.recent()
            too_many = malformed * 100 > MOST_PERCENT * lines
            if not course.has_drifted and too_many and malformed >= LEAST_LINES and entry.rows:
                course.has_drifted = True
                yield entry.notice(_words(entry, lines, malformed, course.first_bad()), "malformed", "warning")
            elif course.has_drifted and lines and not too_many:
                course.has_drifted = False
                yield entry.notice(f"its lines fit the format {entry.format_name} again", "malformed-ended")


def _begun(now_us: int, lines: int = 0, malformed: int = 0) -> _Course:
    return _Course(deque([_Mark(now_us, lines, malformed, None)]))


def _going_on(entry: Input, now_us: int) -> _Course:
    """Return the course of an input of which what was read before does not matter."""
    entry.take_bad()
    course = _begun(now_us, entry.lines, entry.lines - entry.rows)
    course.changes = entry.changes
    return course


def _words(entry: Input, lines: int, malformed: int, bad: Sample | None) -> str:
    share = f"{malformed:,} of the {lines:,} lines of the last minute ({100 * malformed / lines:.1f} %)"
    text = f"{share} do not fit the format {entry.format_name}, has it changed?"
    return text if bad is None else f"{text} {entry.words_for(bad)}"
