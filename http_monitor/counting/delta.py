"""The sums of one bucket, as they travel from one engine to another or to a history."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from http_monitor.counting.tables.table import KeyTable


@dataclass(frozen=True, slots=True)
class BucketDelta:
    """Rows of one bucket, summed; deltas of a bucket add up to the bucket."""

    start_us: int
    late: bool
    """The bucket had closed when the rows came: an earlier result is to be corrected."""
    hits: int
    size_bytes: int
    errors: int
    first_us: int
    """Least time of the rows."""
    last_us: int
    """Greatest time of the rows."""
    lacks: Mapping[str, int] = field(default_factory=dict)
    """How many rows lack each of `frame.COVERED`; one that is not there: none."""
    tables: Mapping[str, KeyTable] = field(default_factory=dict)
    """Sums by key of each dimension that some row has a key in."""
