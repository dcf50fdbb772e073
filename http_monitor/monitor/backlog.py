"""Tells a backlog from reading that is a moment behind, and reports its size once it has been worked off."""

from http_monitor.clock import Clock
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.monitor.live_turns import STALL_S, LiveTurns
from http_monitor.report import CaughtUp
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S


class Backlog:
    """Remembers where a backlog began. Owned by the monitor's thread.

    Lines that are unread at the start, or after a stall, are a backlog. A log so dense that one look does not reach
    its end is none until its lines are an interval old: on such a log nearly every turn leaves lines unread.

    Args:
        engine: Counts the backlog; it has been restored.
        turns: Read the backlog.
        clock: The time.
        settings: The user's settings.
    """

    def __init__(self, engine: MetricsAggregator, turns: LiveTurns, clock: Clock, settings: Settings) -> None:
        self._engine = engine
        self._turns = turns
        self._clock = clock
        self._soon_us = (max(settings.interval_s, STALL_S) + settings.bucket_waits_s) * US_PER_S
        self._before = engine.now_us, engine.health().lines, engine.tracker.raises
        """(now, lines, raises) when reading was last caught up."""
        self._is_old = turns.behind
        """The unread lines existed before the start, or came in a stall."""

    def covers(self, end_us: int) -> bool:
        """Return whether an interval is part of a backlog, if it is reported while reading is behind.

        Args:
            end_us: End of the interval.
        """
        return self._is_old or self._turns.stalled or self._clock.now_us() - end_us >= self._soon_us

    def after_turn(self) -> CaughtUp | None:
        """Return a message about a finished backlog after a turn; None: there is none."""
        self._is_old |= self._turns.stalled
        if self._turns.behind:
            return None
        done = self._report_progress() if self._turns.catching_up else None
        self._before = self._here()
        self._is_old = False
        return done

    def _report_progress(self) -> CaughtUp | None:
        since_us, lines_before, raises = self._before
        now_us, lines, raises_now = self._here()
        # Now has advanced to the wall clock, long after the end of an old log perhaps.
        first_us, last_us = self._engine.span_us
        span_us = max(0, min(now_us, last_us) - max(since_us, first_us))
        if lines == lines_before or not (self._is_old or span_us >= self._soon_us):
            return None
        return CaughtUp(span_us // US_PER_S, lines - lines_before, raises_now - raises, at_us=now_us)

    def _here(self) -> tuple[int, int, int]:
        return self._engine.now_us, self._engine.health().lines, self._engine.tracker.raises
