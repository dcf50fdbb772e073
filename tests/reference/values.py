"""What the texts of a line's fields mean for a row, worked out slowly from their words.

Its rows are those of `tests.written.hit`: by the columns of `records.SCHEMA`, the time in microseconds.
"""

import datetime
import ipaddress
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.reference.clf import client, section_and_endpoint, split_request

Row = dict[str, Any]
Texts = Mapping[str, bytes | None]
"""The text of each role; None where a line has none."""

DIGITS = b"0123456789"
LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
GREATEST = 2**63 - 1
_MONTHS = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"]
_UNITS = {"s": Fraction(10**6), "ms": Fraction(1000), "us": Fraction(1), "ns": Fraction(1, 1000)}
_END_S = int(datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC).timestamp())


class NoFit(Exception):
    """The line does not fit the format."""


def all_in(text: bytes, allowed: bytes) -> bool:
    """Return whether a text is not empty and has only some bytes."""
    return text != b"" and all(byte in allowed for byte in text)


def row_of(texts: Texts, time_us: int, units: Mapping[str, str], *, keeps_empty: bool = False) -> Row:
    """Return the row of a line.

    Args:
        texts: Of its fields.
        time_us: When it was.
        units: Of ``duration`` and ``upstream``.
        keeps_empty: An empty user, referer or agent is one.

    Raises:
        NoFit: a status or a number that is none.
    """

    def said(role: str) -> bytes | None:
        text = texts.get(role)
        kept = keeps_empty and role in ("user", "referer", "agent")
        return None if text in (None, b"-") or (text == b"" and not kept) else text

    def lacks(role: str) -> bool:
        return said(role) is None and texts.get(role) != b"-"

    method, section, path = _request(said)
    host, forwarded = client(said("host") or b"-")
    return {
        "time": time_us,
        "host": host,
        "section": section,
        "path": path,
        "method": method,
        "user": said("user"),
        "referer": said("referer"),
        "agent": said("agent"),
        "status": _status(said("status")),
        "size_bytes": count_of(said("size")),
        "duration_us": length_of(said("duration"), units.get("duration", "")),
        "upstream_us": length_of(said("upstream"), units.get("upstream", "")),
        "bytes_in": count_of(said("bytes_in")),
        "vhost": _without_port(said("vhost")),
        "cache": said("cache"),
        "tls": said("tls"),
        "forwarded": said("forwarded") or forwarded,
        "source": None,
        "server": None,
        "lacks": (lacks("size") * 1 + lacks("agent") * 2) or None,
    }


def _request(said: Any) -> tuple[bytes | None, bytes, bytes | None]:
    whole = said("request")
    if whole is not None:
        method, target = split_request(whole)
        return method, *section_and_endpoint(method, target)
    method = said("method")
    if method is not None and not all_in(method, LETTERS + b"_-"):
        method = None
    target = said("target")
    if target is None and said("path") is not None:
        query = said("query")
        if b"?" in said("path"):
            query = None
        target = said("path") + (b"" if query is None else b"?" + query.removeprefix(b"?"))
    return method, *section_and_endpoint(method, target)


def _status(text: bytes | None) -> int:
    if text in (None, b"0", b"000", b"-1"):
        return 0
    assert text is not None
    if len(text) != 3 or not all_in(text, DIGITS) or text[:1] == b"0":
        raise NoFit
    return int(text)


def count_of(text: bytes | None) -> int | None:
    if text is None:
        return None
    if not all_in(text, DIGITS):
        raise NoFit
    significant = text.lstrip(b"0") or b"0"
    if len(significant) > 19 or int(significant) > GREATEST:
        raise NoFit
    return int(significant)


def _without_port(text: bytes | None) -> bytes | None:
    name, colon, port = (text or b"").rpartition(b":")
    if not colon or not name or not all_in(port, DIGITS) or is_ip(text or b""):
        return text
    return None if name == b"-" else name


def is_ip(text: bytes) -> bool:
    try:
        ipaddress.ip_address(text.decode("ascii"))
    except ValueError:
        return False
    return True


def length_of(text: bytes | None, unit: str) -> int | None:
    """Return the microseconds of a duration, of a list the sum of those that are there."""
    if text is None:
        return None
    whole = _clock_length(text) if text[:2] != b"PT" else _iso_length(text[2:])
    if whole is not None:
        return whole
    pieces = text.replace(b":", b",").split(b",")
    parts = [part for piece in pieces for part in _with_their_units(piece.split(b" "))]
    lengths = [length for length in (one_length(part, unit) for part in parts) if length is not None]
    return sum(lengths) if lengths and sum(lengths) <= GREATEST else None


