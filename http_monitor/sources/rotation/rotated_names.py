"""Recognises the names that rotation gives to a log, and orders them by age."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_COMPRESSED = re.compile(r"\.(gz|bz2|xz|zst|lz4|Z)$")
# A number (logrotate, savelog, newsyslog), or a date with an optional time, serial number or epoch second
# (logrotate's dateext, dateformat and dateyesterday, cronolog, rotatelogs), or the one earlier file (.old, .bak).
_SUFFIX = re.compile(
    r"[.](?P<number>[0-9]{1,5})"
    r"|[-._](?P<date>[0-9]{4}-?[0-9]{2}-?[0-9]{2}([-_.T][0-9]{1,10}([-:_.][0-9]{2}){0,2})?|[0-9]{9,10})"
    r"|[.](?P<old>old|bak|prev)"
)
_DIGITS = re.compile(r"[0-9]+")
_LOG = re.compile(r"\.(log|txt|json)$")
_SEPARATOR = re.compile(r"[-._]")


DATED = 2
"""The kind of age that a name with a date has."""


class Age(NamedTuple):
    """Sort key of the rotated files of one log, oldest first."""

    kind: int
    """Numbered files are compared with numbered ones, dated with dated."""
    order: tuple[int, ...]


def is_rotation_of(base: str, name: str) -> bool:
    """Return whether a name is one that rotation gives to the file `base` in the same directory.

    ``access.log`` becomes ``access.log.1``, ``access.log.2.gz``, ``access.log-20261123``, ``access.log.old``, or,
    with logrotate's ``extension``, ``access-20261123.log`` and ``access.1.log``.
    """
    return _suffix(base, name) is not None


def stem_of(base: str) -> str:
    """Return the common prefix of all names that rotation gives to the file `base`."""
    extension = _LOG.search(base)
    return base if extension is None else base[: extension.start()]


def bases_of(name: str) -> Iterator[str]:
    """Yield every name that this one may be the rotated form of: those for which `is_rotation_of` is true.

    Among many names, the base is found by lookup, without comparing each of them.
    """
    plain = _COMPRESSED.sub("", name)
    extension = _LOG.search(plain)
    # The parts before and after the suffix.
    ends = [(len(plain), "")] if extension is None else [(len(plain), ""), (extension.start(), extension[0])]
    for end, after in ends:
        for separator in _SEPARATOR.finditer(plain, 0, end):
            if _SUFFIX.fullmatch(plain, separator.start(), end):
                yield plain[: separator.start()] + after


def age_key(base: str, name: str) -> Age:
    """Return a key that sorts the rotated files of `base`, oldest first, whatever their compression.

    Raises:
        ValueError: the name is not that of a rotated file.
    """
    found = _suffix(base, name)
    if found is None:
        raise ValueError(f"{name} is no rotated {base}")
    if found["number"] is not None:
        return Age(1, (-int(found["number"]),))
    if found["date"] is not None:
        return Age(DATED, _moment(found["date"]))
    return Age(0, ())


def number_of(base: str, name: str) -> int | None:
    """Return the number that rotation gave to a file; None if it has none."""
    found = _suffix(base, name)
    return None if found is None or found["number"] is None else int(found["number"])


def is_compressed(name: str) -> bool:
    """Return whether a name shows that its file is compressed."""
    return _COMPRESSED.search(name) is not None


def same_template(one: str, other: str) -> bool:
    """Return whether two names differ only in digits: ``access-2026-11-23.log`` and ``access-2026-11-24.log``."""
    return bool(_DIGITS.search(one)) and _DIGITS.sub("0", one) == _DIGITS.sub("0", other)


def _suffix(base: str, name: str) -> re.Match[str] | None:
    plain = _COMPRESSED.sub("", name)
    if plain.startswith(base):
        found = _SUFFIX.fullmatch(plain, len(base))
        if found is not None:
            return found
    extension = _LOG.search(base)
    if extension is None or not plain.endswith(extension[0]):
        return None
    stem = base[: extension.start()]
    return _SUFFIX.fullmatch(plain, len(stem), len(plain) - len(extension[0])) if plain.startswith(stem) else None


def _moment(date: str) -> tuple[int, ...]:
    """Return the numbers of a date, most significant first, the same for every notation."""
    numbers = [*_DIGITS.findall(date)]
    if len(numbers[0]) == 8:
        numbers[:1] = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    return tuple(map(int, numbers))


def digits_in(name: str) -> list[int]:
    """Return the numbers in a name, from left to right."""
    return [int(digits) for digits in _DIGITS.findall(name)]
