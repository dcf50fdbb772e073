"""A turn of a replay: feed the merge what it wants, count what it gives."""

from collections.abc import Sequence

from http_monitor.clock import END_OF_TIME_US
from http_monitor.metrics.aggregator import MetricsAggregator
from http_monitor.metrics.gate import Pending
from http_monitor.metrics.merge import Merge
from http_monitor.metrics.rows import Rows
from http_monitor.metrics.tally import Elsewhere
from http_monitor.monitor.ahead import ReadAhead
from http_monitor.monitor.inputs import Input, times_of


class ReplayTurns:
    """Runs files through the aggregator in event time, as one merged log.

    Args:
        inputs: The files.
        aggregator: What counts.
        ahead: Looks at the inputs beside the counting; None: each look is made when it is needed.
    """

    def __init__(self, inputs: Sequence[Input], aggregator: MetricsAggregator, ahead: ReadAhead | None = None) -> None:
        self._inputs = inputs
        self._aggregator = aggregator
        self._ahead = ahead
        # Of the lines that were fed: what was read ahead of them is not known of yet.
        self._nul_bytes = [0] * len(inputs)
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
        return Elsewhere(
            held=pending.held,
            held_malformed=pending.malformed,
            held_oversized=pending.oversized,
            held_filtered=pending.filtered,
            held_other=pending.other,
            nul_bytes=sum(self._nul_bytes),
        )

    def _feed(self, index: int) -> None:
        entry = self._inputs[index]
        look = entry.look() if self._ahead is None else self._ahead.take(entry)
        if look is None:
            return
        entry.take(look)
        self._nul_bytes[index] = look.nul_bytes
        for rows in entry.gate.admit(look.batch, times_of(look.batch), None):
            self._hand_over(index, rows)
        if look.finished:
            for rows in entry.gate.release(None):
                self._hand_over(index, rows)
            self._merge.end(index)
        upcoming = self._merge.upcoming()
        if self._ahead is not None and upcoming is not None:
            self._ahead.begin(self._inputs[upcoming])

    def _hand_over(self, index: int, rows: Rows) -> None:
        lead = self._merge.feed(index, rows)
        if lead is not None:
            self._aggregator.add(lead, greatest_us=self._merge.greatest_us, cap_us=END_OF_TIME_US)
