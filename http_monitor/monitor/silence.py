"""Detects that lines no longer come, and finds the cause."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from http_monitor.clock import Clock
from http_monitor.inputs.input import Input
from http_monitor.ports.source import Diagnosing
from http_monitor.report import Notice
from http_monitor.units import US_PER_S, local

MIN_SILENCE_US = 60 * US_PER_S
"""A log is not silent before this time."""
TIMES_USUAL = 20
"""Nor before this multiple of the usual gap between two checks that found lines."""
_WEIGHT = 0.1


@dataclass(slots=True)
class _Hearing:
    """The state of one input."""

    lines: int = 0
    heard_us: int | None = None
    usual_us: float | None = None
    """None before the second lines."""
    is_silent: bool = False
    due_us: float = math.inf
    """Time at which the input is silent without further lines; infinite once that was reported."""


class Silence:
    """Called once a second; reports once that an input has fallen silent, and once that it has lines again.

    Owned by the monitor's thread. Measured by the running clock: setting the clock makes no silence. Finding the cause
    takes milliseconds, on a busy machine many; of inputs that fall silent together, one is reported each second.
    """

    def __init__(self, inputs: Sequence[Input], clock: Clock) -> None:
        self._inputs = inputs
        self._clock = clock
        self._hearings: dict[Input, _Hearing] = {}

    def __call__(self) -> Sequence[Notice]:
        """Return new notices."""
        return list(self._check_all(self._clock.running_us()))

    def _check_all(self, now_us: int) -> Iterator[Notice]:
        if [*self._hearings] != self._inputs:
            self._hearings = {entry: self._hearings.get(entry) or _Hearing() for entry in self._inputs}
        asked = False
        for entry, hearing in self._hearings.items():
            # With a thousand inputs this runs a thousand times a second.
            if (entry.lines == hearing.lines and now_us < hearing.due_us) or entry.finished:
                continue
            if entry.lines != hearing.lines:
                yield from self._check_input(entry, hearing, now_us)
            elif not asked and hearing.heard_us is not None:
                asked = hearing.is_silent = True
                hearing.due_us = math.inf
                quiet_us = now_us - hearing.heard_us
                yield entry.notice(f"no lines for {_span(quiet_us)}{_find_cause(entry)}", "silence", "warning")

    def _check_input(self, entry: Input, hearing: _Hearing, now_us: int) -> Iterator[Notice]:
        hearing.lines = entry.lines
        if hearing.heard_us is not None:
            gap_us = now_us - hearing.heard_us
            if hearing.is_silent:
                hearing.is_silent = False
                yield entry.notice(f"lines again, after {_span(gap_us)}", "silence-ended")
            # Silences count too: a log with lines every ten minutes is reported once, not every time.
            usual_us = gap_us if hearing.usual_us is None else hearing.usual_us
            hearing.usual_us = usual_us + _WEIGHT * (gap_us - usual_us)
        hearing.heard_us = now_us
        hearing.due_us = now_us + max(MIN_SILENCE_US, TIMES_USUAL * (hearing.usual_us or 0))


def _find_cause(entry: Input) -> str:
    health = entry.source.health()
    since = ""
    if health.waiting_since_us is not None:
        since = f", waiting for it since {local(health.waiting_since_us):%H:%M:%S}"
    why = entry.source.diagnose() if isinstance(entry.source, Diagnosing) else health.waiting_for
    return f"{since}: {why}" if why else since


def _span(microseconds: int) -> str:
    minutes, seconds = divmod(microseconds // US_PER_S, 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