def _with_their_units(parts: list[bytes]) -> list[bytes]:
    """Put a word that begins with a unit behind the number that stands before it."""
    found: list[bytes] = []
    for part in parts:
        letters = part[: len(part) - len(part.lstrip(LETTERS.lower() + b"\xc2\xb5\xce\xbc"))]
        if letters in _LENGTHS and found and found[-1][-1:] in [*_each(DIGITS), b"."]:
            found[-1] += part
        elif part:
            found.append(part)
    return found


def _each(letters: bytes) -> list[bytes]:
    return [letters[at : at + 1] for at in range(len(letters))]


def _clock_length(text: bytes) -> int | None:
    """Return the microseconds of ``0:01:02.5``."""
    clock, dot, part = text.partition(b".")
    pieces = clock.split(b":")
    if len(pieces) != 3 or not all(all_in(piece, DIGITS) for piece in pieces):
        return None
    if not 1 <= len(pieces[0]) <= 4 or len(pieces[1]) != 2 or len(pieces[2]) != 2:
        return None
    if dot and not (all_in(part, DIGITS) and len(part) <= 9):
        return None
    seconds = int(pieces[0]) * 3600 + int(pieces[1]) * 60 + int(pieces[2])
    return seconds * 10**6 + int(Fraction(int(part or b"0"), 10 ** len(part)) * 10**6)


def _iso_length(text: bytes) -> int | None:
    """Return the microseconds of what follows the ``PT`` of ``PT1H2M3.5S``."""
    total = Fraction(0)
    if text[:1] not in _each(DIGITS):
        return None
    for letter, seconds in ((b"H", 3600), (b"M", 60), (b"S", 1)):
        number, found, rest = text.partition(letter)
        whole, dot, part = number.partition(b".")
        if not found:
            continue
        if not all_in(whole, DIGITS) or len(whole) > 9 or (dot and letter != b"S"):
            return None
        if dot and not (all_in(part, DIGITS) and len(part) <= 9):
            return None
        total += (Fraction(int(whole)) + Fraction(int(part or b"0"), 10 ** len(part))) * seconds
        text = rest
    return None if text else int(total * 10**6)


_LENGTHS = {
    **dict.fromkeys((b"ns", b"nsec", b"nanoseconds"), _UNITS["ns"]),
    **dict.fromkeys((b"us", b"usec", b"microseconds", "\N{MICRO SIGN}s".encode()), _UNITS["us"]),
    **dict.fromkeys(("\N{GREEK SMALL LETTER MU}s".encode(),), _UNITS["us"]),
    **dict.fromkeys((b"ms", b"msec", b"millis", b"milliseconds"), _UNITS["ms"]),
    **dict.fromkeys((b"s", b"sec", b"secs", b"seconds"), _UNITS["s"]),
    **dict.fromkeys((b"m", b"min", b"h"), _UNITS["s"]),
}


def one_length(text: bytes, unit: str) -> int | None:
    """Return the whole microseconds of a number, or of numbers that each have a unit of their own behind them."""
    mantissa, mark, power = text.lower().partition(b"e")
    sign = power[:1] in (b"+", b"-")
    if mark and _decimal(mantissa) is not None and all_in(power[sign:], DIGITS) and len(power[sign:]) <= 2:
        return one_length(f"{Decimal(text.decode()):f}".encode(), unit)
    value = _decimal(text)
    if value is not None:
        if unit == "nginx":
            return int(value * _UNITS["s"]) if len(text.partition(b".")[2]) == 3 else None
        if unit == "decimal":
            # Seconds have a decimal point; the unit of other numbers is not known.
            return int(value * _UNITS["s"]) if b"." in text else None
        return None if unit == "unit" else int(value * _UNITS[unit])
    total = 0
    number = b""
    while text:
        number = text[: len(text) - len(text.lstrip(DIGITS + b"."))]
        value = _decimal(number)
        behind = text[len(number) :]
        named = next((name for name in sorted(_LENGTHS, key=len, reverse=True) if behind.startswith(name)), None)
        if value is None or named is None:
            return None
        # Minutes are whole microseconds of seconds, sixty times.
        times = {b"h": 3600, b"m": 60, b"min": 60}.get(named, 1)
        total += int(value * _LENGTHS[named]) * times
        text = behind[len(named) :]
    return total if number else None


def _decimal(text: bytes, digits: int = 18) -> Fraction | None:
    whole, _, part = text.partition(b".")
    if not all_in(whole, DIGITS) or len(whole) > digits or (part and not all_in(part, DIGITS)) or len(part) > 18:
        return None
    return Fraction(int(whole)) + Fraction(int(part or b"0"), 10 ** len(part))


def epoch_us(text: bytes, unit: str) -> int:
    """Return a time that is a number of a unit since 1970. Raises NoFit."""
    value = _decimal(text, 20)
    if value is None or int(value * _UNITS[unit]) >= _END_S * 10**6:
        raise NoFit
    return int(value * _UNITS[unit])


