"""Parses many durations at once."""

from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import arrow_of
from http_monitor.parser.chunks.chunk import Chunk
from http_monitor.parser.chunks.key_columns import codes, distinct
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.spans import Span, dashes_in, span_keys
from http_monitor.parser.fields.decimal_columns import decimals
from http_monitor.parser.fields.durations import read_duration
from http_monitor.parser.fields.field import Writing
from http_monitor.parser.fields.scalars import POWER


def durations_of(chunk: Chunk, marks: Marks, span: Span, writing: Writing) -> "pa.Array[Any]":
    """Return the microseconds of each field as `read_duration` does; null if it has none.

    Args:
        chunk: The chunk of the fields.
        marks: The marks of the chunk.
        span: The fields.
        writing: The unit of numbers without one.
    """
    stop = span.stop
    in_ms = (chunk.bytes_at(stop - 1) == ord("s")) & (chunk.bytes_at(stop - 2) == ord("m")) & (stop - span.start > 2)
    power = np.where(in_ms, POWER["ms"], POWER.get(writing, POWER["s"]))
    value, good = decimals(chunk, marks, Span(span.start, stop - 2 * in_ms), power)
    if writing not in POWER:
        # A number without a unit is ignored there, unless it has the three decimals of nginx.
        nginx = (chunk.bytes_at(stop - 4) == ord(".")) & (stop - span.start > 4) & (writing == "nginx")
        good &= in_ms | nginx | ((marks.after(b".", span.start) < stop) & (writing == "decimal"))
    none = (span.stop == span.start) | dashes_in(chunk, span)
    other = np.flatnonzero(~good & ~none)
    if len(other):
        keys = span_keys(chunk, Span(span.start[other], span.stop[other]))
        read = [read_duration(text, writing) for text in distinct(keys)]
        value[other] = np.array([length_us or 0 for length_us in read], np.int64).take(codes(keys))
        none[other] = np.array([length_us is None for length_us in read], np.bool_).take(codes(keys))
    found: pa.Array[Any] = arrow_of(value, pa.int64(), none)
    return found
