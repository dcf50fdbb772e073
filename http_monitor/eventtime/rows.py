"""Rows between the ahead filter and the counters, in the order of acceptance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from http_monitor.arrow import take
from http_monitor.records import Batch, FileOffsets, Int64s, RowOffsets

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
    """Accepted lines in the order they are counted, with the fates of the lines between them."""

    batch: pa.RecordBatch
    """Schema `records.SCHEMA`."""
    time_us: Int64s
    """The time that decides the bucket: that in the line, or that of arrival."""
    after: Int64s | None = None
    """Growth of each counter of `FATES` between each row and the next, shape (fates, rows); a row that was held until
    then subtracts itself from `held` here too. None: no growth."""
    lead: tuple[int, ...] = NO_LINES
    """Growth of the counters before the first row."""
    looks: Int64s | None = None
    """The look at its file at which each row was accepted. 0: its own; n > 0: its own, after n held rows that it
    released; -1 - n < 0: the row was held, and released after n others. None: all are 0."""
    file: Int64s | None = None
    """The file of each row, if there are several and there are looks."""
    lead_us: int = NEVER_US
    """Time of the row accepted before the lines of the lead in their file; `NEVER_US`: there is none."""
    offsets: RowOffsets | None = None
    """The places of their lines; None: not known."""

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
            offsets=None if self.offsets is None else self.offsets.take(slice(start, stop)),
        )

    def take(self, index: Int64s) -> "Rows":
        """Return some of the rows, without the fates of other lines."""
        offsets = None if self.offsets is None else self.offsets.take(index)
        return Rows(take(self.batch, index), self.time_us[index], offsets=offsets)

    @property
    def has_lead(self) -> bool:
        """Whether lines before the first row are counted."""
        return any(self.lead)


def join_offsets(parts: Sequence[Rows]) -> FileOffsets | None:
    """Return the places of the lines of all parts; None if none is known."""
    if all(part.offsets is None for part in parts):
        return None
    return FileOffsets.join(
        [FileOffsets.unknown(len(part)) if part.offsets is None else part.offsets.resolve() for part in parts]
    )


def times_of(batch: Batch) -> Int64s:
    """Return the event time of each row, in microseconds since the epoch."""
    return event_times(batch.rows)


def greatest_of(times_us: Int64s) -> int:
    """Return the greatest time; `NEVER_US` if there is none."""
    return int(times_us.max()) if len(times_us) else NEVER_US
