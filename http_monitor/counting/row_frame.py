"""Accepted rows as they leave the engine: columns, buckets, and sums computed on request."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from http_monitor.counting.frame import Frame
from http_monitor.counting.groups import FrameGroups, Piece
from http_monitor.counting.numbering import number_starts
from http_monitor.eventtime.rows import Rows
from http_monitor.records import Bools, FileOffsets, Int64s

_NO_INTS = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class BucketSums:
    """Implements `ports.stream.GroupedSums`."""

    starts_us: Int64s
    groups: FrameGroups | None
    """None if there are no rows."""

    @property
    def hits(self) -> list[int]:
        """Hits of each group."""
        return [] if self.groups is None else self.groups.hits

    @property
    def sizes(self) -> list[int]:
        """Bytes of each group."""
        return [] if self.groups is None else self.groups.sizes

    @property
    def errors(self) -> list[int]:
        """Hits with status 500–599 of each group."""
        return [] if self.groups is None else self.groups.errors

    def by_key(self, dimension: str, index: int) -> Piece:
        """Return the sums of one group by a dimension."""
        assert self.groups is not None
        return self.groups.piece(dimension, index)


class AcceptedRows:
    """Implements `ports.stream.RowFrame`.

    Args:
        rows: The rows.
        frame: Their dimensions and measures.
        bucket_us: Start of the bucket of each.
        late: Mask of the rows that came after their bucket had closed.
    """

    __slots__ = ("_frame", "_rows", "_sums", "bucket_us", "late")

    def __init__(self, rows: Rows, frame: Frame, bucket_us: Int64s, late: Bools) -> None:
        self._rows = rows
        self._frame = frame
        self.bucket_us = bucket_us
        self.late = late
        self._sums: dict[tuple[int, bool | None], BucketSums] = {}

    def __len__(self) -> int:
        return len(self.bucket_us)

    @property
    def batch(self) -> pa.RecordBatch:
        """The rows, schema `records.SCHEMA`."""
        return self._rows.batch

    @property
    def time_us(self) -> Int64s:
        """The time that decides the bucket of each row."""
        return self._rows.time_us

    @property
    def offsets(self) -> FileOffsets:
        """The place of each row's line."""
        offsets = self._rows.offsets
        return FileOffsets.unknown(len(self)) if offsets is None else offsets.resolve()

    @property
    def dimensions(self) -> frozenset[str]:
        """The dimensions for which some row may have a key."""
        return frozenset(self._frame.columns)

    def sums(self, grain_us: int, *, late: bool | None = None) -> BucketSums:
        """Return the sums by start, aligned to the epoch."""
        found = self._sums.get((grain_us, late))
        if found is None:
            found = self._sums[grain_us, late] = self._sum_rows(grain_us, late)
        return found

    def part(self, start: int, stop: int) -> "AcceptedRows":
        """Return the rows [start, stop)."""
        if (start, stop) == (0, len(self)):
            return self
        rows = slice(start, stop)
        return AcceptedRows(self._rows.part(start, stop), self._frame.take(rows), self.bucket_us[rows], self.late[rows])

    def _sum_rows(self, grain_us: int, late: bool | None) -> BucketSums:
        frame, bucket_us = self._frame, self.bucket_us
        if late is not None:
            wanted = np.flatnonzero(self.late == late)
            if len(wanted) < len(bucket_us):
                frame, bucket_us = frame.take(wanted), bucket_us[wanted]
        if not len(bucket_us):
            return BucketSums(_NO_INTS, None)
        starts, group_of = number_starts(bucket_us - bucket_us % grain_us, grain_us)
        return BucketSums(starts, FrameGroups(frame, group_of, len(starts)))
