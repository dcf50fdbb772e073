"""Rows on their way from a file's gate to the counters, each with its decision."""

from dataclasses import dataclass

import pyarrow as pa

from http_monitor.records import Bools, Int64s

NEVER_US = -(1 << 62)
"""Stands for "no time yet": earlier than any log line, with room to subtract from."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Well-formed lines in the order they are counted, and how many malformed ones stand between them."""

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
    lead_malformed: int = 0
    """Malformed lines before the first row."""
    lead_oversized: int = 0

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
            lead_malformed=0 if start else self.lead_malformed,
            lead_oversized=0 if start else self.lead_oversized,
        )
