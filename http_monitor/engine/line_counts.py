"""Line counters, readable as of any row of the batch being counted."""

from typing import Any

import numpy as np

from http_monitor.codec import MAX_HITS, check_list, counts, encode_integers, fields_of, integer
from http_monitor.eventtime.rows import FATES, Rows
from http_monitor.health import FATES_OF_LINES, LINE_COUNTERS, Health
from http_monitor.records import Bools, Int64s, Json
from http_monitor.units import US_PER_S

LATENESS_STEPS_S = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600)
"""Values that the advice on --lateness rounds up to; the option is not meant for lines later than the last."""
_NEARLY_ALL = 0.99


_COUNTED = tuple(name for name in LINE_COUNTERS if name != "lines")


class Tally:
    """The counters of all lines passed on so far. Owned by the monitor's thread."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(_COUNTED, 0)
        self._lateness = np.zeros(len(LATENESS_STEPS_S) + 1, np.int64)
        # Set by `begin`: the rows, and the growth of each counter before each row.
        self._rows: Rows | None = None
        self._before: dict[str, Int64s] = {}
        # Rows of `begin` that came late, with the step of each; those before `_noted` are in `_lateness`.
        self._late_rows = np.empty(0, np.int64)
        self._late_steps = np.empty(0, np.int64)
        self._noted = 0
        # For each file with an unfinished look: whether the rows that it released came late, and too late.
        self._released: dict[int, list[tuple[int, int]]] = {}

    def add_lead(self, rows: Rows) -> None:
        """Count the lines before the first row."""
        for name, by in zip(FATES, rows.lead, strict=True):
            if by:
                self._counts[name] += by

    def count_backfilled(self, rows: int) -> None:
        """Count rows from before the beginning; they are not among the lines."""
        self._counts["backfilled"] += rows

    def merge(self, hits: int, *, late: bool, too_late: bool) -> None:
        """Count rows that another engine accepted."""
        self._counts["accepted"] += hits
        self._counts["late"] += hits * late
        self._counts["too_late"] += hits * too_late

    def begin(self, rows: Rows, late: Bools, too_late: Bools) -> None:
        """Store the decisions on rows that are about to be counted; `before` can read the counters between them."""
        self._rows = rows
        per_row = {"late": late, "too_late": too_late}
        if rows.after is not None:
            per_row |= dict(zip(FATES, rows.after, strict=True))
        # Most batches leave most counters unchanged.
        self._before = {
            name: np.concatenate(([0], np.cumsum(values))) for name, values in per_row.items() if values.any()
        }

    def end(self) -> None:
        """Add the rows of `begin` to the counters."""
        rows = self._rows
        assert rows is not None
        self._note_late_rows(None)
        self._late_rows, self._late_steps, self._noted = self._late_rows[:0], self._late_steps[:0], 0
        if rows.looks is not None:
            self._remember_released(rows, rows.looks)
        self._counts = self.before(len(rows))
        self._rows, self._before = None, {}

    def before(self, row: int | None) -> dict[str, Any]:
        """Return the counters over all lines before a row of `begin`; None: over all lines."""
        counts: dict[str, Any] = {**self._counts}
        if row is not None:
            counts["accepted"] += row
            for name, upto in self._before.items():
                counts[name] += int(upto[row])
        return counts

    def before_look(self, row: int | None) -> Health:
        """Return the counters as of just before the line whose look accepted a row of `begin`.

        Held lines that the look released before the row count as held; None: the current counters.
        """
        counts = self.before(row)
        if row is not None and self._rows is not None and self._rows.looks is not None:
            look = int(self._rows.looks[row])
            released = look if look >= 0 else -1 - look
            if released:
                lateness = self._lateness_of(self._rows, row, released)
                counts["accepted"] -= released
                counts["held"] += released
                counts["late"] -= sum(late for late, _ in lateness)
                counts["too_late"] -= sum(too_late for _, too_late in lateness)
        lines = sum(map(counts.__getitem__, FATES_OF_LINES))
        return Health(lines=lines, lateness_advice_s=self.lateness_advice_s(row), **counts)

    def _lateness_of(self, rows: Rows, row: int, count: int) -> list[tuple[int, int]]:
        """Return whether the last `count` rows of a row's file before it came late, and too late."""
        file = 0 if rows.file is None else int(rows.file[row])
        mine = np.arange(max(0, row - count), row) if rows.file is None else np.flatnonzero(rows.file[:row] == file)
        columns = (self._before.get(name) for name in ("late", "too_late"))
        late, too_late = ([0] * len(mine) if upto is None else np.diff(upto)[mine].tolist() for upto in columns)
        return [*self._released.get(file, ()), *zip(late, too_late, strict=True)][-count:]

    def _remember_released(self, rows: Rows, looks: Int64s) -> None:
        """Remember the rows released by a look that continues with later rows."""
        if not self._released and not (looks < 0).any():
            return
        # Rows without looks have file -1. `numpy.unique` would import masked arrays, which costs 10 ms at the start.
        files = np.zeros(1, np.int64) if rows.file is None else np.flatnonzero(np.bincount(rows.file + 1)) - 1
        for file in files.tolist():
            last = len(rows) - 1 if rows.file is None else int(np.flatnonzero(rows.file == file)[-1])
            look = int(looks[last])
            if look < 0:
                self._released[file] = self._lateness_of(rows, last, -1 - look) + self._lateness_at(last)
            else:
                self._released.pop(file, None)

    def _lateness_at(self, row: int) -> list[tuple[int, int]]:
        late, too_late = (
            0 if upto is None else int(upto[row + 1] - upto[row])
            for upto in (self._before.get(name) for name in ("late", "too_late"))
        )
        return [(late, too_late)]

    def begin_lateness(self, rows: Int64s, needed_us: Int64s) -> None:
        """Store the late rows of `begin`, with the lateness that each would have needed."""
        self._late_rows = rows
        self._late_steps = np.searchsorted(np.array(LATENESS_STEPS_S, np.int64) * US_PER_S, needed_us)

    def lateness_advice_s(self, row: int | None) -> int | None:
        """Return the least --lateness (of a few round ones) that catches nearly all rows; None if none does.

        Args:
            row: count only lines before this row of `begin`, which never decreases; None: count all.
        """
        self._note_late_rows(row)
        total = int(self._lateness.sum())
        if not total:
            return None
        caught = np.cumsum(self._lateness[:-1])
        enough = np.flatnonzero(caught >= _NEARLY_ALL * total)
        return LATENESS_STEPS_S[int(enough[0])] if len(enough) else None

    def save(self) -> Json:
        """Return the counters as JSON; not between `begin` and `end`."""
        # Several files, numbered from 0, are counted together in a replay only.
        released = [[*lateness] for lateness in self._released.get(0, [])]
        return {"counts": {**self._counts}, "lateness": encode_integers(self._lateness), "released": released}

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        saved = fields_of(given["counts"])
        self._counts = {name: integer(saved.get(name, 0), 0, MAX_HITS) for name in _COUNTED}
        self._lateness = counts(given["lateness"], len(LATENESS_STEPS_S) + 1)
        released = [(integer(late, 0, 1), integer(too_late, 0, 1)) for late, too_late in check_list(given["released"])]
        self._released = {0: released} if released else {}

    def _note_late_rows(self, before: int | None) -> None:
        until = len(self._late_rows) if before is None else int(np.searchsorted(self._late_rows, before))
        if until > self._noted:
            steps = self._late_steps[self._noted : until]
            self._lateness += np.bincount(steps, minlength=len(LATENESS_STEPS_S) + 1)
            self._noted = until
