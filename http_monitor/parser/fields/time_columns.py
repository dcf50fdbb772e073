"""Parses many times at once, each notation by the positions of its digits."""

from collections.abc import Callable

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Bytes, Ints
from http_monitor.parser.chunks.chunk import Chunk, words_at
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.numbers import numbers
from http_monitor.parser.chunks.spans import Span
from http_monitor.parser.fields.clf_time import CLF_BYTES, decode_times
from http_monitor.parser.fields.decimal_columns import decimals
from http_monitor.parser.fields.scalars import END_US
from http_monitor.parser.fields.zones import UNZONED_US
from http_monitor.units import US_PER_S

Times = tuple[Ints, Bools]
"""Microseconds since the epoch, and a mask of the plainly valid ones; the others may be valid too."""

DAY_BYTES, CLOCK_BYTES = len("2000-10-10"), len("13:55:36")
_ZERO, _DOT, _COLON, _DASH = (ord(char) for char in "0.:-")
_MONTHS = np.frombuffer(b"???JanFebMarAprMayJunJulAugSepOctNovDec???", np.uint8).reshape(-1, 3)
_UTC = np.frombuffer(b" +0000", np.uint8)
_MAX_DECIMALS = 9
_ZONE_BYTES = len("+02:00")


def clf_times(chunk: Chunk, time: Span) -> Times:
    """Return times of `CLF_BYTES` without brackets: ``10/Oct/2000:13:55:36 -0700``."""
    return _by_runs(chunk, (time.start, CLF_BYTES), lambda rows: chunk.bytes.take(_across(time.start[rows], CLF_BYTES)))


def local_times(chunk: Chunk, time: Span) -> Times:
    """Return times of 24 bytes without a zone: ``06/Feb/2009:12:14:14.655``."""
    size = CLF_BYTES - len(_UTC)

    def texts(rows: Ints) -> Bytes:
        return np.hstack([chunk.bytes.take(_across(time.start[rows], size)), np.tile(_UTC, (len(rows), 1))])

    whole_us, good = _by_runs(chunk, (time.start, size), texts)
    part_us, fine = _decimals(chunk, Span(time.start + size, time.stop))
    return whole_us + part_us + UNZONED_US, good & fine


def iso_times(chunk: Chunk, time: Span) -> Times:
    """Return times like ``2000-10-10T13:55:36.25Z`` or ``…+02:00``, with or without decimals."""
    day_stop = time.start + DAY_BYTES
    clock_stop = day_stop + 1 + CLOCK_BYTES
    utc = chunk.bytes_at(time.stop - 1) == ord("Z")
    zone_at = np.where(utc, time.stop - 1, time.stop - _ZONE_BYTES)
    good = (chunk.bytes_at(day_stop) == ord("T")) & (clock_stop <= zone_at)
    whole_us, fine = day_times(chunk, time.start, day_stop + 1)
    part_us, exact = _decimals(chunk, Span(clock_stop, np.maximum(zone_at, clock_stop)))
    time_us = whole_us + part_us
    good &= fine & exact
    if not utc.all():
        hours, is_hours = numbers(chunk, Span(zone_at + 1, zone_at + 3))
        minutes, is_minutes = numbers(chunk, Span(zone_at + 4, zone_at + 6))
        sign = chunk.bytes_at(zone_at)
        zoned = is_hours & is_minutes & (hours <= 23) & (minutes <= 59) & (chunk.bytes_at(zone_at + 3) == _COLON)
        zoned &= (sign == ord("+")) | (sign == _DASH)
        east_us = (hours * 60 + minutes) * 60 * US_PER_S
        time_us = np.where(utc, time_us, np.where(sign == _DASH, time_us + east_us, time_us - east_us))
        good &= utc | zoned
    return time_us, good


def day_times(chunk: Chunk, day: Ints, clock: Ints) -> Times:
    """Return times to the second, as if in UTC, given where a day (``2000-10-10``) and a time of day begin."""
    dashes = (chunk.bytes_at(day + 4) == _DASH) & (chunk.bytes_at(day + 7) == _DASH)

    def texts(rows: Ints) -> Bytes:
        date = chunk.bytes.take(_across(day[rows], DAY_BYTES), mode="clip")
        digits = date[:, 5:7] - np.uint8(_ZERO)  # wraps below "0"
        month = np.where((digits <= 9).all(axis=1), digits[:, 0].astype(np.int64) * 10 + digits[:, 1], 0)
        text = np.empty((len(rows), CLF_BYTES), np.uint8)
        text[:, 0:2] = date[:, 8:10]
        text[:, [2, 6]] = ord("/")
        text[:, 3:6] = _MONTHS[np.clip(month, 0, len(_MONTHS) - 1)]
        text[:, 7:11] = date[:, 0:4]
        text[:, 11] = _COLON
        text[:, 12:20] = chunk.bytes.take(_across(clock[rows], CLOCK_BYTES), mode="clip")
        text[:, 20:] = _UTC
        return text

    time_us, good = _by_runs(chunk, (day, DAY_BYTES), texts, (clock, CLOCK_BYTES))
    return time_us, good & dashes


def epoch_times(chunk: Chunk, marks: Marks, time: Span, power: int) -> Times:
    """Return times given as numbers since 1970, with or without decimals; `power` is that of their unit."""
    time_us, good = decimals(chunk, marks, time, power)
    return time_us, good & (time_us < END_US)


def _by_runs(
    chunk: Chunk, first: tuple[Ints, int], texts: Callable[[Ints], Bytes], second: tuple[Ints, int] | None = None
) -> Times:
    """Return the times of texts; equal neighbours are decoded once.

    Args:
        chunk: The chunk of the texts.
        first: Position and number (at least eight) of the bytes by which neighbours are compared.
        texts: Returns texts of `CLF_BYTES` for the given rows.
        second: More bytes to compare.
    """
    count = len(first[0])
    if not count:
        return np.empty(0, np.int64), np.empty(0, np.bool_)
    new = np.zeros(count, np.bool_)
    new[0] = True
    for start, size in (first,) if second is None else (first, second):
        for offset in {*range(0, size - 7, 8), size - 8}:
            word = words_at(chunk.words, start + offset)
            new[1:] |= word[1:] != word[:-1]
    time_us, good = decode_times(texts(np.flatnonzero(new)))
    run = np.cumsum(new) - 1
    return time_us[run], good[run]


def _across(start: Ints, size: int) -> Ints:
    across: Ints = start[:, None] + np.arange(size)
    return across


def _decimals(chunk: Chunk, part: Span) -> Times:
    """Return the microseconds of a dot followed by one to nine digits, or of an empty text."""
    none = part.stop == part.start
    digits = Span(np.minimum(part.start + 1, part.stop), part.stop)
    value, good = numbers(chunk, digits)
    count = np.clip(digits.stop - digits.start, 0, _MAX_DECIMALS)
    good &= (chunk.bytes_at(part.start) == _DOT) & (digits.stop - digits.start <= _MAX_DECIMALS)
    scale_decimal = value * 10 ** np.maximum(6 - count, 0) // 10 ** np.maximum(count - 6, 0)
    return np.where(none, 0, scale_decimal), good | none
