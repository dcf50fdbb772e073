"""What takes accepted rows as they are counted."""

from typing import Any, Protocol

import pyarrow as pa

from http_monitor.records import Bools, Int64s
from http_monitor.report import Mark


class KeySums(Protocol):
    """Hits, bytes and errors by key of one dimension in one group of rows; the arrays have one entry a key."""

    @property
    def hits(self) -> Int64s:
        """Hits of each key."""
        ...

    @property
    def sizes(self) -> Any:
        """Bytes of each key: integers, Python's where 64 bits might not do."""
        ...

    @property
    def errors(self) -> Int64s:
        """Hits with status 500–599 of each key."""
        ...

    def names(self) -> list[bytes]:
        """Return the keys."""
        ...


class GroupedSums(Protocol):
    """The sums of a frame by bucket of some length."""

    @property
    def starts_us(self) -> Int64s:
        """Start of each group, ascending."""
        ...

    @property
    def hits(self) -> list[int]:
        """Hits of each group."""
        ...

    @property
    def sizes(self) -> list[int]:
        """Bytes of each group."""
        ...

    @property
    def errors(self) -> list[int]:
        """Hits with status 500–599 of each group."""
        ...

    def by_key(self, dimension: str, index: int) -> KeySums:
        """Return the sums of one group by a dimension, as `RowFrame.dimensions` names it; worked out when asked."""
        ...


class RowFrame(Protocol):
    """Accepted rows in the order in which they were counted. It stays as it is, and may be kept."""

    @property
    def batch(self) -> pa.RecordBatch:
        """The rows, schema `records.SCHEMA`."""
        ...

    @property
    def time_us(self) -> Int64s:
        """What each row is bucketed by: the time in the line, or the time of arrival."""
        ...

    @property
    def bucket_us(self) -> Int64s:
        """Start of the bucket of each row."""
        ...

    @property
    def late(self) -> Bools:
        """Whether the bucket of a row had closed before it came: an earlier result is to be corrected."""
        ...

    @property
    def dimensions(self) -> frozenset[str]:
        """The dimensions in which some row may have a key: ``hosts``, ``sections``, ``status`` and others."""
        ...

    def sums(self, grain_us: int, *, late: bool | None = None) -> GroupedSums:
        """Return the sums by start, aligned to the epoch; worked out once for all who ask.

        Args:
            grain_us: The length of a group, a multiple of the bucket's.
            late: Only the late rows, or only the others; None: all.
        """
        ...


class StreamListener(Protocol):
    """Takes the stream: frames and marks, in order. It is called in the monitor's thread, and must not wait long."""

    def frame(self, frame: RowFrame) -> None:
        """Take accepted rows."""
        ...

    def mark(self, mark: Mark) -> None:
        """Learn up to when only late rows will still come, and up to where every input has been taken."""
        ...
