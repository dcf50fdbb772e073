"""The protocols of the stream of accepted rows."""

from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from http_monitor.records import Bools, FileOffsets, Int64s
from http_monitor.report import Mark


class KeySums(Protocol):
    """Hits, bytes and errors by key of one dimension in one group of rows; the arrays have one entry per key."""

    @property
    def hits(self) -> Int64s:
        """Hits of each key."""
        ...

    @property
    def sizes(self) -> Any:
        """Bytes of each key; Python integers where 64 bits might not be enough."""
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
        """Return the sums of one group by a dimension of `RowFrame.dimensions`; computed on request."""
        ...


class RowFrame(Protocol):
    """Accepted rows in the order in which they were counted. It never changes, and may be kept."""

    @property
    def batch(self) -> pa.RecordBatch:
        """The rows, schema `records.SCHEMA`."""
        ...

    @property
    def time_us(self) -> Int64s:
        """The time that decides the bucket of each row: that in the line, or that of arrival."""
        ...

    @property
    def bucket_us(self) -> Int64s:
        """Start of the bucket of each row."""
        ...

    @property
    def late(self) -> Bools:
        """Whether the row's bucket had closed before it came, so that it corrects an earlier result."""
        ...

    @property
    def offsets(self) -> FileOffsets:
        """The place of each row's line: its file and byte offset, for a line in parts that of the first part."""
        ...

    @property
    def dimensions(self) -> frozenset[str]:
        """The dimensions for which some row may have a key: ``hosts``, ``sections``, ``status`` and others."""
        ...

    def sums(self, grain_us: int, *, late: bool | None = None) -> GroupedSums:
        """Return the sums by start, aligned to the epoch; computed once for all callers.

        Args:
            grain_us: The length of a group, a multiple of the bucket's.
            late: Only the late rows, or only the others; None: all.
        """
        ...


class RowListener(Protocol):
    """Receives accepted rows. Called in the monitor's thread; must not block for long.

    One that raises is released: it receives nothing more.
    """

    def frame(self, frame: RowFrame) -> None:
        """Process accepted rows; their `offsets` are known only if there is a `StreamListener` too."""
        ...


@runtime_checkable
class WindowListener(RowListener, Protocol):
    """Also receives, before all frames, the rows from before the run that only the window counts."""

    def backfill(self, frame: RowFrame) -> None:
        """Process rows that fill the window, in the order of each log; no sum of the stream has them."""
        ...


class RowListeners(WindowListener, Protocol):
    """All listeners of rows together; some may be released in the course of a run."""

    @property
    def wants_rows(self) -> bool:
        """Whether any is left; without one, no frames are made."""
        ...

    @property
    def wants_marks(self) -> bool:
        """Whether any of those left receives marks, and needs the places of rows' lines."""
        ...


class StreamListener(RowListener, Protocol):
    """Receives the stream: frames and marks, in order."""

    def mark(self, mark: Mark) -> None:
        """Note the time before which only late rows will come, and the positions of all inputs."""
        ...
