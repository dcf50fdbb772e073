"""Parses durations in the notations of servers, proxies and languages."""

from http_monitor.parser.fields.field import Writing
from http_monitor.parser.fields.late_pattern import LatePattern
from http_monitor.parser.fields.scalars import MAX_NUMBER, POWER, scale_decimal

_EXPONENT = LatePattern(rb"[0-9]{1,18}(?:\.[0-9]{0,18})?[eE][+-]?[0-9]{1,2}")
_PLAIN = LatePattern(rb"([0-9]{1,18})(?:\.([0-9]{0,18}))?")
_SEPARATORS = LatePattern(rb"[ ,:]+")
# Units as people and libraries write them; Unicode has two different micro signs.
_NAMED: dict[bytes, str] = {
    **dict.fromkeys((b"ns", b"nsec", b"nanoseconds"), "ns"),
    **dict.fromkeys((b"us", b"usec", b"microseconds", b"\xc2\xb5s", b"\xce\xbcs"), "us"),
    **dict.fromkeys((b"ms", b"msec", b"millis", b"milliseconds"), "ms"),
    **dict.fromkeys((b"s", b"sec", b"secs", b"seconds"), "s"),
}
_LONG_S = {b"m": 60, b"min": 60, b"h": 3600}
_UNITS: list[bytes] = sorted([*_NAMED, *_LONG_S], key=lambda unit: -len(unit))
_UNIT = b"|".join(_UNITS)
_PART = LatePattern(rb"([0-9]{1,18})(?:\.([0-9]{0,18}))?(" + _UNIT + rb")")
_PARTS = LatePattern(rb"(?:[0-9]{1,18}(?:\.[0-9]{0,18})?(?:" + _UNIT + rb"))+")
_SPACED = LatePattern(rb"([0-9.]) +(?=(?:" + _UNIT + rb")(?![a-z\xb5\xbc\xc2\xce]))")
_CLOCK = LatePattern(rb"([0-9]{1,4}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?")
_ISO = LatePattern(rb"PT(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:\.([0-9]{1,9}))?S)?")
_NGINX = LatePattern(rb"([0-9]{1,18})\.([0-9]{3})")


def read_duration(text: bytes, writing: Writing) -> int | None:
    """Return the microseconds of a duration, or the sum of a list of them; None if there is none.

    Args:
        text: A number in the unit, or with units of its own (``13ms``, ``1m2.5s``, ``250µs``), ``0:00:01.5`` or
            ``PT1.5S``; or several, separated by commas, colons and spaces as nginx does for several upstream servers;
            or a dash for none.
        writing: The unit of a number without one.
    """
    if b":" in text or text.startswith(b"P"):
        whole = _CLOCK.compiled.fullmatch(text) or _ISO.compiled.fullmatch(text)
        if whole is not None:
            hours, minutes, seconds, fraction = (part or b"" for part in whole.groups())
            long_s = int(hours or b"0") * 3600 + int(minutes or b"0") * 60
            return long_s * 10**6 + scale_decimal(seconds or b"0", fraction, POWER["s"])
    total = None
    if text.upper() != text:
        text = _SPACED.compiled.sub(rb"\1", text)
    for part in _SEPARATORS.compiled.split(text):
        length_us = _one(part, writing)
        if length_us is not None:
            total = (total or 0) + length_us
    return None if total is None or total > MAX_NUMBER else total


def _one(text: bytes, writing: Writing) -> int | None:
    match = (_NGINX if writing == "nginx" else _PLAIN).compiled.fullmatch(text)
    if match is None and _EXPONENT.compiled.fullmatch(text):
        from decimal import Decimal  # noqa: PLC0415 - hardly any log has such numbers

        return _one(format(Decimal(text.decode()), "f").encode(), writing)
    if match is not None:
        if writing == "unit" or (writing == "decimal" and match[2] is None):
            return None
        return scale_decimal(match[1], match[2] or b"", POWER.get(writing, POWER["s"]))
    if _PARTS.compiled.fullmatch(text) is None:
        return None
    return sum(_with_unit(*part) for part in _PART.compiled.findall(text))


def _with_unit(whole: bytes, fraction: bytes, unit: bytes) -> int:
    if unit in _LONG_S:
        return scale_decimal(whole, fraction, POWER["s"]) * _LONG_S[unit]
    return scale_decimal(whole, fraction, POWER[_NAMED[unit]])
