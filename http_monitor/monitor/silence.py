"""Notices that no lines come any more where there were some, and asks why."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from http_monitor.clock import Clock
from http_monitor.inputs.input import Input
from http_monitor.ports.source import Diagnosing
from http_monitor.report import Notice
from http_monitor.units import US_PER_S, local

LEAST_US = 60 * US_PER_S
"""No log is silent before that."""
TIMES_USUAL = 20
"""Nor before so many times the usual gap between two looks that found lines."""
_WEIGHT = 0.1


@dataclass(slots=True)
class _Hearing:
    """What is known of one input."""

    lines: int = 0
    heard_us: int | None = None
    usual_us: float | None = None
    """None before the second time."""
    is_silent: bool = False
    due_us: float = math.inf
    """When it is silent if there are no lines until then; infinite once that is known."""


class Silence:
    """Asked once a second, tells of each input that has fallen silent, once, and of its return.

    Owned by the monitor's thread. Measured by the running clock: setting the clock makes no silence. To find out why
    takes milliseconds, on a busy machine many: of several that fall silent together one is told of each second.
    """

    def __init__(self, inputs: Sequence[Input], clock: Clock) -> None:
        self._inputs = inputs
        self._clock = clock
        self._hearings: dict[Input, _Hearing] = {}

    def __call__(self) -> Sequence[Notice]:
        """Return what is to be told now."""
        return list(self._listen(self._clock.running_us()))

    def _listen(self, now_us: int) -> Iterator[Notice]:
        if [*self._hearings] != self._inputs:
            self._hearings = {entry: self._hearings.get(entry) or _Hearing() for entry in self._inputs}
        asked = False
        for entry, hearing in self._hearings.items():
            # Of a thousand inputs this is asked every second.
            if (entry.lines == hearing.lines and now_us < hearing.due_us) or entry.finished:
                continue
            if entry.lines != hearing.lines:
                yield from self._hear(entry, hearing, now_us)
            elif not asked and hearing.heard_us is not None:
                asked = hearing.is_silent = True
                hearing.due_us = math.inf
                quiet_us = now_us - hearing.heard_us
                yield entry.notice(f"no lines for {_span(quiet_us)}{_why(entry)}", "silence", "warning")

    def _hear(self, entry: Input, hearing: _Hearing, now_us: int) -> Iterator[Notice]:
        hearing.lines = entry.lines
        if hearing.heard_us is not None:
            gap_us = now_us - hearing.heard_us
            if hearing.is_silent:
                hearing.is_silent = False
                yield entry.notice(f"lines again, after {_span(gap_us)}", "silence-ended")
            # Silences count too: a log that speaks once in ten minutes is told of once, not every time.
            usual_us = gap_us if hearing.usual_us is None else hearing.usual_us
            hearing.usual_us = usual_us + _WEIGHT * (gap_us - usual_us)
        hearing.heard_us = now_us
        hearing.due_us = now_us + max(LEAST_US, TIMES_USUAL * (hearing.usual_us or 0))


def _why(entry: Input) -> str:
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
