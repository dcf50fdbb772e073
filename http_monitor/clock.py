"""The only module that reads the machine's clocks."""

import time
from typing import Protocol

from http_monitor.units import US_PER_S

# Later than any log line (years end at 9998), and still an int64.
END_OF_TIME_US = 1 << 62
_STEP_US = US_PER_S


class Clock(Protocol):
    """Returns the time, and the real time to wait until another."""

    def now_us(self) -> int:
        """Return microseconds since the epoch, UTC."""
        ...

    def wait_s(self, until_us: int) -> float:
        """Return the seconds to sleep until a time; 0.0 if it has passed."""
        ...

    def running_us(self) -> int:
        """Return microseconds that only increase, however the wall clock is set."""
        ...

    @property
    def steps(self) -> int:
        """Number of times that the wall clock was set."""
        ...


class WallClock:
    """Wall time based on the monotonic clock; steps of more than a second are counted and followed."""

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
        """Return the seconds until a time."""
        return max(0.0, (until_us - self.now_us()) / US_PER_S)

    def running_us(self) -> int:
        """Return the monotonic clock."""
        return _monotonic_us()

    @property
    def steps(self) -> int:
        """Number of steps of the wall clock so far."""
        return self._steps


class ReplayClock:
    """The clock of a replay: everything has happened already, and no wait takes time."""

    steps = 0

    def now_us(self) -> int:
        """Return a time after every line, so that the wall clock limits nothing."""
        return END_OF_TIME_US

    def wait_s(self, until_us: int) -> float:
        """Return 0.0."""
        del until_us
        return 0.0

    def running_us(self) -> int:
        """Return 0: no time passes."""
        return 0


class ManualClock:
    """A clock that its owner moves; for tests and demonstrations."""

    def __init__(self, now_us: int = 0) -> None:
        self._now_us = now_us
        self._running_us = 0
        self.steps = 0

    def now_us(self) -> int:
        """Return the time last set."""
        return self._now_us

    def wait_s(self, until_us: int) -> float:
        """Return the manual seconds until a time."""
        return max(0.0, (until_us - self._now_us) / US_PER_S)

    def running_us(self) -> int:
        """Return the microseconds advanced so far."""
        return self._running_us

    def advance(self, seconds: float) -> None:
        """Advance by a number of seconds (negative: the wall clock is set back)."""
        self._now_us += round(seconds * US_PER_S)
        self._running_us += max(0, round(seconds * US_PER_S))

    def set(self, now_us: int) -> None:
        """Set the wall clock."""
        self._now_us = now_us


def thread_us() -> int:
    """Return the microseconds of processor time that the calling thread has used."""
    return time.thread_time_ns() // 1000


def _wall_us() -> int:
    return time.time_ns() // 1000


def _monotonic_us() -> int:
    return time.monotonic_ns() // 1000
