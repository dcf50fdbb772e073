"""Parses times by strftime patterns, as a whole or in several pieces."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from http_monitor.parser.fields.clf_time import decode_time
from http_monitor.parser.fields.scalars import END_US, MAX_NUMBER
from http_monitor.parser.fields.zones import UNZONED_US
from http_monitor.units import US_PER_S

Read = Callable[[tuple[bytes, ...]], int | str]
"""Returns the time in microseconds for the texts of all pieces (plus `UNZONED_US` without a zone), or an error."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TWO = "[0-9 ]?[0-9]"
_CODES: dict[str, tuple[str, str]] = {
    "Y": ("year", "[0-9]{4}"),
    "y": ("short_year", "[0-9]{2}"),
    "m": ("month", _TWO),
    "d": ("day", _TWO),
    "e": ("day", _TWO),
    "j": ("day_of_year", "[0-9]{3}"),
    "b": ("month_name", "[A-Z][a-z]{2,8}"),
    "B": ("month_name", "[A-Z][a-z]{2,8}"),
    "h": ("month_name", "[A-Z][a-z]{2,8}"),
    "H": ("hour", _TWO),
    "k": ("hour", _TWO),
    "I": ("hour_of_12", _TWO),
    "l": ("hour_of_12", _TWO),
    "p": ("half", "[AaPp][Mm]"),
    "P": ("half", "[AaPp][Mm]"),
    "M": ("minute", "[0-9]{2}"),
    "S": ("second", "[0-9]{2}"),
    "f": ("fraction", "[0-9]{1,9}"),
    "L": ("fraction", "[0-9]{1,9}"),
    "N": ("fraction", "[0-9]{1,9}"),
    "z": ("zone", "(?:[+-][0-9]{2}:?[0-9]{2}|Z)"),
    "s": ("epoch", "[0-9]{1,12}"),
    "Z": ("zone_name", "[A-Za-z0-9+-]{1,10}"),
    "a": ("", "[A-Za-z]{2,9}"),
    "A": ("", "[A-Za-z]{2,9}"),
    "u": ("", "[0-9]"),
    "w": ("", "[0-9]"),
    "n": ("", r"[ \t]"),
    "t": ("", r"[ \t]"),
    # No codes of strftime: a mark that the time is UTC although no zone is written, and optional brackets.
    "@": ("utc", ""),
    "[": ("", r"\[?"),
    "]": ("", r"\]?"),
}
_LONG = {
    **{"T": "%H:%M:%S", "R": "%H:%M", "F": "%Y-%m-%d", "D": "%m/%d/%y", "r": "%I:%M:%S %p"},
    **{"c": "%a %b %e %H:%M:%S %Y", "X": "%H:%M:%S", "x": "%m/%d/%y", "+": "%a %b %e %H:%M:%S %Z %Y"},
}
_WORDS = {"sec": "%s", "msec_frac": "%f", "usec_frac": "%f"}
_CODE = re.compile(r"%[-_0^#EO]?([]A-Za-z+%@[])")
_DAY = ({"year", "short_year"}, {"month", "month_name", "day_of_year"}, {"day", "day_of_year"})
_CLOCK = ({"hour", "hour_of_12"}, {"minute"})
_UTC = ("UTC", "GMT", "Z", "UCT")


def name_parts(pattern: str) -> frozenset[str] | None:
    """Return the parts of a time in a pattern; None if the pattern has an unsupported code."""
    codes = _codes(pattern)
    return None if codes is None else frozenset(name for name, _ in codes if name)


def is_whole(parts: frozenset[str]) -> bool:
    """Return whether the parts make up a time."""
    halved = "hour" in parts or "half" in parts
    return "epoch" in parts or (halved and all(parts & wanted for wanted in (*_DAY, *_CLOCK)))


def expression_of(pattern: str) -> str:
    """Return a regular expression for texts of a pattern, without capturing groups, for RE2 and Python."""
    return _expression(pattern, named=False)


