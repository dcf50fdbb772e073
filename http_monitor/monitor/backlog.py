"""Reports the size of a backlog once it has been worked off."""

from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.monitor.live_turns import LiveTurns
from http_monitor.report import CaughtUp
from http_monitor.units import US_PER_S


class Backlog:
    """Remembers where a backlog began. Owned by the monitor's thread.

    Args:
        engine: Counts the backlog.
        turns: Read the backlog.
    """

    def __init__(self, engine: MetricsAggregator, turns: LiveTurns) -> None:
        self._engine = engine
        self._turns = turns
        self._before = engine.now_us, 0, 0

    def after_turn(self) -> CaughtUp | None:
        """Return a message about a finished backlog after a turn; None: there is none."""
        lines = self._engine.health().lines
        here = self._engine.now_us, lines, self._engine.tracker.raises
        if not self._turns.catching_up:
            self._before = here
        elif not self._turns.behind:
            since_us, lines_before, raises = self._before
            self._before = here
            if lines > lines_before:
                first_us, last_us = self._engine.span_us
                # Now has advanced to the wall clock, long after the end of an old log perhaps.
                span_s = max(0, min(here[0], last_us) - max(since_us, first_us)) // US_PER_S
                return CaughtUp(span_s, lines - lines_before, here[2] - raises, at_us=here[0])
        return None
