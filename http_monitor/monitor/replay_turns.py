"""A turn of a replay: feeds the merge, and counts its rows."""

from collections.abc import Sequence
from copy import deepcopy

from http_monitor.clock import END_OF_TIME_US
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.eventtime.merge import Merge
from http_monitor.eventtime.rows import Rows, times_of
from http_monitor.health import NO_HEALTH, Health, total
from http_monitor.inputs.counted_share import CountedShare
from http_monitor.inputs.input import Input
from http_monitor.inputs.look import Look
from http_monitor.inputs.readahead.protocol import ReadAhead
from http_monitor.monitor.held_messages import HeldNotices
from http_monitor.ports.ability import able
from http_monitor.ports.source import Measuring
from http_monitor.records import Json


class ReplayTurns:
    """Runs files through the aggregator in event time, as one merged log.

    Args:
        inputs: The files.
        aggregator: Counts the rows.
        waiting: Holds notices about lines until now reaches them.
        ahead: Looks at the inputs in parallel with the counting; None: each look is made when it is needed.
    """

    def __init__(
        self,
        inputs: Sequence[Input],
        aggregator: MetricsAggregator,
        waiting: HeldNotices,
        ahead: ReadAhead | None = None,
    ) -> None:
        self._inputs = inputs
        self._waiting = waiting
        self._aggregator = aggregator
        self._ahead = ahead
        # For fed lines only: the read-ahead may have read more.
        self._counted = [NO_HEALTH] * len(inputs)
        self._positions: list[Json | None] = [None] * len(inputs)
        self._unread = [_bytes_of(entry) for entry in inputs]
        self._all_bytes = self._unread_bytes = sum(self._unread)
        self._rows = 0
        """Rows that were handed over to be counted, of all looks."""
        self._share = CountedShare()
        self._merge = Merge(len(inputs))
        self._counting = False

    @property
    def next_us(self) -> int | None:
        """The greatest time of its file up to the next row to be counted; None: a turn reads first, or is the last."""
        return self._merge.next_us

    def turn(self, limit_us: int = END_OF_TIME_US) -> bool:
        """Read or count once; return True when everything has been counted.

        Args:
            limit_us: The greatest `next_us` of the rows to be counted; not less than that of the next row.
        """
        self._counting = True
        try:
            return self._turn(limit_us)
        finally:
            self._counting = False

    def _turn(self, limit_us: int) -> bool:
        index = self._merge.wants()
        if index is not None:
            self._feed(index)
            return False
        greatest_us = self._merge.greatest_us
        rows = self._merge.next_rows(limit_us)
        if rows is None:
            return True
        self._aggregator.add(rows, greatest_us=greatest_us, cap_us=END_OF_TIME_US)
        return False

    def health(self) -> Health:
        """Return the health of the lines read; nothing during counting, because more may have been read ahead."""
        return NO_HEALTH if self._counting else total(self._counted)

    @property
    def share(self) -> float | None:
        """The share of the bytes whose lines were counted, from 0 to 1; None: their number is not known."""
        if not self._all_bytes or any(entry.source.name == "-" for entry in self._inputs):
            return None
        return self._share.of(self._aggregator.health().accepted)

    def positions(self) -> dict[str, Json]:
        """Return for each input the position after the lines that have been counted, if its source has one."""
        found: dict[str, Json] = {}
        for index, position in enumerate(self._positions):
            if position is not None:
                offset = self._merge.next_offset(index, self._inputs[index].ahead_filter.held_rows())
                if offset is not None:
                    position = {"files": [{**file, "offset": offset} for file in position["files"]]}
                found[self._inputs[index].source.name] = position
        return found

    def _feed(self, index: int) -> None:
        entry = self._inputs[index]
        look = entry.look() if self._ahead is None else self._ahead.next_look(entry)
        if look is None:
            return
        entry.merge_look(look)
        self._counted[index], self._positions[index] = look.counted, look.position
        before, self._unread[index] = self._unread[index], 0 if look.finished else look.lag_bytes
        # Of thousands of files no sum is taken at each look.
        self._unread_bytes += self._unread[index] - before
        rows_before, counted = self._rows, self._aggregator.health().accepted
        self._note_found(index, look)
        for rows in entry.ahead_filter.admit(look.batch, times_of(look.batch), None):
            self._hand_over(index, rows)
        if look.finished:
            for rows in entry.ahead_filter.release(None):
                self._hand_over(index, rows)
            for found in look.found:
                if found.line_no is None:
                    self._waiting.note(entry.ahead_filter.greatest_us, index, found.notice)
            self._merge.end(index)
        self._share.read(self._rows - rows_before, self._share_read(), counted)
        upcoming = self._merge.upcoming()
        if self._ahead is not None and upcoming is not None:
            self._ahead.begin(self._inputs[upcoming])

    def _share_read(self) -> float:
        return min(1.0, max(0.0, 1 - self._unread_bytes / max(1, self._all_bytes)))

    def _note_found(self, index: int, look: Look) -> None:
        """Store the notices about lines, each with the now that the lines up to it make."""
        for found in look.found:
            if found.line_no is not None:
                head = look.batch.head(found.line_no)
                ahead_filter = deepcopy(self._inputs[index].ahead_filter)
                ahead_filter.admit(head, times_of(head), None)
                self._waiting.note(ahead_filter.greatest_us, index, found.notice)

    def _hand_over(self, index: int, rows: Rows) -> None:
        self._rows += len(rows)
        lead = self._merge.feed(index, rows)
        if lead is not None:
            self._aggregator.add(lead, greatest_us=self._merge.greatest_us, cap_us=END_OF_TIME_US)


def _bytes_of(entry: Input) -> int:
    """Return the number of bytes of an input, before the first look at it."""
    source: Measuring | None = able(entry.source, Measuring)
    if source is not None:
        source.measure()
    return entry.source.health().lag_bytes
