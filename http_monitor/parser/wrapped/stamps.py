"""Reads the times in wrappers, for lines without a time of their own."""

import calendar
import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from http_monitor.arrow import encode, take
from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.parser.chunks.chunk import index_chunk
from http_monitor.parser.chunks.key_columns import Binary, between
from http_monitor.parser.chunks.spans import Span
from http_monitor.parser.fields.scalars import read_time
from http_monitor.parser.fields.time_columns import iso_times
from http_monitor.parser.fields.zones import UNZONED_US, LocalTimes, Zone
from http_monitor.ports.wrapper import Stamps
from http_monitor.records import UNTIMED_US, Json
from http_monitor.units import US_PER_S

_DAY_US = 86_400 * US_PER_S
_MAX_BACK_US = 31 * _DAY_US
"""Maximum disorder of lines: a time that seems to be earlier than the previous line by more is of the next year."""
_LEAP_YEAR = 2000
_MAX_YEARS = 9
"""Two leap days are at most eight years apart."""
_YEARLESS = re.compile(
    rb"([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) (?:([0-9]{4}) )?([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?[0-9]*"
)
_JOURNAL = re.compile(
    rb"[A-Z][a-z]{2} ([0-9-]{10} [0-9:]{8}(?:\.[0-9]{1,9})?) (?:(UTC|GMT)|[A-Z]{2,5}|([+-][0-9]{2}):?([0-9]{2})?)"
)

_PADDING = b"\n" * 64
"""Padding, so that bytes examined after a text exist."""

Stamp = tuple[int, bool]
"""Microseconds since the epoch, plus `UNZONED_US` without a zone; and whether it has no year, when it is given in the
year 2000."""


@lru_cache(maxsize=4096)
def read_stamp(text: bytes) -> Stamp | None:
    """Return the time in a wrapper; None if the text is no time."""
    yearless = _YEARLESS.fullmatch(text)
    if yearless is not None:
        month, day, year, clock, fraction = yearless.groups()
        shown = b"%02d/%b/%b:%b" % (int(day), month, year or b"%d" % _LEAP_YEAR, clock)
        time_us = read_time(shown + (fraction or b"")[:7], "haproxy")
        return None if isinstance(time_us, str) else (time_us, year is None)
    journal = _JOURNAL.fullmatch(text)
    if journal is not None:
        moment, utc, hours, minutes = journal.groups()
        text = moment + (b"Z" if utc else b"" if hours is None else hours + (minutes or b"00"))
    time_us = read_time(text, "any")
    return None if isinstance(time_us, str) else (time_us, False)


