"""Reads the texts of times, durations and counts, each in the ways that servers write them."""

import re
from collections.abc import Callable
from functools import lru_cache

from http_monitor.parser.clf_time import FIRST_YEAR, LAST_YEAR, decode_time
from http_monitor.parser.field import Writing
from http_monitor.parser.zones import UNZONED_US
from http_monitor.units import US_PER_S

MOST = (1 << 63) - 1
"""No number of a row is greater."""

_ISO = re.compile(
    rb"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,9}))?"
    rb"(?:([Zz]| (?:UTC|GMT|Z))| ?([+-][0-9]{2}):?([0-9]{2}))?"
)
_HAPROXY = re.compile(rb"([0-9]{2}/[A-Za-z]{3}/[0-9]{4})[: ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6}))?")
_ASCTIME = re.compile(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ 0-9][0-9]) ([0-9]{2}:[0-9]{2}:[0-9]{2}) ([0-9]{4})"
)
_SLASHES = re.compile(rb"([0-9]{4})/([0-9]{2})/([0-9]{2})(?: -)? ([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?")
_COMPACT = re.compile(rb"([0-9]{2})([0-9]{2})([0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})")
_WEB = re.compile(rb"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) (?:GMT|UTC)")
_UTC = (b" UTC", b" GMT", b" Z")
"""What some servers write in place of an offset."""
_EPOCH_DIGITS = {9: 6, 10: 6, 12: 3, 13: 3, 15: 0, 16: 0}
"""By how many digits an epoch has before its point: the power of ten of the microseconds in its unit."""
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_DECIMAL = re.compile(rb"([0-9]{1,18})(?:\.([0-9]{0,18}))?")
_DURATION = re.compile(rb"([0-9]{1,18})(?:\.([0-9]{0,18}))?(us|\xc2\xb5s|\xce\xbcs|ms|ns|s)?")
_LONG = re.compile(rb"(?:([0-9]{1,6})h)?([0-9]{1,9})m([0-9.]+s)")
"""More than a minute as programs in Go write it: ``1m2.5s``."""
_DURATIONS = re.compile(rb"[ ,:]+")
_OF_MICRO = {b"\xc2\xb5s": b"us", b"\xce\xbcs": b"us"}
POWER = {"s": 6, "ms": 3, "us": 0, "ns": -3}
"""Of ten, of the microseconds in each unit."""
_FIRST_US = 0
END_US = 253_370_764_800 * US_PER_S
"""Where the year 9999 begins."""


def read_time(text: bytes, writing: Writing) -> int | str:
    """Return the microseconds since the epoch, or in a few words what is wrong with a time.

    One that names no zone is its local time plus `UNZONED_US`.
    """
    return _TIMES[writing](text)


def read_day(date: bytes, clock: bytes) -> int | str:
    """Return a time of two fields, the date as ISO 8601 or as the common format has it."""
    return _any(date + b":" + clock) if b"/" in date else _iso(date + b"T" + clock)


def read_duration(text: bytes, writing: Writing) -> int | None:
    """Return the whole microseconds of a duration, of a list of them the sum; None where none is given.

    Args:
        text: A number in the unit, or with a unit of its own (``12.5ms``, ``1m2.5s``); several of them between commas,
            colons and spaces, as nginx has it for several upstream servers; a dash for none.
        writing: The unit of a number that has none.
    """
    total = None
    for part in _DURATIONS.split(text):
        long = _LONG.fullmatch(part)
        match = _DURATION.fullmatch(part if long is None else long[3])
        if match is None:
            continue
        if long is not None:
            total = (total or 0) + (int(long[1] or b"0") * 60 + int(long[2])) * 60 * US_PER_S
        unit = _OF_MICRO.get(match[3], match[3]).decode() if match[3] else writing
        if unit == "decimal":
            if match[2] is None:
                continue
            unit = "s"
        total = (total or 0) + _scaled(match[1], match[2] or b"", POWER[unit])
    return None if total is None or total > MOST else total


def read_count(text: bytes) -> int | None:
    """Return a number of bytes; None where the text is not digits within 63 bits."""
    digits = text.lstrip(b"0") or b"0"
    if not text.isdigit() or len(digits) > 19:
        return None
    number = int(digits)
    return number if number <= MOST else None


def _scaled(whole: bytes, fraction: bytes, power: int) -> int:
    """Return the decimal number ``whole.fraction`` times a power of ten, cut to an integer."""
    places = max(power, 0)
    number = int(whole + fraction[:places].ljust(places, b"0"))
    return number if power >= 0 else number // 10**-power


def _clf(text: bytes) -> int | str:
    for name in _UTC:
        if text.removesuffix(b"]").endswith(name):
            text = text.removesuffix(b"]").removesuffix(name) + b" +0000" + b"]" * text.endswith(b"]")
    return decode_time(text if text.startswith(b"[") else b"[" + text + b"]")


