"""Detects that lines are written faster than they are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from http_monitor.clock import Clock
from http_monitor.report import Notice
from http_monitor.units import US_PER_S

GROWING_S = 10
"""Seconds for which the lag must grow before a notice."""
_QUIET_S = 60
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of reading."""

    behind: bool
    """Complete lines are left unread."""
    lag_bytes: int
    lag_s: int
    read_bytes: int
    """Bytes of lines read since the start."""


class FallingBehind:
    """Called once a second; reports when the lag has grown for a while, and when it is gone.

    A backlog is measured from its smallest size: one that shrinks is being worked off, and one that varies by less
    than a second's reading counts as neither. Owned by the monitor's thread.

    Args:
        progress: Returns the progress of reading.
        clock: The running clock measures the time.
    """

    def __init__(self, progress: Callable[[], Progress], clock: Clock) -> None:
        self._progress = progress
        self._clock = clock
        self._asked_us = 0
        self._least_us = 0
        self._least: Progress | None = None
        """The progress at the smallest backlog; None: there is no backlog."""
        self._told_us: int | None = None
        self._is_slow = False

    def __call__(self) -> Sequence[Notice]:
        """Return new notices."""
        now_us, progress = self._clock.running_us(), self._progress()
        # A machine that slept was not slow.
        slept = now_us - self._asked_us >= GROWING_S * US_PER_S
        self._asked_us = now_us
        if not progress.behind:
            self._least = None
            was_slow, self._is_slow = self._is_slow, False
            return [Notice("reading has caught up with writing", name="pace")] if was_slow else []
        if self._least is None or slept or progress.lag_bytes <= self._least.lag_bytes:
            self._least_us, self._least = now_us, progress
            return []
        return self._judge(progress, self._least, now_us)

    def _judge(self, progress: Progress, least: Progress, now_us: int) -> Sequence[Notice]:
        seconds = (now_us - self._least_us) / US_PER_S
        recently = self._told_us is not None and now_us - self._told_us < _QUIET_S * US_PER_S
        read = progress.read_bytes - least.read_bytes
        grown = progress.lag_bytes - least.lag_bytes
        if seconds < GROWING_S or recently or grown * seconds < read:
            return []
        self._told_us, self._is_slow = now_us, True
        words = (
            f"reading is slower than writing: {progress.lag_bytes / _MIB:,.1f} MiB, {progress.lag_s:,} s behind and"
            f" growing; written {(read + grown) / seconds / _MIB:,.1f} MiB/s, read {read / seconds / _MIB:,.1f} MiB/s"
        )
        return [Notice(words, "warning", "pace")]
