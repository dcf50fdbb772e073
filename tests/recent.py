"""Frames of made rows, for tests of the recent rows."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.counting.frame import Frame
from http_monitor.counting.row_frame import AcceptedRows
from http_monitor.eventtime.rows import Rows
from http_monitor.records import SCHEMA, FileOffsets, LogFile
from tests.reference.views import Accepted

FILES = (LogFile("a.log", "a.log", (1, 1)), LogFile("b.log", "b.log.1", (1, 2)))


def place_of(number: int) -> tuple[LogFile | None, int]:
    """Return where the line of a row stands, by its number among all."""
    if number % 7 == 3:
        return None, -1
    return FILES[number % 5 == 0], 150 * number + number % 3


def text_of(number: int) -> bytes | None:
    """Return the line of a row that comes with it, as its place is not known."""
    return b"line %d" % number * (number % 4) if place_of(number)[0] is None else None


def rows_of(rows: Sequence[Accepted]) -> pa.RecordBatch:
    """Return rows as a batch."""
    return pa.RecordBatch.from_pylist([{"time": row.time_us, **row.values} for row in rows], schema=SCHEMA)


def frame_of(rows: Sequence[Accepted], first: int = 0) -> AcceptedRows:
    """Return a frame of rows, the first of which has this number among all."""
    batch = rows_of(rows)
    times = np.array([row.time_us for row in rows], np.int64)
    places = [place_of(first + number) for number in range(len(rows))]
    files = np.array([-1 if file is None else FILES.index(file) for file, _ in places], np.int32)
    lines = [text_of(first + number) for number in range(len(rows))]
    texts: Any = pa.array(lines, pa.binary()) if any(line is not None for line in lines) else None
    offsets = FileOffsets(FILES, files, np.array([offset for _, offset in places], np.int64), texts)
    made = Rows(batch, times, offsets=offsets)
    return AcceptedRows(made, Frame.of(made), times // 1_000_000 * 1_000_000, np.zeros(len(rows), np.bool_))


def frames_of(rows: Sequence[Accepted], cuts: Sequence[int]) -> Iterator[AcceptedRows]:
    """Yield rows as frames; some are parts of a greater one, as those of a batch are between which something closes."""
    places = sorted({min(cut, len(rows)) for cut in cuts} | {0, len(rows)})
    for number, (start, stop) in enumerate(itertools.pairwise(places)):
        if number % 2:
            yield frame_of(rows[start:stop], start)
        else:
            whole = frame_of(rows[start:], start)
            yield whole.part(0, stop - start)


def values_of(found: Any) -> dict[str, Any]:
    """Return the fields of a frozen dataclass."""
    return {name: getattr(found, name) for name in found.__slots__}