def clf_us(text: bytes) -> int:
    """Return a time like ``10/Oct/2000:13:55:36 -0700``. Raises NoFit."""
    clock, space, zone = text.partition(b" ")
    zone = b"+0000" if zone in (b"UTC", b"GMT", b"Z") else zone
    if not space or len(zone) != 5:
        raise NoFit
    return _civil_s(clock, 1) * 10**6 - _zone_s(zone[:3], zone[3:]) * 10**6


def haproxy_us(text: bytes) -> int:
    """Return a time like ``06/Feb/2009:12:14:14.655``, in UTC as all that name no zone. Raises NoFit."""
    clock, dot, part = text.partition(b".")
    if not dot or len(part) != 3 or not all_in(part, DIGITS):
        raise NoFit
    return _civil_s(clock, 2) * 10**6 + int(part) * 1000


def local_us(text: bytes, between: bytes) -> int:
    """Return a time like ``10/Oct/2000:13:55:36``, with a text between day and time of day. Raises NoFit."""
    if len(text) != 20 or text[11:12] != between:
        raise NoFit
    return _civil_s(text[:11] + b":" + text[12:], 2) * 10**6


def asctime_us(text: bytes) -> int:
    """Return a time like ``Tue Oct 10 13:55:36 2000``, a day of one digit with a space before it. Raises NoFit."""
    days = (b"Mon ", b"Tue ", b"Wed ", b"Thu ", b"Fri ", b"Sat ", b"Sun ")
    if text[:4] not in days or text[7:8] != b" " or text[10:11] != b" " or text[19:20] != b" " or len(text) != 24:
        raise NoFit
    day = text[8:10].replace(b" ", b"0") if text[9:10] != b" " else text[8:10]
    return _civil_s(day + b"/" + text[4:7] + b"/" + text[20:] + b":" + text[11:19], 2) * 10**6


def slashes_us(text: bytes) -> int:
    """Return a time like ``2000/10/10 - 13:55:36``. Raises NoFit."""
    if text[4:5] != b"/" or text[7:8] != b"/":
        raise NoFit
    return iso_us(text[:10].replace(b"/", b"-") + b"T" + text[10:].removeprefix(b" -").removeprefix(b" "))


def compact_us(text: bytes) -> int:
    """Return a time like ``001010 13:55:36``. Raises NoFit."""
    if len(text) != 15 or not all_in(text[:6], DIGITS):
        raise NoFit
    return iso_us(b"20%b-%b-%bT%b" % (text[:2], text[2:4], text[4:6], text[7:]))


def iso_us(text: bytes) -> int:
    """Return a time like ``2000-10-10T13:55:36.25+02:00``. Raises NoFit."""
    day, between, clock = text[:10], text[10:11], text[11:19]
    if between not in (b"T", b" ") or day[4:5] != b"-" or day[7:8] != b"-" or not all_in(day[5:7], DIGITS):
        raise NoFit
    if not 1 <= int(day[5:7]) <= 12:
        raise NoFit
    whole_s = _civil_s(day[8:] + b"/" + _MONTHS[int(day[5:7]) - 1] + b"/" + day[:4] + b":" + clock, 2)
    rest = text[19:]
    part = Fraction(0)
    if rest[:1] in (b".", b","):
        digits = rest[1:] if all_in(rest[1:], DIGITS) else rest[1 : 1 + _leading_digits(rest[1:])]
        if not 1 <= len(digits) <= 9:
            raise NoFit
        part = Fraction(int(digits), 10 ** len(digits))
        rest = rest[1 + len(digits) :]
    if rest not in (b"", b"Z", b"z", b" UTC", b" GMT", b" Z"):
        zone = rest.removeprefix(b" ")
        hours, minutes = zone[:3], zone[3:].removeprefix(b":")
        if len(zone) not in (5, 6) or (len(zone) == 6) != (zone[3:4] == b":"):
            raise NoFit
        whole_s -= _zone_s(hours, minutes)
    return whole_s * 10**6 + int(part * 10**6)


def any_us(text: bytes, writing: str) -> int:
    """Return a time as it is written, or as it looks. Raises NoFit."""
    if writing in ("epoch", "epoch_ms", "epoch_us", "epoch_ns"):
        return epoch_us(text, {"epoch": "s"}.get(writing, writing[-2:]))
    if writing == "clf":
        return clf_us(text[1:-1] if text.startswith(b"[") and text.endswith(b"]") else text)
    bare = text.removeprefix(b"[").removesuffix(b"]")
    if writing == "iso":
        return iso_us(bare)
    return _looks_us(text, bare)


