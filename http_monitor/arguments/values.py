"""Converts the texts of option values; each reader raises ValueError for any other text."""

import math
import re
from collections.abc import Callable

from http_monitor.moments import Moment, read_moment
from http_monitor.units import parse_duration, visible_text

Reader = Callable[[str], object]

# Fewer digits than would make int() slow or refuse; every bound in Settings has fewer than 20.
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?", re.ASCII)
_SIZE = re.compile(r"([0-9]{1,12})([KMGkmg]?)", re.ASCII)
_SHOWN_CHARS = 60


def text(given: str) -> str:
    """Return the text unchanged."""
    return given


def line(given: str) -> str:
    """Return a line of a log, which must not be blank."""
    if not given.strip():
        raise ValueError(given)
    return given


def duration(given: str) -> int:
    """Return the seconds of ``90``, ``90s``, ``2m``, ``1h``."""
    return parse_duration(given)


def moment(given: str) -> Moment:
    """Return the moment that ``14:05``, ``2026-11-30 14:05`` or ``30m`` stands for."""
    return read_moment(given)


def size(given: str) -> int:
    """Return the bytes of ``65536``, ``64K``, ``1M`` or ``1G`` (powers of 1,024)."""
    match = _SIZE.fullmatch(given)
    if match is None:
        raise ValueError(given)
    return int(match[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[match[2].upper()]


def whole(given: str) -> int:
    """Return a whole number written in ASCII digits, optionally with a sign."""
    if _WHOLE.fullmatch(given) is None:
        raise ValueError(given)
    return int(given)


def number(given: str) -> float:
    """Return a finite number greater than 0: ``10``, ``0.5``, ``1e3``."""
    value = float(given) if _NUMBER.fullmatch(given) else math.nan
    if not (math.isfinite(value) and value > 0):
        raise ValueError(given)
    return value


def percent(given: str) -> float:
    """Return the number of ``5`` or ``5%``."""
    return number(given.removesuffix("%").rstrip())


def share(given: str) -> float:
    """Return the number of ``5``, ``5%`` or ``0``."""
    bare = given.removesuffix("%").rstrip()
    return 0.0 if _NUMBER.fullmatch(bare) and float(bare) == 0 else number(bare)


def one_of(choices: tuple[str, ...]) -> Reader:
    """Return a reader that accepts only these words."""

    def word(given: str) -> str:
        if given not in choices:
            raise ValueError(given)
        return given

    return word


def quote(given: str) -> str:
    """Return what the user typed as an error message quotes it: one short line without hidden characters."""
    # Cut before as well as after, since escaping makes it longer.
    quoted = visible_text(given[: _SHOWN_CHARS + 1])
    if len(given) <= _SHOWN_CHARS and len(quoted) <= _SHOWN_CHARS:
        return f"'{quoted}'"
    return f"'{quoted[:_SHOWN_CHARS]}…' ({len(given)} characters)"
