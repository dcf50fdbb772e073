"""Corrects values of an object that depend on other values, or that a server writes incompletely."""

import re
from collections.abc import Callable, Mapping

from http_monitor.parser.jsonl.key_book import Object
from http_monitor.parser.jsonl.key_names import families_of
from http_monitor.parser.jsonl.text import Path, scalar_text, value_at

_DATES = (("date", "time"), ("eventdate", "eventtime"), ("logdate", "logtime"), ("accessdate", "accesstime"))
"""Folded names of a day and its time of day, as in W3C logs converted to JSON."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[^0-9:].*)?", re.DOTALL)
_AKAMAI_PATH = "reqpath"
_SECONDS = ("secs", "seconds")
"""Together with ``nanos``, a length of time in two numbers, as Rust and protobuf write it."""
_NANOS = 9
"""The digits of a nanosecond."""
_ROOTED = re.compile(r"/.*|-|\*|[A-Za-z][A-Za-z0-9+.-]*://.*", re.DOTALL)

Mend = Callable[[Object], Object]
"""Returns the object, or a copy with other values and the same keys."""


def mends_of(names: Mapping[str, Path]) -> list[Mend]:
    """Return the corrections for objects of one shape.

    Args:
        names: The path of each key, by its folded path.
    """
    found = [
        _add_date(names[date][0], names[clock][0])
        for date, clock in _DATES
        if date in names and clock in names and len(names[date]) == len(names[clock]) == 1
    ]
    found += [
        _sum_length(names[name], names[f"{base}.nanos"])
        for name, (base, _, last) in ((name, name.rpartition(".")) for name in names)
        if last in _SECONDS and f"{base}.nanos" in names
    ]
    if _AKAMAI_PATH in names and len(names[_AKAMAI_PATH]) == 1 and "akamai" in families_of(names):
        found.append(_add_slash(names[_AKAMAI_PATH][0]))
    return found


def _add_date(date_key: str, clock_key: str) -> Mend:
    """Return a correction that puts the day before the time of day."""

    def mend(found: Object) -> Object:
        date, clock = found.get(date_key), found.get(clock_key)
        if type(date) is not str or type(clock) is not str or not _DATE.fullmatch(date) or not _CLOCK.fullmatch(clock):
            return found
        return found | {clock_key: f"{date}T{clock}"}

    return mend


def _sum_length(seconds_path: Path, nanos_path: Path) -> Mend:
    """Combine the seconds and their nanoseconds into one number; one of them alone is no length."""

    def mend(found: Object) -> Object:
        seconds, nanos = (scalar_text(value_at(found, path)) or b"" for path in (seconds_path, nanos_path))
        whole = seconds.isdigit() and nanos.isdigit() and len(nanos) <= _NANOS
        summed = f"{seconds.decode()}.{nanos.decode():0>{_NANOS}}" if whole else None
        return _with_value(_with_value(found, seconds_path, summed), nanos_path, None)

    return mend


def _with_value(found: Object, path: Path, value: str | None) -> Object:
    first, *others = path
    return found | {first: _with_value(found[first], tuple(others), value) if others else value}


def _add_slash(key: str) -> Mend:
    """Return a correction that adds the slash that Akamai omits before paths."""

    def mend(found: Object) -> Object:
        path = found.get(key)
        return found if type(path) is not str or not path or _ROOTED.fullmatch(path) else found | {key: "/" + path}

    return mend