def _looks_us(text: bytes, bare: bytes) -> int:
    whole, _, part = text.partition(b".")
    if all_in(whole, DIGITS) and (not part or all_in(part, DIGITS)):
        units = {9: "s", 10: "s", 11: "s", 12: "ms", 13: "ms", 14: "ms", 15: "us", 16: "us", 17: "us"}
        unit = units.get(len(whole), "ns" if 18 <= len(whole) <= 20 else "")
        if not unit:
            raise NoFit
        return epoch_us(text, unit)
    first, slash, _ = text.removeprefix(b"[").partition(b"/")
    if slash and all_in(first, DIGITS) and len(first) <= 2:
        return _clf_with_part_us(text)
    if text[4:5] == b"/":
        behind = text[10:].removeprefix(b" -")
        part = behind[10:]
        if behind[:1] != b" " or (len(behind) > 9 and not (behind[9:10] == b"." and all_in(part, DIGITS))):
            raise NoFit
        return slashes_us(text)
    words = text.split(b" ")
    if words[0] in (b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"):
        return asctime_us(text)
    day = words[0]
    if len(day) == 4 and all_in(day[:1], LETTERS[:26]) and all_in(day[1:3], LETTERS[26:]) and day.endswith(b","):
        words = words[1:]
    if len(words) == 5 and words[1] in _MONTHS and not words[0].startswith(b"["):
        zone = b"+0000" if words[4] in (b"GMT", b"UTC") else words[4]
        if len(words[3]) != 8:
            raise NoFit
        return clf_us(b"/".join(words[:3]) + b":" + words[3] + b" " + zone)
    if len(words) > 1 and words[-1].startswith(b"m="):
        words = words[:-1]
    if 3 <= len(words[-1]) <= 4 and all_in(words[-1], LETTERS[:26]) and len(words) >= 2:
        before = b" ".join(words[:-1]).removeprefix(b"[")
        if before[-1:] not in _each(DIGITS):
            raise NoFit
        if len(words[-2]) == 5 and words[-2][:1] in (b"+", b"-"):
            return iso_us(before)
        if words[-1] in (b"UTC", b"GMT"):
            return iso_us(before + b"Z")
    return iso_us(bare)


def _clf_with_part_us(text: bytes) -> int:
    bare = text[1:-1] if text.startswith(b"[") and text.endswith(b"]") else text
    zone = text.removesuffix(b"]").rpartition(b" ")[2]
    if zone[:1] not in (b"+", b"-") and zone not in (b"UTC", b"GMT", b"Z"):
        local, dot, part = text.removeprefix(b"[").removesuffix(b"]").partition(b".")
        if dot and not (all_in(part, DIGITS) and len(part) <= 6):
            raise NoFit
        return local_us(local, local[11:12] if local[11:12] in (b" ", b":") else b":") + int(
            part.ljust(6, b"0") or b"0"
        )
    before, dot, behind = bare.partition(b".")
    if not dot:
        return clf_us(bare)
    digits = behind[: _leading_digits(behind)]
    if not 1 <= len(digits) <= 9 or zone[:1] not in (b"+", b"-") or behind[len(digits) :][:1] != b" ":
        raise NoFit
    return clf_us(before + behind[len(digits) :]) + int(Fraction(int(digits), 10 ** len(digits)) * 10**6)


def _leading_digits(text: bytes) -> int:
    return len(text) - len(text.lstrip(DIGITS))


def _civil_s(text: bytes, least_digits: int) -> int:
    """Return the seconds of ``10/Oct/2000:13:55:36`` in UTC; each number has at least this many digits, at most two."""
    date, *clock = text.split(b":")
    parts = date.split(b"/")
    if len(parts) != 3 or len(clock) != 3 or parts[1] not in _MONTHS or len(parts[2]) != 4:
        raise NoFit
    if not all(all_in(part, DIGITS) for part in (parts[0], parts[2], *clock)):
        raise NoFit
    if not all(least_digits <= len(part) <= 2 for part in (parts[0], *clock)):
        raise NoFit
    hour, minute, second = (int(part) for part in clock)
    year = int(parts[2])
    if not 1970 <= year <= 9998 or hour > 23 or minute > 59 or second > 60:
        raise NoFit
    try:
        days = datetime.date(year, _MONTHS.index(parts[1]) + 1, int(parts[0])) - datetime.date(1970, 1, 1)
    except ValueError as error:
        raise NoFit from error
    return days.days * 86_400 + hour * 3600 + minute * 60 + second


def _zone_s(hours: bytes, minutes: bytes) -> int:
    if hours[:1] not in (b"+", b"-") or not all_in(hours[1:], DIGITS) or not all_in(minutes, DIGITS):
        raise NoFit
    if len(hours) != 3 or len(minutes) != 2 or int(hours[1:]) > 23 or int(minutes) > 59:
        raise NoFit
    seconds = int(hours[1:]) * 3600 + int(minutes) * 60
    return seconds if hours[:1] == b"+" else -seconds