def reader_of(patterns: Sequence[str]) -> Read:
    """Return a reader for texts of these patterns, which together make up a time."""
    return lru_cache(maxsize=4096)(_Reader(patterns).read)


class _Reader:
    """Reads the texts of several patterns."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = tuple(re.compile(_expression(pattern, named=True)) for pattern in patterns)
        self._shown = " ".join(patterns)

    def read(self, texts: tuple[bytes, ...]) -> int | str:
        found: dict[str, str] = {}
        for pattern, text in zip(self._patterns, texts, strict=True):
            match = pattern.fullmatch(text.decode("latin-1"))
            if match is None:
                return f"a time that is not like {self._shown}"
            for name, value in match.groupdict().items():
                found.setdefault(name.rstrip("_"), value)
        return _instant(found)


def _instant(found: dict[str, str]) -> int | str:
    fraction_us = int(found.get("fraction", "0")[:6].ljust(6, "0"))
    if "epoch" in found:
        time_us = int(found["epoch"]) * US_PER_S + fraction_us
        return time_us if time_us < min(END_US, MAX_NUMBER) else "a year outside 1970–9998"
    year = int(found["year"]) if "year" in found else _full_year(int(found["short_year"]))
    month, day = _month_and_day(found, year)
    hour = int(found.get("hour") or 0)
    if "hour" not in found:
        hour = int(found["hour_of_12"])
        if not 1 <= hour <= 12:
            return "a time of day that does not exist"
        hour = hour % 12 + (12 if found.get("half", "am").lower() == "pm" else 0)
    zone = found.get("zone") or ("+0000" if found.get("zone_name") in _UTC or "utc" in found else "")
    shown_zone = zone.replace(":", "").replace("Z", "+0000") or "+0000"
    if month not in _MONTHS:
        return "a month that is none"
    second = found.get("second") or "00"
    clf = f"[{day:02}/{month}/{year:04}:{hour:02}:{found['minute']}:{second} {shown_zone}]"
    whole_us = decode_time(clf.encode())
    return whole_us if isinstance(whole_us, str) else whole_us + fraction_us + (0 if zone else UNZONED_US)


def _month_and_day(found: dict[str, str], year: int) -> tuple[str, int]:
    if "month" not in found and "month_name" not in found:
        number = int(found["day_of_year"])
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        for name, days in zip(_MONTHS, (31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True):
            if number <= days:
                return name, number
            number -= days
        return "Dec", 99
    if "month" in found:
        number = int(found["month"])
        month = _MONTHS[number - 1] if 1 <= number <= 12 else ""
    else:
        month = found["month_name"][:3]
    return month, int(found["day"])


def _full_year(short: int) -> int:
    """Return the year for its last two digits, as in POSIX."""
    return short + (1900 if short >= 69 else 2000)


def _codes(pattern: str) -> list[tuple[str, str]] | None:
    """Return the codes of a pattern with their expressions; literals have an empty name."""
    pattern = _WORDS.get(pattern, pattern)
    codes: list[tuple[str, str]] = []
    at = 0
    while at < len(pattern):
        match = _CODE.match(pattern, at)
        if match is None:
            if pattern[at] == "%":
                return None
            codes.append(("", _literal(pattern[at])))
            at += 1
            continue
        if match[1] in _LONG:
            pattern = pattern[:at] + _LONG[match[1]] + pattern[match.end() :]
            continue
        if match[1] != "%" and match[1] not in _CODES:
            return None
        codes.append(("", "%") if match[1] == "%" else _CODES[match[1]])
        at = match.end()
    return codes


def _literal(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))


def _expression(pattern: str, *, named: bool) -> str:
    pieces: list[str] = []
    names: list[str] = []
    for name, expression in _codes(pattern) or ():
        if not name or not named:
            pieces.append(expression)
            continue
        while name in names:
            name += "_"
        names.append(name)
        pieces.append(f"(?P<{name}>{expression})")
    return "".join(pieces)
