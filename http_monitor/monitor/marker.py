"""Makes the marks of the stream of accepted rows."""

from collections.abc import Iterable

from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.ports.source import Resumable
from http_monitor.report import Mark


class Marker:
    """Makes a mark after each turn in which rows were counted or buckets closed. Owned by the monitor's thread.

    Only between turns all rows of what the inputs have read are counted, so that where the inputs stand and what a
    listener was given agree.

    Args:
        hub: Takes the marks, where somebody listens.
        engine: Counts the rows.
        inputs: What is read; they may change between turns.
        number: Of the last mark of the run that this one resumes; 0 where there was none.
    """

    def __init__(self, hub: Hub, engine: MetricsAggregator, inputs: Iterable[Input], number: int = 0) -> None:
        self._hub = hub
        self._engine = engine
        self._inputs = inputs
        self.number = number
        """Of the last mark."""
        self._before: tuple[int, int | None] = engine.health().accepted, engine.watermark_us

    def after_turn(self) -> None:
        """Make a mark if there is anything new."""
        if not self._hub.wants_rows:
            return
        here = self._engine.health().accepted, self._engine.watermark_us
        if here == self._before:
            return
        self._before = here
        self.number += 1
        positions = {
            entry.source.name: entry.source.position() for entry in self._inputs if isinstance(entry.source, Resumable)
        }
        self._hub.mark(Mark(self.number, self._engine.watermark_us, positions))

    def flush(self) -> None:
        """Wait until every recorder has kept everything up to the last mark."""
        self._hub.flush(self.number)
