"""Filters out the lines outside of a time span."""

from dataclasses import replace

import numpy as np

from http_monitor.arrow import keep
from http_monitor.eventtime.rows import times_of
from http_monitor.inputs.look import Look, Select
from http_monitor.moments import Span
from http_monitor.records import Batch, Bools, Int64s

ENOUGH_ROWS = 1_000
"""Number of consecutive lines after the end of the span after which none of the span is expected."""


def cut(select: Select | None, look: Look) -> Look:
    """Return a look made with that selection, cut at the line after which none of the span is expected."""
    last_no = select.last_no if isinstance(select, SpanSelection) else None
    return look if last_no is None else look.cut(last_no)


class SpanSelection:
    """A `Select` for one input that filters out the lines outside of a span.

    A malformed line has no time, so it is treated like the last line before it that has one. Owned by the thread that
    parses the input; the results do not depend on how the lines are cut into batches.

    Args:
        span: The time that counts.
        select: Removes rows that the filter options exclude; None: keeps all.
        begins_outside: Lines before the first one with a time are outside, since reading starts before the span.
        margin_us: How far lines may be out of order; the input ends some lines after the span. None: it does not.
    """

    def __init__(
        self, span: Span, select: Select | None = None, *, begins_outside: bool = False, margin_us: int | None = None
    ) -> None:
        self._span = span
        self._select = select
        self._is_outside = begins_outside
        self._stop_us = None if margin_us is None or span.until_us is None else span.until_us + margin_us
        self._behind = 0
        """Number of consecutive lines after the span."""
        self.last_no: int | None = None
        """The line of the last batch after which none of the span is expected; None: there is none."""

    def __call__(self, batch: Batch) -> Batch:
        """Return the batch with the lines that count; the others are added to its `filtered_nos`."""
        times_us = times_of(batch)
        self._note_end(times_us, batch.line_nos)
        outside = self._outside(times_us)
        gone = self._find_excluded(batch, outside)
        if len(outside):
            self._is_outside = bool(outside[-1])
        selected = batch if self._select is None else self._select(batch)
        if not len(gone):
            return selected
        kept = ~np.isin(selected.line_nos, gone)
        return replace(
            selected,
            rows=selected.rows if kept.all() else keep(selected.rows, kept),
            line_nos=selected.line_nos[kept],
            filtered_nos=np.union1d(selected.filtered_nos, gone),
            oversized_nos=np.setdiff1d(selected.oversized_nos, gone),
            samples=tuple(sample for sample in selected.samples if sample.line_no not in gone),
        )

    def _outside(self, times_us: Int64s) -> Bools:
        outside = np.zeros(len(times_us), np.bool_)
        if self._span.since_us is not None:
            outside |= times_us < self._span.since_us
        if self._span.until_us is not None:
            outside |= times_us >= self._span.until_us
        return outside

    def _find_excluded(self, batch: Batch, outside: Bools) -> Int64s:
        """Return the numbers of the lines outside, ascending, except those that record no finished request."""
        if batch.lines == len(batch.line_nos) + len(batch.other_nos):
            return batch.line_nos[outside]
        is_gone = np.concatenate(([self._is_outside], outside))
        numbers = np.arange(1, batch.lines + 1)
        gone = is_gone[np.searchsorted(batch.line_nos, numbers, "right")]
        gone[batch.other_nos - 1] = False
        return numbers[gone]

    def _note_end(self, times_us: Int64s, line_nos: Int64s) -> None:
        """Find the line that completes `ENOUGH_ROWS` after the span."""
        self.last_no = None
        if self._stop_us is None or not len(times_us):
            return
        # For each row, the last row up to it that is not after the span; rows of earlier batches count as one run.
        rows = np.arange(len(times_us))
        before = np.maximum.accumulate(np.where(times_us >= self._stop_us, -1 - self._behind, rows))
        behind = rows - before
        enough = np.flatnonzero(behind >= ENOUGH_ROWS)
        if len(enough):
            self.last_no = int(line_nos[enough[0]])
        self._behind = int(behind[-1])
