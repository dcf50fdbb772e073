"""Computes the status line of a terminal, once a second."""

from collections.abc import Iterable

from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.inputs.input import Input
from http_monitor.monitor.live_turns import LiveTurns
from http_monitor.report import Pulse
from http_monitor.settings import Settings


def pulse_of(
    engine: MetricsAggregator, turns: LiveTurns, inputs: Iterable[Input], settings: Settings, now_us: int
) -> Pulse:
    """Return the pulse of a live run."""
    healths = turns.healths
    unreadable = healths.unreadable(inputs)
    window = engine.window
    return Pulse(
        now_us=now_us,
        hits_per_s=window.last_bucket_hits() / settings.bucket_size_s,
        window_hits_per_s=window.hits / window.seconds,
        threshold_per_s=settings.alert_threshold,
        next_report_us=engine.next_report_us(),
        active=len(engine.tracker.active()),
        lag_bytes=healths.lag_bytes if turns.behind else 0,
        lag_s=turns.lag_s,
        waiting_for=unreadable.waiting_for,
        waiting_since_us=unreadable.waiting_since_us,
    )
