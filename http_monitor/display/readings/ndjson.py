"""A format's reading of one line, and the description of a format, as JSON objects."""

import json

from http_monitor.explanation import LineReading, Value
from http_monitor.units import iso_utc_fraction, visible, visible_text

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def reading_line(number: int, reading: LineReading, file: str | None = None) -> str:
    """Return the JSON object of a line, without a newline.

    Args:
        number: The number of the line in its file, from 1.
        reading: How the format reads it.
        file: The path of its file, if there are several.
    """
    fields = reading.values
    return _ENCODE(
        {
            "line": number,
            "format": visible_text(reading.format),
            "valid": fields is not None,
            "fields": None if fields is None else {visible_text(name): _json(name, fields[name]) for name in fields},
            "column": None if fields is not None else reading.column,
            "expected": None if fields is not None or reading.expected is None else visible_text(reading.expected),
            **({} if file is None else {"file": visible_text(file)}),
        }
    )


def format_line(name: str, what: str, source: str, example: bytes, *, detected: bool) -> str:
    """Return the JSON object of a named format, without a newline.

    Args:
        name: The name that ``--format`` accepts.
        what: The software that writes it.
        source: The address of its documentation.
        example: An example line; it is not from a log, so nothing in it needs sanitising.
        detected: Whether ``auto`` may choose the format.
    """
    shown = example.decode("ascii")
    return _ENCODE({"format": name, "what": what, "source": source, "detected": detected, "example": shown})


def _json(name: str, value: Value) -> str | int | None:
    if isinstance(value, bytes):
        return visible(value)
    return iso_utc_fraction(value) if name == "time" and value is not None else value
