"""Counters of where every line went, readable as they were at any row of the batch being counted."""

from dataclasses import asdict, dataclass, fields

import numpy as np

from http_monitor.metrics.rows import Rows
from http_monitor.metrics.saving import MOST_HITS, counts, fields_of, integer, packed
from http_monitor.ports import Json
from http_monitor.records import Bools, Int64s
from http_monitor.report import Health
from http_monitor.units import US_PER_S

LATENESS_STEPS_S = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600)
"""What the advice on --lateness rounds up to; lines later than the last are not what the option is for."""
_NEARLY_ALL = 0.99


@dataclass(slots=True)
class LineCounts:
    """Lines by what became of them."""

    lines: int = 0
    accepted: int = 0
    malformed: int = 0
    late: int = 0
    too_late: int = 0
    ahead: int = 0
    oversized: int = 0
    filtered: int = 0
    other: int = 0


class Tally:
    """The counters of all lines passed on so far. Owned by the monitor's thread."""

    def __init__(self) -> None:
        self._counts = LineCounts()
        self._lateness = np.zeros(len(LATENESS_STEPS_S) + 1, np.int64)
        # Of `begin`: how many rows there are, and how many lines of each fate are before each row, where any are.
        self._rows = 0
        self._before: dict[str, Int64s] = {}
        # Rows of `begin` that came late, with the step of each; those before `_noted` are in `_lateness`.
        self._late_rows = np.empty(0, np.int64)
        self._late_steps = np.empty(0, np.int64)
        self._noted = 0

    def add_lead(self, rows: Rows) -> None:
        """Count the lines before the first row that are no rows."""
        self._counts.lines += rows.lead_malformed + rows.lead_filtered + rows.lead_other
        self._counts.malformed += rows.lead_malformed
        self._counts.oversized += rows.lead_oversized
        self._counts.filtered += rows.lead_filtered
        self._counts.other += rows.lead_other

    def begin(self, rows: Rows, late: Bools, too_late: Bools) -> None:
        """Take the decisions of rows that are about to be counted; `before` can look between them.

        A row that is neither ahead nor too late is accepted.
        """
        self._rows = len(rows)
        per_row = {
            "malformed": rows.malformed_after,
            "late": late,
            "too_late": too_late,
            "ahead": rows.ahead,
            "oversized": rows.oversized_after,
            "filtered": rows.filtered_after,
            "other": rows.other_after,
        }
        # Most batches have none of most of them.
        self._before = {
            name: np.concatenate(([0], np.cumsum(values))) for name, values in per_row.items() if values.any()
        }

    def end(self) -> None:
        """Make the rows of `begin` part of the counters."""
        self._note_late_rows(None)
        self._late_rows, self._late_steps, self._noted = self._late_rows[:0], self._late_steps[:0], 0
        self._counts = self.before(self._rows)
        self._rows, self._before = 0, {}

    def before(self, row: int | None) -> LineCounts:
        """Return the counters over all lines before a row of `begin`; None: as they are."""
        counts = self._counts
        if row is None:
            return counts
        more = {name: int(upto[row]) for name, upto in self._before.items()}
        malformed, filtered, other = (more.get(name, 0) for name in ("malformed", "filtered", "other"))
        ahead, too_late = more.get("ahead", 0), more.get("too_late", 0)
        return LineCounts(
            lines=counts.lines + row + malformed + filtered + other,
            accepted=counts.accepted + row - ahead - too_late,
            malformed=counts.malformed + malformed,
            late=counts.late + more.get("late", 0),
            too_late=counts.too_late + too_late,
            ahead=counts.ahead + ahead,
            oversized=counts.oversized + more.get("oversized", 0),
            filtered=counts.filtered + filtered,
            other=counts.other + other,
        )

    def begin_lateness(self, rows: Int64s, needed_us: Int64s) -> None:
        """Take the late and too late ones among the rows of `begin`, with the lateness that each would have needed."""
        self._late_rows = rows
        self._late_steps = np.searchsorted(np.array(LATENESS_STEPS_S, np.int64) * US_PER_S, needed_us)

    def lateness_advice_s(self, row: int | None) -> int | None:
        """Return the least --lateness (of a few round ones) that catches nearly all; None where none does.

        Args:
            row: the advice is over the lines before this row of `begin`, which never goes back; None: over all.
        """
        self._note_late_rows(row)
        total = int(self._lateness.sum())
        if not total:
            return None
        caught = np.cumsum(self._lateness[:-1])
        enough = np.flatnonzero(caught >= _NEARLY_ALL * total)
        return LATENESS_STEPS_S[int(enough[0])] if len(enough) else None

    def save(self) -> Json:
        """Return it as JSON; not between `begin` and `end`."""
        return {"counts": asdict(self._counts), "lateness": packed(self._lateness)}

    def load(self, given: Json) -> None:
        """Become what was saved. Raises KeyError, TypeError or ValueError for anything else."""
        saved = fields_of(given["counts"])
        self._counts = LineCounts(**{f.name: integer(saved[f.name], 0, MOST_HITS) for f in fields(LineCounts)})
        self._lateness = counts(given["lateness"], len(LATENESS_STEPS_S) + 1)

    def _note_late_rows(self, before: int | None) -> None:
        until = len(self._late_rows) if before is None else int(np.searchsorted(self._late_rows, before))
        if until > self._noted:
            steps = self._late_steps[self._noted : until]
            self._lateness += np.bincount(steps, minlength=len(LATENESS_STEPS_S) + 1)
            self._noted = until


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the rest of the monitor knows of the health of a run."""

    held: int = 0
    held_malformed: int = 0
    """Malformed lines that were read after a held one."""
    held_oversized: int = 0
    held_filtered: int = 0
    """Lines filtered out that were read after a held one."""
    held_other: int = 0
    """Lines after a held one that record no finished request."""
    lag_bytes: int = 0
    lag_s: int = 0
    lost_bytes: int = 0
    maybe_lost: bool = False
    nul_bytes: int = 0
    rotations: int = 0
    truncations: int = 0
    clock_steps: int = 0
    observer_restarts: int = 0
    since_us: int | None = None


def health_of(counts: LineCounts, elsewhere: Elsewhere, advice_s: int | None) -> Health:
    """Return the frozen health; `lines` is the sum that conservation asks for."""
    return Health(
        lines=counts.lines + elsewhere.held + elsewhere.held_malformed + elsewhere.held_filtered + elsewhere.held_other,
        accepted=counts.accepted,
        malformed=counts.malformed + elsewhere.held_malformed,
        late=counts.late,
        too_late=counts.too_late,
        ahead=counts.ahead,
        held=elsewhere.held,
        filtered=counts.filtered + elsewhere.held_filtered,
        other=counts.other + elsewhere.held_other,
        lag_bytes=elsewhere.lag_bytes,
        lag_s=elsewhere.lag_s,
        lost_bytes=elsewhere.lost_bytes,
        maybe_lost=elsewhere.maybe_lost,
        nul_bytes=elsewhere.nul_bytes,
        rotations=elsewhere.rotations,
        truncations=elsewhere.truncations,
        oversized=counts.oversized + elsewhere.held_oversized,
        clock_steps=elsewhere.clock_steps,
        observer_restarts=elsewhere.observer_restarts,
        since_us=elsewhere.since_us,
        lateness_advice_s=advice_s,
    )
