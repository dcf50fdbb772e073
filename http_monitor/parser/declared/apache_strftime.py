"""Interprets Apache's ``%{...}t``: which times can be read, and their form."""

import re
from typing import NamedTuple

from http_monitor.parser.declared.java_time import java_pattern
from http_monitor.parser.fields.field import Writing
from http_monitor.parser.template.slot import CLF_BARE, CLF_BRACKETED, DAY, DIGITS, EPOCH, TIME_OF_DAY, ZONE


class Time(NamedTuple):
    """A notation of a time."""

    writing: Writing
    looks: str
    """Regular expression of its text."""
    width: int
    """Length in bytes if it is constant, else 0."""
    zoned: bool = True
    """It names its zone, or does not need one."""


_CLF = Time("clf", CLF_BRACKETED, 28)
_BARE = Time("clf", CLF_BARE, 26)
_KNOWN: dict[str, Time] = {
    "": _CLF,
    "[%d/%b/%Y:%H:%M:%S %z]": _CLF,
    "%d/%b/%Y:%H:%M:%S %z": _BARE,
    "sec": Time("epoch", EPOCH, 0),
    "%s": Time("epoch", EPOCH, 0),
    "msec": Time("epoch_ms", DIGITS, 0),
    "usec": Time("epoch_us", DIGITS, 0),
}
_ISO = re.compile(r"%Y-%m-%d(?P<between>[T ])%H:%M:%S(?P<zone> ?%z|Z)?")
# Sequences that strftime abbreviates.
_SHORT = {"%T": "%H:%M:%S", "%R": "%H:%M", "%F": "%Y-%m-%d", "%D": "%m/%d/%y", "%h": "%b"}
_WHEN = re.compile(r"(?:begin|end)(?::|$)")


def pattern_of(parameter: str) -> str:
    """Return the pattern in the braces, without the prefix for the beginning or end of the request."""
    return java_pattern(parameter) or _WHEN.sub("", parameter, count=1)


def time_of(parameter: str) -> Time | None:
    """Return the notation of a time; None if it cannot be read, or is only a part of a time.

    Args:
        parameter: The text in the braces; empty for a plain ``%t``.
    """
    written = pattern_of(parameter)
    for short, long in _SHORT.items():
        written = written.replace(short, long)
    if written in _KNOWN:
        return _KNOWN[written]
    iso = _ISO.fullmatch(written)
    if iso is None:
        return None
    zone = iso["zone"] or ""
    looks = DAY + iso["between"] + TIME_OF_DAY + zone.replace("%z", ZONE)
    return Time("iso", looks, len("2000-10-10T13:55:36") + len(zone.replace("%z", "+0000")), zoned=bool(zone))
