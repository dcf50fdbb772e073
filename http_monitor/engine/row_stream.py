"""Passes accepted rows to a listener, each before the first message that it causes."""

from dataclasses import replace

import numpy as np

from http_monitor.counting.frame import Frame
from http_monitor.counting.row_frame import AcceptedRows
from http_monitor.eventtime.lateness import Decisions
from http_monitor.eventtime.rows import Rows
from http_monitor.ports.stream import WindowListener
from http_monitor.records import Int64s


class RowStream:
    """Cuts rows that are counted together wherever a message comes between them. Owned by the monitor's thread.

    The message of a close comes between the row that causes it and the next row. So the stream is the same however the
    input was cut, except for the cuts themselves.

    Args:
        listener: Receives the frames.
        wants_offsets: The frames have the offsets of their rows.
    """

    def __init__(self, listener: WindowListener, wants_offsets: bool) -> None:
        self._listener = listener
        self.wants_offsets = wants_offsets
        self._rows: AcceptedRows | None = None
        self._done = 0
        self._due = self._closing = np.empty(0, np.int64)

    def begin(self, rows: Rows, frame: Frame, decisions: Decisions) -> None:
        """Store rows that are about to be counted."""
        self._rows = AcceptedRows(self._settle(rows), frame, decisions.bucket_of, decisions.late)
        self._done = 0

    def backfill(self, rows: Rows, frame: Frame, bucket_us: Int64s) -> None:
        """Emit rows that fill the window before the first row is counted."""
        late = np.zeros(len(rows), np.bool_)
        self._listener.backfill(AcceptedRows(self._settle(rows), frame, bucket_us, late))

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
            self._listener.frame(self._rows.part(self._done, until))
            self._done = until
