"""The only module that reads the machine's clocks."""

import time
from typing import Protocol

from http_monitor.units import US_PER_S

# Later than any log line (years end at 9998), and still an int64.
END_OF_TIME_US = 1 << 62
_STEP_US = US_PER_S


class Clock(Protocol):
    """Says what time it is, and how long to wait really until another time."""

    def now_us(self) -> int:
        """Return microseconds since the epoch, UTC."""
        ...

    def wait_s(self, until_us: int) -> float:
        """Return the seconds to sleep until then; 0.0 when it has passed."""
        ...

    def running_us(self) -> int:
        """Return microseconds since some moment, which only go forward, however the wall clock is set."""
        ...

    @property
    def steps(self) -> int:
        """How often the machine's wall clock was found to have been set."""
        ...


class WallClock:
    """Wall time that runs on the monotonic clock; a step of more than a second is counted and followed."""

    def __init__(self) -> None:
        self._anchor_us = _wall_us() - _monotonic_us()
        self._steps = 0

    def now_us(self) -> int:
        """Return the wall time in microseconds since the epoch, UTC."""
        now_us = self._anchor_us + _monotonic_us()
        error_us = _wall_us() - now_us
        if abs(error_us) > _STEP_US:
            self._anchor_us += error_us
            self._steps += 1
            return now_us + error_us
        return now_us

    def wait_s(self, until_us: int) -> float:
        """Return the seconds until then."""
        return max(0.0, (until_us - self.now_us()) / US_PER_S)

    def running_us(self) -> int:
        """Return the monotonic clock."""
        return _monotonic_us()

    @property
    def steps(self) -> int:
        """How often the wall clock was stepped so far."""
        return self._steps


class ReplayClock:
    """The clock of a replay: everything has happened already and nothing is waited for."""

    steps = 0

    def now_us(self) -> int:
        """Return a time after every line, so that the wall clock caps nothing."""
        return END_OF_TIME_US

    def wait_s(self, until_us: int) -> float:
        """Return 0.0, whatever is waited for."""
        del until_us
        return 0.0

    def running_us(self) -> int:
        """Return 0: no time passes."""
        return 0


class ManualClock:
    """A clock that moves when its owner says so; for tests and demonstrations."""

    def __init__(self, now_us: int = 0) -> None:
        self._now_us = now_us
        self._running_us = 0
        self.steps = 0

    def now_us(self) -> int:
        """Return the time that was last set."""
        return self._now_us

    def wait_s(self, until_us: int) -> float:
        """Return the manual seconds until then."""
        return max(0.0, (until_us - self._now_us) / US_PER_S)

    def running_us(self) -> int:
        """Return the manual microseconds that were moved on so far."""
        return self._running_us

    def advance(self, seconds: float) -> None:
        """Move on by that many seconds (negative: the clock was set back)."""
        self._now_us += round(seconds * US_PER_S)
        self._running_us += max(0, round(seconds * US_PER_S))

    def set(self, now_us: int) -> None:
        """Let the wall clock be set to that time."""
        self._now_us = now_us


def _wall_us() -> int:
    return time.time_ns() // 1000


def _monotonic_us() -> int:
    return time.monotonic_ns() // 1000
