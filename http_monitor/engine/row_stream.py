"""Passes accepted rows to the listeners, each before the first message that it causes."""

from dataclasses import replace

import numpy as np

from http_monitor.counting.frame import Frame
from http_monitor.counting.row_frame import AcceptedRows
from http_monitor.eventtime.lateness import Decisions
from http_monitor.eventtime.rows import Rows
from http_monitor.ports.stream import RowListeners
from http_monitor.records import Int64s


class RowStream:
    """Cuts rows that are counted together at each message between them. Owned by the monitor's thread.

    The message of a close comes between the row that causes it and the next row. So the stream is the same however the
    input was cut, except for the cuts themselves.

    Args:
        listeners: Receive the frames; none is made when all of them have been released.
    """

    def __init__(self, listeners: RowListeners) -> None:
        self._listeners = listeners
        self._rows: AcceptedRows | None = None
        self._done = 0
        self._due = self._closing = np.empty(0, np.int64)

    @property
    def wants_offsets(self) -> bool:
        """Whether the frames have the offsets of their rows."""
        return self._listeners.wants_marks

    def begin(self, rows: Rows, frame: Frame, decisions: Decisions) -> None:
        """Store rows that are about to be counted."""
        self._done = 0
        if self._listeners.wants_rows:
            self._rows = AcceptedRows(self._settle(rows), frame, decisions.bucket_of, decisions.late)

    def backfill(self, rows: Rows, frame: Frame, bucket_us: Int64s) -> None:
        """Emit rows that fill the window before the first row is counted."""
        if self._listeners.wants_rows:
            late = np.zeros(len(rows), np.bool_)
            self._listeners.backfill(AcceptedRows(self._settle(rows), frame, bucket_us, late))

    def _settle(self, rows: Rows) -> Rows:
        """Return rows that may be kept, without the data that they were read from."""
        if rows.offsets is None:
            return rows
        return replace(rows, offsets=rows.offsets.resolve() if self.wants_offsets else None)

    def expect_closes(self, due: Int64s, rows: Int64s) -> None:
        """Store the rows that cause the next closes, each with the last bucket that it closes."""
        self._due, self._closing = due, rows

    def before_message(self, closed_us: int) -> None:
        """Emit the rows that precede the messages at the close of a bucket."""
        if self._rows is not None and len(self._due):
            self._emit(int(self._closing[np.searchsorted(self._due, closed_us)]) + 1)

    def end(self) -> None:
        """Emit the remaining rows: all have been counted."""
        if self._rows is not None:
            self._emit(len(self._rows))
        self._rows = None
        self._due = self._due[:0]

    def _emit(self, until: int) -> None:
        assert self._rows is not None
        if until > self._done:
            self._listeners.frame(self._rows.part(self._done, until))
            self._done = until
