"""Notices that lines are written faster than they are read."""

from collections.abc import Callable, Sequence

from http_monitor.clock import Clock
from http_monitor.report import Notice
from http_monitor.units import US_PER_S

GROWING_S = 10
"""So long the lag has to grow before anything is said."""
_QUIET_S = 60
_MIB = 1 << 20


class Pace:
    """Asked once a second, says when what is unread has grown for a while, and when it has been caught up with.

    Owned by the monitor's thread.

    Args:
        lag: Returns (bytes unread, seconds behind).
        clock: The running clock counts.
    """

    def __init__(self, lag: Callable[[], tuple[int, int]], clock: Clock) -> None:
        self._lag = lag
        self._clock = clock
        self._since_us: int | None = None
        """When it was found to be growing; None: it is not."""
        self._first_bytes = 0
        self._last_bytes = 0
        self._told_us: int | None = None
        self._is_slow = False

    def __call__(self) -> Sequence[Notice]:
        """Return what is to be told now."""
        now_us = self._clock.running_us()
        lag_bytes, lag_s = self._lag()
        last, self._last_bytes = self._last_bytes, lag_bytes
        if lag_bytes <= last or not lag_bytes:
            self._since_us = None
            if self._is_slow and not lag_bytes:
                self._is_slow = False
                return [Notice("reading has caught up with writing")]
            return []
        if self._since_us is None:
            self._since_us, self._first_bytes = now_us, last
        seconds = (now_us - self._since_us) / US_PER_S
        recently = self._told_us is not None and now_us - self._told_us < _QUIET_S * US_PER_S
        if seconds < GROWING_S or recently:
            return []
        self._told_us, self._is_slow = now_us, True
        rate = (lag_bytes - self._first_bytes) / seconds / _MIB
        words = (
            f"reading is slower than writing: {lag_bytes / _MIB:,.1f} MiB, {lag_s:,} s behind,"
            f" and {rate:,.1f} MiB more each second"
        )
        return [Notice(words, "warning")]
