"""Knows the time of the last line, for the reports of intervals without lines."""

import numpy as np

from http_monitor.eventtime.rows import NEVER_US
from http_monitor.records import Int64s


class LastLine:
    """The greatest time accepted before a row. Owned by the monitor's thread."""

    def __init__(self) -> None:
        self.backfilled_us = NEVER_US
        """The greatest time of the rows that filled the window; `NEVER_US`: there were none."""
        self._before_us = NEVER_US
        self._times_us = np.empty(0, np.int64)

    def fill(self, time_us: int) -> None:
        """Note the time of a row that is in the window only."""
        self.backfilled_us = max(self.backfilled_us, time_us)

    def count(self, last_us: int, times_us: Int64s) -> None:
        """Note the times of rows, and the greatest one before them."""
        self._before_us, self._times_us = last_us, times_us

    def before(self, row: int | None, last_us: int) -> int | None:
        """Return the greatest time before one of the rows counted last; None: there was no line.

        Args:
            row: Index of the row; None: after all of them.
            last_us: The greatest time accepted so far.
        """
        if row is not None:
            last_us = max(self._before_us, int(self._times_us[:row].max(initial=NEVER_US)))
        last_us = max(last_us, self.backfilled_us)
        return None if last_us == NEVER_US else last_us
