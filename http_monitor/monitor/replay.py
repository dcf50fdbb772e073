"""A turn of a replay: feed the merge what it wants, count what it gives."""

from collections.abc import Sequence

from http_monitor.clock import END_OF_TIME_US
from http_monitor.metrics.aggregator import MetricsAggregator
from http_monitor.metrics.gate import Pending
from http_monitor.metrics.merge import Merge
from http_monitor.metrics.rows import Rows
from http_monitor.metrics.tally import Elsewhere
from http_monitor.monitor.inputs import Input, times_of


class ReplayTurns:
    """Runs files through the aggregator in event time, as one merged log."""

    def __init__(self, inputs: Sequence[Input], aggregator: MetricsAggregator) -> None:
        self._inputs = inputs
        self._aggregator = aggregator
        self._merge = Merge(len(inputs))

    def turn(self) -> bool:
        """Read or count once; return True when everything has been counted."""
        index = self._merge.wants()
        if index is not None:
            self._feed(index)
            return False
        greatest_us = self._merge.greatest_us
        rows = self._merge.take()
        if rows is None:
            return True
        self._aggregator.add(rows, greatest_us=greatest_us, cap_us=END_OF_TIME_US)
        return False

    def elsewhere(self) -> Elsewhere:
        """Return what is held back at the gates, and what was left out of what was read."""
        pending = sum((entry.gate.pending for entry in self._inputs), Pending())
        nul_bytes = sum(entry.source.health().nul_bytes for entry in self._inputs)
        return Elsewhere(
            held=pending.held,
            held_malformed=pending.malformed,
            held_oversized=pending.oversized,
            held_filtered=pending.filtered,
            nul_bytes=nul_bytes,
        )

    def _feed(self, index: int) -> None:
        entry = self._inputs[index]
        chunk = entry.source.read()
        batch = entry.parse(chunk.data)
        entry.check_format(batch, ended=chunk.finished)
        for rows in entry.gate.admit(batch, times_of(batch), None):
            self._hand_over(index, rows)
        if chunk.finished:
            for rows in entry.gate.release(None):
                self._hand_over(index, rows)
            self._merge.end(index)
            entry.finished = True

    def _hand_over(self, index: int, rows: Rows) -> None:
        lead = self._merge.feed(index, rows)
        if lead is not None:
            self._aggregator.add(lead, greatest_us=self._merge.greatest_us, cap_us=END_OF_TIME_US)
