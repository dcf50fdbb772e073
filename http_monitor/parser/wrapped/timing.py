"""Gives lines without a time the time of their wrapper."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import arrow_of, take
from http_monitor.parser.chunks.arrays import Bools
from http_monitor.parser.detect.batch_pieces import with_begins
from http_monitor.parser.fields.zones import LOCAL, UTC_ZONE, Zone
from http_monitor.parser.lines.account import SAMPLE_BYTES, SAMPLES
from http_monitor.parser.wrapped.places import places
from http_monitor.parser.wrapped.stamps import StampReader
from http_monitor.ports.log_format import LogFormat
from http_monitor.ports.wrapper import Unwrapped, Wrapper
from http_monitor.records import SCHEMA, UNTIMED_US, Batch, Int64s, Sample

NO_TIME = "a time in the line, or around it"
"""The expectation if there is neither."""
_TIME = SCHEMA.get_field_index("time")


@dataclass(frozen=True, slots=True)
class Timing:
    """How the times of lines without one are found."""

    zone: Zone | None = None
    """The zone of times in wrappers without one; None: the usual zone of the wrapper."""
    written_us: Callable[[], int] = lambda: 0
    """Returns when the file was written last, for times without a year."""
    by_arrival: bool = False
    """A line without any time is a row, whose time is that of its arrival."""

    def reader(self, wrapper: Wrapper) -> StampReader:
        """Return a reader of the times of a wrapper."""
        usual = UTC_ZONE if wrapper.in_utc else LOCAL
        return StampReader(self.zone or usual, self.written_us, is_said=self.zone is not None)

    def require_times(self, batch: Batch, data: bytes, limit: int) -> Batch:
        """Return a batch in which lines without a time are malformed, unless lines count by their arrival.

        The arguments are those of `without_untimed`.
        """
        return batch if self.by_arrival else without_untimed(batch, data, limit)

    def read_bare(self, made: LogFormat, data: bytes, limit: int, at: int) -> Batch:
        """Return the rows of unwrapped lines.

        Args:
            made: Their format.
            data: The lines.
            limit: The longest line, in bytes without its LF.
            at: Their offset in all data.
        """
        return with_begins(self.require_times(made.parse(data), data, limit), data, at)


def find_untimed(batch: Batch) -> Bools | None:
    """Return which rows have no time; None if all have one."""
    times_us = batch.rows.column(_TIME).to_numpy(zero_copy_only=False).view(np.int64)
    if not len(times_us) or int(times_us.min()) != UNTIMED_US:
        return None
    untimed: Bools = times_us == UNTIMED_US
    return untimed


def with_stamps(batch: Batch, untimed: Bools, inside: Unwrapped, place: Int64s, reader: StampReader) -> Batch:
    """Return rows with the times of their wrappers, if there are any.

    Args:
        batch: The batch that a format made of the inner lines.
        untimed: Which rows have no time.
        inside: The inner lines.
        place: For each line of the batch, its index among them.
        reader: The reader of the times in wrappers.
    """
    times_us = batch.rows.column(_TIME).to_numpy(zero_copy_only=False).view(np.int64).copy()
    times_us[untimed] = reader.instants(inside.stamps, place[batch.line_nos[untimed] - 1])
    columns: list[Any] = batch.rows.columns
    columns[_TIME] = arrow_of(times_us, SCHEMA.field(_TIME).type)
    return replace(batch, rows=pa.RecordBatch.from_arrays(columns, schema=batch.rows.schema))


def without_untimed(batch: Batch, data: bytes, limit: int) -> Batch:
    """Return a batch in which lines without any time are malformed.

    Args:
        batch: The batch that a format made of lines.
        data: The lines.
        limit: The longest line, in bytes without its LF.
    """
    untimed = find_untimed(batch)
    if untimed is None:
        return batch
    timed = np.flatnonzero(~untimed)
    lines = [line for line in data.split(b"\n") if len(line) > limit or line.strip()]
    wrong = batch.line_nos[untimed][:SAMPLES].tolist()
    samples = [*batch.samples, *(Sample(no, lines[no - 1][:SAMPLE_BYTES].removesuffix(b"\r")) for no in wrong)]
    return replace(
        batch,
        rows=take(batch.rows, timed),
        line_nos=batch.line_nos[timed],
        samples=tuple(sorted(samples, key=lambda sample: sample.line_no)[:SAMPLES]),
        kind=batch.kind if len(timed) else None,
    )


def try_inside(made: LogFormat, wrapper: Wrapper, data: bytes, limit: int, at: int) -> tuple[int, int]:
    """Return how many inner lines are rows, with a time of their own or of their wrapper, and how many are malformed.

    Args:
        made: The format of the inner lines.
        wrapper: The wrapper of the lines.
        data: The wrapped lines.
        limit: The longest line, in bytes without its LF.
        at: The offset of the wrapped lines in all data.
    """
    inside = wrapper.unwrap(data, at)
    batch = made.parse(inside.data)
    untimed = find_untimed(batch)
    if untimed is None:
        return len(batch.line_nos), batch.malformed_lines
    place = places(batch, inside, limit)[batch.line_nos[untimed] - 1]
    lacking = int((Timing().reader(wrapper).instants(inside.stamps, place) == UNTIMED_US).sum())
    return len(batch.line_nos) - lacking, batch.malformed_lines + lacking
