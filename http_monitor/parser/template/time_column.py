"""Makes the column of times from the fields of a template."""

from collections.abc import Callable, Sequence

import numpy as np

from http_monitor.parser.chunks.arrays import Ints
from http_monitor.parser.chunks.chunk import Chunk
from http_monitor.parser.chunks.key_columns import Keys, codes, distinct
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.spans import Span, span_keys
from http_monitor.parser.fields.clf_time import CLF_BYTES
from http_monitor.parser.fields.field import Writing
from http_monitor.parser.fields.scalars import read_time
from http_monitor.parser.fields.time_columns import (
    CLOCK_BYTES,
    DAY_BYTES,
    Times,
    clf_times,
    day_times,
    epoch_times,
    iso_times,
    local_times,
)
from http_monitor.parser.fields.zones import UNZONED_US
from http_monitor.parser.template.slot import CLF_BARE, CLF_BRACKETED, CLF_LOCAL, EPOCH_WITH_MS, ISO_UTC, Slot

TIMES_THAT_LOOK_SO = (CLF_BARE, CLF_BRACKETED, CLF_LOCAL, ISO_UTC, EPOCH_WITH_MS)
"""Expressions whose times are checked here."""

_OPEN, _CLOSE, _DOT = (ord(char) for char in "[].")
_EPOCHS: dict[Writing, int] = {"epoch": 6, "epoch_ms": 3, "epoch_us": 0, "epoch_ns": -3}
"""Power of ten of the microseconds in each unit."""


def times_of(chunk: Chunk, marks: Marks, slot: Slot, span: Span) -> Times:
    """Return the times of a field; times that are left out here may still be valid.

    Args:
        chunk: The chunk of the field.
        marks: The marks of the chunk.
        slot: The slot, with the expression and notation of the field.
        span: The field.
    """
    if slot.looks == CLF_BRACKETED:
        good = (chunk.bytes_at(span.start) == _OPEN) & (chunk.bytes_at(span.start + CLF_BYTES + 1) == _CLOSE)
        time_us, fine = clf_times(chunk, Span(span.start + 1, span.start + 1 + CLF_BYTES))
        return time_us, good & fine
    if slot.looks == CLF_BARE:
        return clf_times(chunk, span)
    if slot.looks == CLF_LOCAL:
        return local_times(chunk, span)
    if slot.looks == ISO_UTC:
        time_us, good = iso_times(chunk, span)
        return time_us, good & (chunk.bytes_at(span.stop - 1) == ord("Z"))
    if slot.looks == EPOCH_WITH_MS:
        length, dot = span.stop - span.start, chunk.bytes_at(span.stop - 4)
        time_us, good = epoch_times(chunk, marks, span, 6)
        return time_us, good & (length >= 13) & (length <= 15) & (dot == _DOT)
    return _by_writing(chunk, marks, slot.field.writing, span)


def days_of(chunk: Chunk, day: Span, clock: Span) -> Times:
    """Return the times without a zone that consist of a day and a time of day in two fields."""
    plain = (day.stop - day.start == DAY_BYTES) & (clock.stop - clock.start == CLOCK_BYTES)
    time_us, good = day_times(chunk, day.start, clock.start)
    return time_us + UNZONED_US, plain & good


def moments_of(pieces: Sequence[Keys], read: Callable[[tuple[bytes, ...]], int | str]) -> Times:
    """Return the times that consist of several pieces, each computed once for all lines with the same pieces."""
    place = np.zeros(len(pieces[0]), np.int64)
    for keys in pieces:
        _, place = np.unique(place * max(1, len(keys.dictionary)) + codes(keys), return_inverse=True)
    _, first = np.unique(place, return_index=True)
    texts = zip(*(_at(keys, first) for keys in pieces), strict=True)
    found = [read(text) for text in texts]
    values = np.array([0 if isinstance(value, str) else value for value in found], np.int64)
    good = np.array([not isinstance(value, str) for value in found], np.bool_)
    return values.take(place), good.take(place)


def _at(keys: Keys, rows: Ints) -> list[bytes]:
    texts = distinct(keys)
    return [texts[code] for code in codes(keys)[rows].tolist()]


def _by_writing(chunk: Chunk, marks: Marks, writing: Writing, span: Span) -> Times:
    """Return times by their notation; those that are not plain are read once per distinct text."""
    if writing in _EPOCHS:
        time_us, good = epoch_times(chunk, marks, span, _EPOCHS[writing])
    elif writing == "iso":
        time_us, good = iso_times(chunk, span)
    else:
        time_us, good = np.zeros(len(span.start), np.int64), np.zeros(len(span.start), np.bool_)
    other = np.flatnonzero(~good)
    if len(other):
        keys = span_keys(chunk, Span(span.start[other], span.stop[other]))
        read = [read_time(text, writing) for text in distinct(keys)]
        values = np.array([0 if isinstance(value, str) else value for value in read], np.int64)
        time_us[other] = values.take(codes(keys))
        good[other] = np.array([not isinstance(value, str) for value in read], np.bool_).take(codes(keys))
    return time_us, good
