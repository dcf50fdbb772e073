"""Rows on their way from a file's gate to the counters, in the order in which they are accepted."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from http_monitor.records import Batch, Int64s

NEVER_US = -(1 << 62)
"""Stands for "no time yet": earlier than any log line, with room to subtract from."""

FATES = ("malformed", "oversized", "filtered", "other", "ahead", "held")
"""The counters of lines that are not accepted, or not yet; the oversized are among the malformed."""
MALFORMED, OVERSIZED, FILTERED, OTHER, AHEAD, HELD = range(len(FATES))
NO_LINES = (0,) * len(FATES)


def event_times(batch: pa.RecordBatch) -> Int64s:
    """Return the time in each line, in microseconds since the epoch; the batch has the schema of `records`."""
    return batch.column("time").to_numpy(zero_copy_only=False).view(np.int64)


@dataclass(frozen=True, slots=True)
class Rows:
    """Accepted lines in the order they are counted, and what becomes of other lines between them."""

    batch: pa.RecordBatch
    """Schema `records.SCHEMA`."""
    time_us: Int64s
    """What they are bucketed by: the time in the line, or the time of arrival."""
    after: Int64s | None = None
    """By how much each counter of `FATES` grows between each row and the next, shape (fates, rows); a row that was
    held until then takes itself from those held here too. None: no counter does."""
    lead: tuple[int, ...] = NO_LINES
    """By how much they grow before the first row."""
    looks: Int64s | None = None
    """At which look at its file a row was accepted. 0: when it was looked at itself; n > 0: likewise, behind n held
    ones that it released; -1 - n < 0: it was held, and released behind n others. None: all are 0."""
    file: Int64s | None = None
    """Of which file each row is, where there are several and there are looks."""
    lead_us: int = NEVER_US
    """The time of the row that was accepted before the lines of the lead in their file; `NEVER_US`: of none."""

    def __len__(self) -> int:
        return len(self.time_us)

    def part(self, start: int, stop: int) -> "Rows":
        """Return the rows [start, stop); the lead goes with the part that starts at 0."""
        return Rows(
            batch=self.batch.slice(start, stop - start),
            time_us=self.time_us[start:stop],
            after=None if self.after is None else self.after[:, start:stop],
            lead=NO_LINES if start else self.lead,
            lead_us=self.lead_us,
            looks=None if self.looks is None else self.looks[start:stop],
            file=None if self.file is None else self.file[start:stop],
        )

    @property
    def has_lead(self) -> bool:
        """Whether something becomes of lines before the first row."""
        return any(self.lead)

    def without_lead(self) -> "Rows":
        """Return the rows, and nothing before the first."""
        return replace(self, lead=NO_LINES)


def times_of(batch: Batch) -> Int64s:
    """Return the event time of each row, in microseconds since the epoch."""
    return event_times(batch.rows)


def greatest_of(times_us: Int64s) -> int:
    """Return the greatest of some times; `NEVER_US` of none."""
    return int(times_us.max()) if len(times_us) else NEVER_US
