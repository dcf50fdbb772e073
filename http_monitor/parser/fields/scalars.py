"""Parses times and counts in the notations of servers."""

import re
from collections.abc import Callable
from functools import lru_cache

from http_monitor.parser.fields.clf_time import FIRST_YEAR, LAST_YEAR, decode_time
from http_monitor.parser.fields.field import Writing
from http_monitor.parser.fields.late_pattern import LatePattern
from http_monitor.parser.fields.zones import UNZONED_US
from http_monitor.units import US_PER_S

MAX_NUMBER = (1 << 63) - 1
"""Greatest number in a row."""

_ISO = LatePattern(
    rb"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,9}))?"
    rb"(?:([Zz]| (?:UTC|GMT|Z))| ?([+-][0-9]{2}):?([0-9]{2}))?"
)
_HAPROXY = LatePattern(rb"([0-9]{2}/[A-Za-z]{3}/[0-9]{4})[: ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6}))?")
_ASCTIME = LatePattern(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ 0-9][0-9]) ([0-9]{2}:[0-9]{2}:[0-9]{2}) ([0-9]{4})"
)
_SLASHES = LatePattern(rb"([0-9]{4})/([0-9]{2})/([0-9]{2})(?: -)? ([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?")
_COMPACT = LatePattern(rb"([0-9]{2})([0-9]{2})([0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})")
_WEB = LatePattern(rb"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) (?:GMT|UTC)")
_UTC = (b" UTC", b" GMT", b" Z")
"""Texts that some servers write instead of an offset."""
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_DECIMAL = LatePattern(rb"([0-9]{1,20})(?:\.([0-9]{0,18}))?")
POWER = {"s": 6, "ms": 3, "us": 0, "ns": -3}
"""Power of ten of the microseconds in each unit."""
_CLF = LatePattern(rb"(\[?[0-9]{1,2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{5,8})(?:\.([0-9]{1,9}))?( [+-][0-9]{4}\]?)")
_BEGINS_CLF = LatePattern(rb"\[?[0-9]{1,2}/")
_HAS_ZONE = LatePattern(rb".* (?:[+-][0-9]{4}|UTC|GMT|Z)\]?", re.DOTALL)
_MAIL = LatePattern(
    rb"(?:[A-Z][a-z]{2}, )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) "
    rb"(GMT|UTC|[+-][0-9]{4})"
)
# Go prints a time with the name of its zone and the reading of its monotonic clock.
_ZONE_NAMED = LatePattern(rb"(.*[0-9]) ([A-Z]{3,4})(?: m=[^ ]*)?", re.DOTALL)
_OFFSET_BEHIND = LatePattern(rb".* [+-][0-9]{4}", re.DOTALL)
_ENDS_ISO = LatePattern(rb".?[0-9]\Z|[0-9 ][Zz]", re.DOTALL)
_NUMBER = LatePattern(rb"([0-9]+)(?:\.[0-9]*)?")
_FIRST_US = 0
END_US = 253_370_764_800 * US_PER_S
"""Start of the year 9999."""


def read_time(text: bytes, writing: Writing) -> int | str:
    """Return the microseconds since the epoch, or a few words on what is wrong with the time.

    A time without a zone is returned as its local time plus `UNZONED_US`.
    """
    return _TIMES[writing](text)


def read_day(date: bytes, clock: bytes) -> int | str:
    """Return the time of a date field (ISO 8601 or as in the common format) and a clock field."""
    return _any(date + b":" + clock) if b"/" in date else _iso(date + b"T" + clock)


def read_count(text: bytes) -> int | None:
    """Return a number of bytes; None if the text is not digits within 63 bits."""
    digits = text.lstrip(b"0") or b"0"
    if not text.isdigit() or len(digits) > 19:
        return None
    number = int(digits)
    return number if number <= MAX_NUMBER else None


def scale_decimal(whole: bytes, fraction: bytes, power: int) -> int:
    """Return the decimal number ``whole.fraction`` times a power of ten, truncated to an integer."""
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
    match = _ISO.compiled.fullmatch(text.removeprefix(b"[").removesuffix(b"]"))
    if match is None:
        return "a time that is not like 2000-10-10T13:55:36+02:00"
    year, month, day, hour, minute, second, fraction = match.groups()[:7]
    if not 1 <= int(month) <= 12:
        return "a date that does not exist"
    # The common format's rules decide which dates and times exist.
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
    return whole_us + scale_decimal(b"0", fraction or b"", 6) + (0 if zoned else UNZONED_US)


@lru_cache(maxsize=4096)
def _haproxy(text: bytes) -> int | str:
    match = _HAPROXY.compiled.fullmatch(text.removeprefix(b"[").removesuffix(b"]"))
    if match is None:
        return "a time that is not like 06/Feb/2009:12:14:14.655"
    return _without_zone(match[1], match[2], match[3])


