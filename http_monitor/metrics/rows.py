"""Rows on their way from a file's gate to the counters, each with its decision."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from http_monitor.records import Bools, Int64s

NEVER_US = -(1 << 62)
"""Stands for "no time yet": earlier than any log line, with room to subtract from."""


def event_times(batch: pa.RecordBatch) -> Int64s:
    """Return the time in each line, in microseconds since the epoch; the batch has the schema of `records`."""
    return batch.column("time").to_numpy(zero_copy_only=False).view(np.int64)


@dataclass(frozen=True, slots=True)
class Rows:
    """Well-formed lines in the order they are counted, and how many that are no hits stand between them."""

    batch: pa.RecordBatch
    """Schema `records.SCHEMA`."""
    time_us: Int64s
    """What they are bucketed by: the time in the line, or the time of arrival."""
    ahead: Bools
    """True where the gate refused the line for being too far in the future."""
    malformed_after: Int64s
    """Malformed lines between each row and the next."""
    oversized_after: Int64s
    """Those among them that were too long."""
    filtered_after: Int64s
    """Lines between each row and the next that the user does not want counted."""
    other_after: Int64s
    """Lines between each row and the next that record no finished request."""
    lead_malformed: int = 0
    """Malformed lines before the first row."""
    lead_oversized: int = 0
    lead_filtered: int = 0
    lead_other: int = 0

    def __len__(self) -> int:
        return len(self.time_us)

    def part(self, start: int, stop: int) -> "Rows":
        """Return the rows [start, stop); the lead goes with the part that starts at 0."""
        return Rows(
            batch=self.batch.slice(start, stop - start),
            time_us=self.time_us[start:stop],
            ahead=self.ahead[start:stop],
            malformed_after=self.malformed_after[start:stop],
            oversized_after=self.oversized_after[start:stop],
            filtered_after=self.filtered_after[start:stop],
            other_after=self.other_after[start:stop],
            lead_malformed=0 if start else self.lead_malformed,
            lead_oversized=0 if start else self.lead_oversized,
            lead_filtered=0 if start else self.lead_filtered,
            lead_other=0 if start else self.lead_other,
        )

    @property
    def accepted_us(self) -> Int64s:
        """The times, `NEVER_US` where the gate refused the line; not to be changed."""
        return np.where(self.ahead, NEVER_US, self.time_us) if self.ahead.any() else self.time_us

    @property
    def has_lead(self) -> bool:
        """Whether lines that are no rows stand before the first row."""
        return bool(self.lead_malformed or self.lead_filtered or self.lead_other)

    def without_lead(self) -> "Rows":
        """Return the rows, and nothing before the first."""
        return replace(self, lead_malformed=0, lead_oversized=0, lead_filtered=0, lead_other=0)
