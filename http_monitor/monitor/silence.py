"""Notices that no lines come any more where there were some, and asks why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from http_monitor.clock import Clock
from http_monitor.monitor.inputs import Input
from http_monitor.ports import Diagnosing
from http_monitor.report import Notice
from http_monitor.units import US_PER_S

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
    usual_us: float = 0.0
    is_silent: bool = False


class Silence:
    """Asked once a second, tells of each input that has fallen silent, once, and of its return.

    Owned by the monitor's thread. Measured by the running clock: setting the clock makes no silence.
    """

    def __init__(self, inputs: Sequence[Input], clock: Clock) -> None:
        self._inputs = inputs
        self._clock = clock
        self._hearings: dict[int, _Hearing] = {}

    def __call__(self) -> Sequence[Notice]:
        """Return what is to be told now."""
        return list(self._listen(self._clock.running_us()))

    def _listen(self, now_us: int) -> Iterator[Notice]:
        for entry in self._inputs:
            hearing = self._hearings.setdefault(id(entry), _Hearing())
            if entry.finished:
                continue
            if entry.lines != hearing.lines:
                yield from self._hear(entry, hearing, now_us)
            elif hearing.heard_us is not None and not hearing.is_silent:
                quiet_us = now_us - hearing.heard_us
                if quiet_us >= max(LEAST_US, TIMES_USUAL * hearing.usual_us):
                    hearing.is_silent = True
                    yield Notice(f"{entry.name}: no lines for {_span(quiet_us)}{_why(entry)}", "warning")

    def _hear(self, entry: Input, hearing: _Hearing, now_us: int) -> Iterator[Notice]:
        hearing.lines = entry.lines
        if hearing.heard_us is not None:
            gap_us = now_us - hearing.heard_us
            if hearing.is_silent:
                hearing.is_silent = False
                yield Notice(f"{entry.name}: lines again, after {_span(gap_us)}")
            else:
                hearing.usual_us += _WEIGHT * (gap_us - hearing.usual_us)
        hearing.heard_us = now_us


def _why(entry: Input) -> str:
    return f": {entry.source.diagnose()}" if isinstance(entry.source, Diagnosing) else ""


def _span(microseconds: int) -> str:
    minutes, seconds = divmod(microseconds // US_PER_S, 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