@lru_cache(maxsize=4096)
def _asctime(text: bytes) -> int | str:
    match = _ASCTIME.compiled.fullmatch(text)
    if match is None:
        return "a time that is not like Fri Feb  6 12:14:14 2009"
    month, day, clock, year = match.groups()
    return _without_zone(b"%s/%s/%s" % (day.replace(b" ", b"0"), month, year), clock, None)


@lru_cache(maxsize=4096)
def _slashes(text: bytes) -> int | str:
    match = _SLASHES.compiled.fullmatch(text)
    if match is None:
        return "a time that is not like 2009/02/06 12:14:14"
    year, month, day, clock, fraction = match.groups()
    return _numeric_date(year, month, day, clock, fraction)


@lru_cache(maxsize=4096)
def _compact(text: bytes) -> int | str:
    match = _COMPACT.compiled.fullmatch(text)
    if match is None:
        return "a time that is not like 090206 12:14:14"
    year, month, day, clock = match.groups()
    return _numeric_date(b"20" + year, month, day, clock, None)


def _numeric_date(year: bytes, month: bytes, day: bytes, clock: bytes, fraction: bytes | None) -> int | str:
    """Return a time without a zone whose month is a number."""
    if not 1 <= int(month) <= 12:
        return "a date that does not exist"
    return _without_zone(b"%s/%s/%s" % (day, _MONTHS[int(month) - 1], year), clock, fraction)


def _without_zone(day: bytes, clock: bytes, fraction: bytes | None) -> int | str:
    """Return the local time of a server that writes no zone."""
    whole_us = decode_time(b"[" + day + b":" + clock + b" +0000]")
    return whole_us if isinstance(whole_us, str) else whole_us + scale_decimal(b"0", fraction or b"", 6) + UNZONED_US


@lru_cache(maxsize=4096)
def _web(text: bytes) -> int | str:
    match = _WEB.compiled.fullmatch(text.removeprefix(b"[").removesuffix(b"]"))
    if match is None:
        return "a time that is not like Tue, 10 Oct 2000 20:55:36 GMT"
    return decode_time(b"[%s/%s/%s:%s +0000]" % match.groups())


def writing_of(text: bytes) -> Writing:
    """Return the notation of a time by its form; ``any`` for one of several rare notations."""
    number = _NUMBER.compiled.fullmatch(text)
    if number is not None:
        return _EPOCH_OF_DIGITS.get(len(number[1]), "any")
    if _BEGINS_CLF.compiled.match(text):
        return "clf" if b"." not in text and _HAS_ZONE.compiled.fullmatch(text) else "any"
    return "iso" if text[4:5] == b"-" and _ENDS_ISO.compiled.match(text[-2:]) and b" m=" not in text else "any"


def _any(text: bytes) -> int | str:
    writing = writing_of(text)
    if writing != "any":
        return read_time(text, writing)
    if _NUMBER.compiled.fullmatch(text):
        return "a number that is not seconds, milliseconds, microseconds or nanoseconds since 1970"
    match = _CLF.compiled.fullmatch(text)
    if match is not None:
        whole_us = _clf(match[1] + match[3])
        return whole_us if isinstance(whole_us, str) else whole_us + scale_decimal(b"0", match[2] or b"", 6)
    if _BEGINS_CLF.compiled.match(text):
        return _haproxy(text)
    match = _MAIL.compiled.fullmatch(text)
    if match is not None:
        zone = match[5] if match[5][:1] in (b"+", b"-") else b"+0000"
        return _clf(b"%b/%b/%b:%b %b" % (match[1], match[2], match[3], match[4], zone))
    for pattern, read in ((_SLASHES, _slashes), (_ASCTIME, _asctime)):
        if pattern.compiled.fullmatch(text):
            return read(text)
    match = _ZONE_NAMED.compiled.fullmatch(text)
    if match is not None and _OFFSET_BEHIND.compiled.fullmatch(match[1]):
        return _iso(match[1])
    if match is not None and match[2] in (b"UTC", b"GMT"):
        return _iso(match[1] + b"Z")
    return _iso(text)


def _epoch(power: int) -> Callable[[bytes], int | str]:
    def read(text: bytes) -> int | str:
        match = _DECIMAL.compiled.fullmatch(text)
        if match is None:
            return "a time that is not a number since 1970"
        time_us = scale_decimal(match[1], match[2] or b"", power)
        return time_us if _FIRST_US <= time_us < END_US else f"a year outside {FIRST_YEAR}–{LAST_YEAR}"

    return read


_EPOCH_OF_DIGITS: dict[int, Writing] = {
    **dict.fromkeys(range(9, 12), "epoch"),
    **dict.fromkeys(range(12, 15), "epoch_ms"),
    **dict.fromkeys(range(15, 18), "epoch_us"),
    **dict.fromkeys(range(18, 21), "epoch_ns"),
}
"""By the number of digits since 1970; in each unit, that covers the years from 1973 on."""

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
    "epoch_ns": _epoch(-3),
}