@lru_cache(maxsize=4096)
def _iso(text: bytes) -> int | str:
    match = _ISO.fullmatch(text.removeprefix(b"[").removesuffix(b"]"))
    if match is None:
        return "a time that is not like 2000-10-10T13:55:36+02:00"
    year, month, day, hour, minute, second, fraction = match.groups()[:7]
    if not 1 <= int(month) <= 12:
        return "a date that does not exist"
    # The rules of what exists are those of the common format, so they are asked.
    sign_and_hours, minutes = match[9] or b"+00", match[10] or b"00"
    clf = b"[%s/%s/%s:%s:%s:%s %s%s]" % (
        day,
        _MONTHS[int(month) - 1],
        year,
        hour,
        minute,
        second,
        sign_and_hours,
        minutes,
    )
    whole_us = decode_time(clf)
    if isinstance(whole_us, str):
        return whole_us
    zoned = match[8] is not None or match[9] is not None
    return whole_us + _scaled(b"0", fraction or b"", 6) + (0 if zoned else UNZONED_US)


@lru_cache(maxsize=4096)
def _haproxy(text: bytes) -> int | str:
    match = _HAPROXY.fullmatch(text.removeprefix(b"[").removesuffix(b"]"))
    if match is None:
        return "a time that is not like 06/Feb/2009:12:14:14.655"
    return _without_zone(match[1], match[2], match[3])


@lru_cache(maxsize=4096)
def _asctime(text: bytes) -> int | str:
    match = _ASCTIME.fullmatch(text)
    if match is None:
        return "a time that is not like Fri Feb  6 12:14:14 2009"
    month, day, clock, year = match.groups()
    return _without_zone(b"%s/%s/%s" % (day.replace(b" ", b"0"), month, year), clock, None)


@lru_cache(maxsize=4096)
def _slashes(text: bytes) -> int | str:
    match = _SLASHES.fullmatch(text)
    if match is None:
        return "a time that is not like 2009/02/06 12:14:14"
    year, month, day, clock, fraction = match.groups()
    return _numbered(year, month, day, clock, fraction)


@lru_cache(maxsize=4096)
def _compact(text: bytes) -> int | str:
    match = _COMPACT.fullmatch(text)
    if match is None:
        return "a time that is not like 090206 12:14:14"
    year, month, day, clock = match.groups()
    return _numbered(b"20" + year, month, day, clock, None)


def _numbered(year: bytes, month: bytes, day: bytes, clock: bytes, fraction: bytes | None) -> int | str:
    """Return a time without a zone whose month is a number."""
    if not 1 <= int(month) <= 12:
        return "a date that does not exist"
    return _without_zone(b"%s/%s/%s" % (day, _MONTHS[int(month) - 1], year), clock, fraction)


def _without_zone(day: bytes, clock: bytes, fraction: bytes | None) -> int | str:
    """Return the local time of a server that writes no zone."""
    whole_us = decode_time(b"[" + day + b":" + clock + b" +0000]")
    return whole_us if isinstance(whole_us, str) else whole_us + _scaled(b"0", fraction or b"", 6) + UNZONED_US


@lru_cache(maxsize=4096)
def _web(text: bytes) -> int | str:
    match = _WEB.fullmatch(text.removeprefix(b"[").removesuffix(b"]"))
    if match is None:
        return "a time that is not like Tue, 10 Oct 2000 20:55:36 GMT"
    return decode_time(b"[%s/%s/%s:%s +0000]" % match.groups())


def _any(text: bytes) -> int | str:
    """Return a time in whichever of the other writings it is."""
    for read in (_clf, _iso, _haproxy, _web):
        found = read(text)
        if not isinstance(found, str) or "not like" not in found:
            return found
    whole, _, part = text.partition(b".")
    if whole.isdigit() and (part.isdigit() or not part) and len(whole) in _EPOCH_DIGITS:
        return _epoch(_EPOCH_DIGITS[len(whole)])(text)
    return "a time in no writing that is known"


def _epoch(power: int) -> Callable[[bytes], int | str]:
    def read(text: bytes) -> int | str:
        match = _DECIMAL.fullmatch(text)
        if match is None:
            return "a time that is not a number since 1970"
        time_us = _scaled(match[1], match[2] or b"", power)
        return time_us if _FIRST_US <= time_us < END_US else f"a year outside {FIRST_YEAR}–{LAST_YEAR}"

    return read


_TIMES: dict[Writing, Callable[[bytes], int | str]] = {
    "plain": _clf,
    "clf": _clf,
    "iso": _iso,
    "haproxy": _haproxy,
    "asctime": _asctime,
    "slashes": _slashes,
    "compact": _compact,
    "web": _web,
    "any": _any,
    "epoch": _epoch(6),
    "epoch_ms": _epoch(3),
    "epoch_us": _epoch(0),
}
