"""Reads one line by any format, also by one that says of a line only which row it is."""

import re
from typing import Protocol, runtime_checkable

import pyarrow as pa

from http_monitor.explanation import LineReading, Value
from http_monitor.ports.log_format import Explaining, LogFormat

_COLUMN = re.compile(r"column ([0-9]+): (.*)", re.DOTALL)
_LEAST_UTF16 = 8


@runtime_checkable
class _Explains(Protocol):
    def explain(self, line: bytes) -> str: ...


def explain(line: bytes, fmt: LogFormat) -> str:
    """Return in one short phrase why a line does not fit a format, with the column (from 1); empty when it fits."""
    return fmt.explain(line) if isinstance(fmt, _Explains) else ""


def read_line(fmt: LogFormat, line: bytes) -> LineReading:
    """Return field by field what one line says, as far as its format can tell.

    Args:
        fmt: Of the line.
        line: Without its LF; not blank.
    """
    if isinstance(fmt, Explaining):
        return fmt.read_line(line)
    batch = fmt.parse(line)
    rows = batch.rows
    if not rows.num_rows:
        said = _COLUMN.fullmatch(explain(line, fmt))
        column, expected = (int(said[1]), said[2]) if said else (1, "a line of that format")
        return LineReading(fmt.name, (), None, column, expected)
    columns = dict(zip(rows.schema.names, rows.columns, strict=True))
    columns["time"] = columns["time"].cast(pa.int64())
    values: dict[str, Value] = {name: column[0].as_py() for name, column in columns.items()}
    name = batch.kind if fmt.name == "auto" and batch.kind else fmt.name
    return LineReading(name, (), {column: value for column, value in values.items() if value is not None})


def utf16_words(raw: bytes) -> str:
    """Return what to do about a line that is UTF-16; empty for any other.

    Args:
        raw: As it was cut out of its file at the bytes of line ends.
    """
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    half = len(raw) // 2
    # Of plain text in UTF-16 every other byte is NUL.
    every_other = half >= _LEAST_UTF16 and 2 * max(raw[0::2].count(0), raw[1::2].count(0)) > half
    if not (marked or every_other):
        return ""
    return "this is UTF-16, as > of PowerShell writes it; iconv -f UTF-16 -t UTF-8 makes lines of it that can be read"
