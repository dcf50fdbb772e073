"""Decides which simulated lines are due, second by second."""

import random
from bisect import bisect_right
from operator import itemgetter

from http_monitor.choices import Scenario
from http_monitor.simulator.lines import lines_of_second
from http_monitor.simulator.writer import FileWriter
from http_monitor.units import US_PER_S

_MIN_WAIT_US = 10_000
"""Shortest wait: at most a hundred writes a second, however many lines."""
_STALE_US = 2 * US_PER_S
"""Lines that are due for longer would be late for a monitor with default settings, and are left out."""


class TrafficWriter:
    """The simulator without its thread: its owner calls `step` at the returned times.

    Each second has its own random numbers, so that with one seed and the same clock the lines do not depend on the
    times of the steps.
    """

    def __init__(self, file: FileWriter, scenario: Scenario, rate: int, seed: int | None) -> None:
        """Write a scenario with 0 to `rate` lines a second to a file; without a seed it differs each time."""
        self._file = file
        self._scenario = scenario
        self._rate = rate
        self._seed = random.SystemRandom().getrandbits(63) if seed is None else seed
        self._started = False
        self._second_us = 0
        """Start of the second that `_due` belongs to."""
        self._elapsed_s = 0
        self._due: list[tuple[int, bytes]] = []
        """Remaining lines of that second: (time, line)."""

    @property
    def file(self) -> FileWriter:
        """The file that lines are written to."""
        return self._file

    def step(self, now_us: int) -> int:
        """Write the lines that are due, and return the time of the next step.

        The traffic begins with the next whole second. If the clock was set back before the last step, traffic resumes
        from the new time.

        Raises:
            RefusedError: the file must not be written (any more), or cannot be.
        """
        if not self._started or now_us < self._second_us - US_PER_S:
            self._plan(now_us // US_PER_S * US_PER_S + US_PER_S, self._elapsed_s + self._started)
            self._started = True
        lines: list[bytes] = []
        while self._second_us <= now_us:
            count = bisect_right(self._due, now_us, key=itemgetter(0))
            if self._second_us > now_us - _STALE_US:
                lines += [line for _, line in self._due[:count]]
            del self._due[:count]
            if self._second_us + US_PER_S > now_us:
                break
            self._plan_next(now_us)
        self._file.write(b"".join(lines))
        next_us = self._due[0][0] if self._due else self._second_us + US_PER_S
        return max(next_us, now_us + _MIN_WAIT_US)

    def _plan_next(self, now_us: int) -> None:
        # After a long pause (a suspended machine) the seconds in between are skipped instead of made and dropped.
        skipped = max(0, (now_us - _STALE_US - self._second_us) // US_PER_S - 1)
        self._plan(self._second_us + (1 + skipped) * US_PER_S, self._elapsed_s + 1 + skipped)

    def _plan(self, second_us: int, elapsed_s: int) -> None:
        self._second_us = second_us
        self._elapsed_s = elapsed_s
        rng = random.Random(f"{self._seed}/{elapsed_s}")
        made = lines_of_second(rng, second_us, elapsed_s, self._scenario, self._rate)
        self._due = [(second_us + offset_us, line) for offset_us, line in made]
