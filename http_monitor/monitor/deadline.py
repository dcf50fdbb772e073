"""The end of a run of limited length."""

from http_monitor.clock import Clock
from http_monitor.units import US_PER_S


class Deadline:
    """The end of a run, a given time after its start; setting the wall clock does not move it.

    Time between the two clock readings around such a step is not counted; the clock is read every second.
    """

    def __init__(self, clock: Clock, duration_s: float) -> None:
        self._clock = clock
        self._seen_us = clock.now_us()
        self._seen_steps = clock.steps
        self._end_us = self._seen_us + round(duration_s * US_PER_S)

    def wait_s(self) -> float:
        """Return the seconds until the deadline; 0.0 once it has passed."""
        now_us, steps = self._clock.now_us(), self._clock.steps
        if steps != self._seen_steps:
            self._end_us += now_us - self._seen_us
        self._seen_us, self._seen_steps = now_us, steps
        return max(0.0, (self._end_us - now_us) / US_PER_S)
