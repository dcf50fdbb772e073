"""Decodes times of the Common Log Format, one by one or many at once: ``10/Oct/2000:13:55:36 -0700``."""

import re
from functools import lru_cache

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Bytes, Ints
from http_monitor.units import US_PER_S

CLF_BYTES = 26
"""Length of a time with two digits each for day, hour, minute and second."""
FIRST_YEAR, LAST_YEAR = 1970, 9998

TIME = re.compile(
    rb"\[([0-9]{1,2})/([A-Za-z]{3})/([0-9]{4}):([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})"
    rb" (?:([+-])([0-9]{2})([0-9]{2})|UTC|GMT|Z)\]"
)
"""The time with its brackets; it may still be a date that does not exist.

Of the zone abbreviations written instead of an offset (WEBrick), only those of UTC are unambiguous."""
_FRONT = re.compile(rb"\[[0-9]{1,2}/[A-Za-z]{3}/[0-9]{4}:[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}( ?[^]]*)\]")
"""The time with any zone."""

_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_MONTH_NO = {name: number for number, name in enumerate(_MONTHS, start=1)}
_MONTH_CODES = np.array([int.from_bytes(name, "big") for name in _MONTHS], np.int64)
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
# Positions of the digits and of the fixed bytes in a time of CLF_BYTES.
_DIGITS = np.array([0, 1, 7, 8, 9, 10, 12, 13, 15, 16, 18, 19, 22, 23, 24, 25])
_FIXED = np.array([2, 6, 11, 14, 17, 20])
_FIXED_BYTES = np.frombuffer(b"//::: ", np.uint8)


@lru_cache(maxsize=4096)
def decode_time(bracketed: bytes) -> int | str:
    """Return the microseconds since the epoch, or a few words on what is wrong with the time.

    Args:
        bracketed: The time with its brackets; numbers of one digit are accepted, as old servers wrote them.
    """
    match = TIME.fullmatch(bracketed)
    if match is None:
        front = _FRONT.fullmatch(bracketed)
        if front is None:
            return "a time that is not like [10/Oct/2000:13:55:36 -0700]"
        return "a zone not written like -0700" if front[1] else "no zone behind the time, like -0700"
    day, year, hour, minute, second = (int(match[group]) for group in (1, 3, 4, 5, 6))
    zone_h, zone_min = (int(match[group] or b"0") for group in (8, 9))
    month = _MONTH_NO.get(match[2])
    if month is None:
        return "a month not written Jan … Dec"
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return f"a year outside {FIRST_YEAR}–{LAST_YEAR}"
    if not 1 <= day <= int(_DAYS[month]) + (month == 2 and _is_leap(year)):
        return "a date that does not exist"
    # Second 60 is a leap second; the sum makes it the next second.
    if hour > 23 or minute > 59 or second > 60:
        return "a time of day that does not exist"
    if zone_h > 23 or zone_min > 59:
        return "a zone beyond 23:59" if zone_min <= 59 else "a zone with minutes beyond 59"
    east_s = (zone_h * 60 + zone_min) * 60
    local_s = _days_from_civil(year, month, day) * 86_400 + (hour * 60 + minute) * 60 + second
    return (local_s + east_s if match[7] == b"-" else local_s - east_s) * US_PER_S


def decode_times(text: Bytes) -> tuple[Ints, Bools]:
    """Return microseconds since the epoch for many times, and a mask of the valid ones.

    Args:
        text: One time of `CLF_BYTES` per row, without brackets: shape (n, 26).
    """
    digit = text[:, _DIGITS] - np.uint8(ord("0"))  # wraps below "0", so one comparison checks both ends
    good: Bools = (digit <= 9).all(axis=1) & (text[:, _FIXED] == _FIXED_BYTES).all(axis=1)
    sign = text[:, 21]
    good &= (sign == ord("+")) | (sign == ord("-"))
    number = digit.astype(np.int64)
    day, hour, minute, second, zone_h, zone_min = (
        number[:, left] * 10 + number[:, left + 1] for left in (0, 6, 8, 10, 12, 14)
    )
    year = number[:, 2] * 1000 + number[:, 3] * 100 + number[:, 4] * 10 + number[:, 5]
    letters = text[:, 3:6].astype(np.int64)
    is_month = (letters[:, 0] << 16 | letters[:, 1] << 8 | letters[:, 2])[:, None] == _MONTH_CODES
    month = is_month.argmax(axis=1) + 1
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    good &= is_month.any(axis=1) & (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    good &= (day >= 1) & (day <= _DAYS[month] + (leap & (month == 2)))
    good &= (hour <= 23) & (minute <= 59) & (second <= 60) & (zone_h <= 23) & (zone_min <= 59)
    # As in _days_from_civil, for arrays.
    from_march = year - (month <= 2)
    era = from_march // 400
    of_era = from_march - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    east_s = (zone_h * 60 + zone_min) * 60 * np.where(sign == ord("-"), -1, 1)
    return (days * 86_400 + (hour * 60 + minute) * 60 + second - east_s) * US_PER_S, good


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_from_civil(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01 of a Gregorian date.

    Years are counted from March, so that a leap day is the last day of its year; 400 years are an era of 146,097 days,
    after which the calendar repeats.
    """
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
