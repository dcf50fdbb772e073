"""The sums of one bucket, as an engine passes them to another engine or to a history."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from http_monitor.counting.interval_requests import RequestSums
from http_monitor.counting.tables.table import KeyTable


@dataclass(frozen=True, slots=True)
class BucketDelta:
    """Rows of one bucket, summed; deltas of a bucket add up to the bucket."""

    start_us: int
    late: bool
    """The rows came after the bucket had closed, so they correct an earlier result."""
    hits: int
    size_bytes: int
    errors: int
    first_us: int
    """Least time of the rows."""
    last_us: int
    """Greatest time of the rows."""
    lacks: Mapping[str, int] = field(default_factory=dict)
    """Number of rows that lack each of `frame.COVERED`; an absent name means none."""
    tables: Mapping[str, KeyTable] = field(default_factory=dict)
    """Sums by key of each dimension for which at least one row has a key."""
    requests: RequestSums = field(default_factory=RequestSums)
    """Failures and durations by endpoint."""
