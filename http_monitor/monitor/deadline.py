"""The end of a run: a length after its start, or a time of the wall clock."""

from http_monitor.clock import END_OF_TIME_US, Clock
from http_monitor.units import US_PER_S


class Deadline:
    """The end of a run, a given time after its start, which setting the wall clock does not move; or a clock time.

    Time between the two clock readings around such a step is not counted; the clock is read every second.

    Args:
        clock: The time.
        duration_s: The time after the start; None: none.
        until_us: The time of the wall clock; None: none.
    """

    def __init__(self, clock: Clock, duration_s: float | None, until_us: int | None = None) -> None:
        self._clock = clock
        self._seen_us = clock.now_us()
        self._seen_steps = clock.steps
        self._end_us = END_OF_TIME_US if duration_s is None else self._seen_us + round(duration_s * US_PER_S)
        self._until_us = END_OF_TIME_US if until_us is None else until_us

    def wait_s(self) -> float:
        """Return the seconds until the deadline; 0.0 once it has passed."""
        now_us, steps = self._clock.now_us(), self._clock.steps
        if steps != self._seen_steps:
            self._end_us += now_us - self._seen_us
        self._seen_us, self._seen_steps = now_us, steps
        return max(0.0, (min(self._end_us, self._until_us) - now_us) / US_PER_S)
