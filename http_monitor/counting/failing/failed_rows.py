"""The failed rows of a batch."""

from dataclasses import dataclass

import numpy as np

from http_monitor.counting.failing.numbering import FailingNumbering
from http_monitor.counting.frame import NO_HOST, Column, Frame
from http_monitor.records import Int64s


@dataclass(frozen=True, slots=True)
class FailedRows:
    """Rows with status 500–599, in their order."""

    numbering: FailingNumbering
    rows: Int64s
    """Their indices in the frame, ascending."""
    codes: Int64s
    """The number of the endpoint of each."""
    hosts: list[bytes]
    """The host of each."""
    times_us: Int64s
    some_long: bool
    """Some keys may take the room of several in a table."""

    def __len__(self) -> int:
        return len(self.codes)

    def between(self, start: int, stop: int) -> "FailedRows":
        """Return the failed rows among the rows `start` to `stop` of the frame."""
        first, last = np.searchsorted(self.rows, (start, stop)).tolist()
        if last - first == len(self.rows):
            return self
        some = slice(first, last)
        return FailedRows(
            self.numbering, self.rows[some], self.codes[some], self.hosts[some], self.times_us[some], self.some_long
        )


def find_failed_rows(frame: Frame, rows: Int64s | None = None) -> FailedRows:
    """Return the failed rows of a frame.

    Args:
        frame: With times.
        rows: The indices of those rows, ascending; None: all that failed.
    """
    assert frame.times_us is not None
    rows = np.flatnonzero(frame.measures.errors) if rows is None else rows
    numbering = frame.failing or FailingNumbering()
    if not len(rows):
        return FailedRows(numbering, rows, rows, [], rows, some_long=False)
    status = frame.columns["status"]
    columns = [_present(frame.columns.get(name)) for name in ("methods", "endpoints")]
    code_of = [None if column is None else column.codes[rows].astype(np.int64) for column in columns]
    cells = status.codes[rows].astype(np.int64)
    for column, codes in zip(columns, code_of, strict=True):
        if column is not None and codes is not None:
            cells = cells * (len(column.keys) + 1) + (codes + 1)
    _, first, inverse = np.unique(cells, return_index=True, return_inverse=True)
    methods, paths = (
        [None] * len(first) if column is None or codes is None else column.keys.some(codes[first])
        for column, codes in zip(columns, code_of, strict=True)
    )
    statuses = [int(key) for key in status.keys.at(status.codes[rows[first]])]
    numbers = numbering.numbers_of(zip(statuses, methods, paths, strict=True))
    hosts = _present(frame.columns.get("hosts"))
    names = [NO_HOST] * len(rows) if hosts is None else [name or NO_HOST for name in hosts.keys.some(hosts.codes[rows])]
    long = any(column.keys.some_long for column in (*columns, hosts) if column is not None)
    return FailedRows(numbering, rows, numbers[inverse], names, frame.times_us[rows], long)


def _present(column: Column | None) -> Column | None:
    """Return a column that has keys."""
    return column if column is not None and len(column.keys) else None