class StampReader:
    """Converts the times in the wrappers of one file's lines to instants.

    A time without a year (RFC 3164) is, for the first line, in the latest year in which it is not later than the file's
    last write, and then in the year in which it is nearest to the previous line.

    Args:
        zone: The zone of times without one.
        written_us: Returns when the file was written last.
        is_said: The user named the zone.
    """

    def __init__(self, zone: Zone, written_us: Callable[[], int], *, is_said: bool = False) -> None:
        self._is_said = is_said
        self._zone = zone
        self._local = LocalTimes(zone)
        self._written_us = written_us
        self._names_no_zone = False
        """Some time that was read has no zone."""
        self._last_us: int | None = None
        """The local time of the last line whose time has no year."""

    @property
    def words(self) -> str:
        """The assumptions about the times that were read, in words; empty if the times are complete."""
        year = "" if self._last_us is None else f" of {_year_of(self._last_us)}"
        doubtful = self._names_no_zone and not self._is_said
        zone = f" in {self._zone.name} time (--log-timezone names another zone)" if doubtful else ""
        return f", as one{year}{zone}" if year or zone else ""

    def instants(self, stamps: Stamps, lines: Ints) -> Ints:
        """Return the instants of some lines, `UNTIMED_US` for lines without one.

        Args:
            stamps: The times of all lines.
            lines: Their indices, ascending.
        """
        start, stop = (edges[lines] for edges in stamps.find())
        found_us = np.full(len(lines), UNTIMED_US, np.int64)
        given = np.flatnonzero(stop > start)
        if not len(given):
            return found_us
        time_us, yearless = _read(between(stamps.data, start[given], stop[given]))
        timed = np.flatnonzero(time_us != UNTIMED_US)
        self._names_no_zone |= bool((time_us >= UNZONED_US).any())
        if yearless.any():
            self._find_years(time_us, yearless)
        if len(timed):
            time_us[timed] = self._local.instants(time_us[timed])
        found_us[given] = time_us
        return found_us

    def instant(self, text: bytes) -> int | None:
        """Return the instant of the next line by the time in its wrapper; None if that is no time."""
        stamps = Stamps(text, lambda: (np.zeros(1, np.int64), np.full(1, len(text), np.int64)))
        found_us = int(self.instants(stamps, np.zeros(1, np.int64))[0])
        return None if found_us == UNTIMED_US else found_us

    def save(self) -> Json:
        """Return the state as JSON."""
        return {"last": self._last_us, **self._local.save()}

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError or TypeError for anything else."""
        last_us = given["last"]
        if last_us is not None and type(last_us) is not int:
            raise TypeError("no time")
        self._local.load(given)
        self._last_us = last_us

    def _find_years(self, time_us: Ints, yearless: Bools) -> None:
        """Move times without a year into their years."""
        rows = np.flatnonzero(yearless)
        days = ((time_us[rows] - UNZONED_US) // _DAY_US).astype("datetime64[D]")
        months = days.astype("datetime64[M]")
        leap_days = days == np.datetime64(f"{_LEAP_YEAR}-02-29")
        # Consecutive lines of one month are of one year, unless a leap day shows that a later year has begun: the lines
        # before that day are read without it, as if a block ended there.
        changes = np.diff(months).astype(np.int64).astype(np.bool_) | np.diff(leap_days)
        edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(rows)]
        for start, stop in pairwise(edges):
            part = rows[start:stop]
            begin_us = int(time_us[part[0]]) - UNZONED_US
            shift_us = self._year_shift_us(begin_us, months[start], leap=bool(leap_days[start]))
            time_us[part] += shift_us
            self._last_us = int(time_us[part[-1]]) - UNZONED_US

    def _year_shift_us(self, time_us: int, month: np.datetime64, *, leap: bool) -> int:
        """Return by how much a time in the year 2000 must be moved into its year."""
        number = int(month.astype(np.int64)) % 12

        def shift_us(year: int) -> int:
            there = np.datetime64(year - 1970, "Y").astype("datetime64[M]") + number
            return int((there.astype("datetime64[us]") - month.astype("datetime64[us]")).astype(np.int64))

        last_us = self._last_us
        if last_us is None:
            limit_us = self._written_us() + _DAY_US
            years = range(_year_of(limit_us), _year_of(limit_us) - _MAX_YEARS, -1)
            fitting = [year for year in years if time_us + shift_us(year) <= limit_us]
        else:
            limit_us = last_us - _MAX_BACK_US
            years = range(_year_of(limit_us), _year_of(limit_us) + _MAX_YEARS)
            fitting = [year for year in years if time_us + shift_us(year) >= limit_us]
        return shift_us(next(year for year in fitting if not leap or calendar.isleap(year)))


def _read(texts: Binary) -> tuple[Ints, Bools]:
    """Return the result of `read_stamp` for each of some texts, none of them empty."""
    _, offsets, content = texts.buffers()
    edges = np.frombuffer(memoryview(offsets or b""), np.int32)[texts.offset :][: len(texts) + 1].astype(np.int64)
    chunk = index_chunk((b"" if content is None else content.to_pybytes()) + _PADDING)
    # Most texts are in the one notation that is complete, and no two are the same.
    time_us, good = iso_times(chunk, Span(edges[:-1], edges[1:]))
    yearless = np.zeros(len(texts), np.bool_)
    rest = np.flatnonzero(~good)
    if len(rest):
        # Any: the stubs of pyarrow do not describe dictionary arrays of binary.
        keys: Any = encode(take(texts, rest))
        code = keys.indices.to_numpy()
        read = [read_stamp(text) for text in keys.dictionary.to_pylist()]
        time_us[rest] = np.array([UNTIMED_US if stamp is None else stamp[0] for stamp in read], np.int64)[code]
        yearless[rest] = np.array([stamp is not None and stamp[1] for stamp in read], np.bool_)[code]
    return time_us, yearless


def _year_of(time_us: int) -> int:
    return int(np.datetime64(time_us, "us").astype("datetime64[Y]").astype(np.int64)) + 1970
