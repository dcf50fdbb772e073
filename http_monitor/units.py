"""Conversions between internal values and readable text: durations, times, bytes of a log."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

US_PER_S = 1_000_000

_DURATION = re.compile(r"([0-9]{1,12})([smhd]?)", re.ASCII)
_UNIT_S = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_BRIEF_CHARS = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Characters that would move the cursor, reorder the line, hide or break it: controls, formats (bidi, zero-width),
# line and paragraph separators, lone surrogates, private use and unassigned code points.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})
# Letters and marks that show nothing by themselves (Default_Ignorable_Code_Point of other categories,
# DerivedCoreProperties.txt): joiners, fillers, variation selectors.
_ZERO_WIDTH = frozenset(
    chr(code)
    for codes in (
        (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164, 0xFFA0),
        range(0xFE00, 0xFE10),
        range(0xE0100, 0xE01F0),
    )
    for code in codes
)


def parse_duration(text: str) -> int:
    """Return the whole seconds that ``90``, ``90s``, ``2m``, ``1h`` or ``1d`` stands for.

    Raises:
        ValueError: anything else, fractions included.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return int(match[1]) * _UNIT_S[match[2]]


def visible(raw: bytes) -> str:
    r"""Return log text in a displayable form that cannot move a cursor or hide.

    Bytes that are not UTF-8 become ``\xhh`` each; C0, DEL, C1, bidi controls, zero-width characters and
    line separators become ``\xhh``, above U+00FF ``\uhhhh`` (beyond the BMP ``\Uhhhhhhhh``). A backslash of
    the log is unchanged, so two different keys may look alike; they remain two rows.
    """
    if raw.isascii() and raw.isalnum():
        return raw.decode("ascii")
    return visible_text(raw.decode("utf-8", "backslashreplace"))


def visible_text(text: str) -> str:
    """Return text (a path, an argument) in the form that `visible` gives to log bytes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if not _is_hidden(char) else _escape(char) for char in text)


def brief_text(text: str) -> str:
    """Likewise, return at most the first 200 characters of a text, so that it cannot make a sentence unreadable."""
    return visible_text(text) if len(text) <= _BRIEF_CHARS else f"{visible_text(text[: _BRIEF_CHARS - 1])}…"


def pluralize(number: int, one: str, many: str = "") -> str:
    """Return ``1 host`` or ``1,234 hosts``; the plural is `many` if given, else `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN_CATEGORIES or char in _ZERO_WIDTH


def _escape(char: str) -> str:
    code = ord(char)
    # A path that is not UTF-8 reaches Python with surrogates for its bytes (PEP 383).
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def iso_utc(at_us: int) -> str:
    """Return ``YYYY-MM-DDTHH:MM:SSZ`` of microseconds since the epoch; fractions are cut off."""
    moment = _EPOCH + timedelta(seconds=at_us // US_PER_S)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment.year >= 1000 else moment.isoformat()[:19] + "Z"


def iso_utc_fraction(at_us: int) -> str:
    """Return ``YYYY-MM-DDTHH:MM:SS.fffZ``, without a fraction for a whole second, with milliseconds where exact."""
    whole, fraction_us = iso_utc(at_us), at_us % US_PER_S
    if not fraction_us:
        return whole
    fraction = f"{fraction_us:06}" if fraction_us % 1000 else f"{fraction_us // 1000:03}"
    return f"{whole[:-1]}.{fraction}Z"


def local_time(at_us: int) -> str:
    """Return ``YYYY-MM-DD HH:MM:SS +hhmm`` in the time zone of this process."""
    return f"{local(at_us):%Y-%m-%d %H:%M:%S %z}"


def local(at_us: int) -> datetime:
    """Return the moment in the time zone of this process, whole seconds."""
    moment = _EPOCH + timedelta(seconds=at_us // US_PER_S)
    try:
        return moment.astimezone()
    except (OverflowError, OSError, ValueError):  # outside the platform's zone data
        return moment


def ratio(part: int, whole: int) -> float:
    """Return part / whole in one division, 0.0 if whole is 0."""
    return part / whole if whole else 0.0
