"""Explains one line by any format."""

import re
from typing import Protocol, runtime_checkable

import pyarrow as pa

from http_monitor.explanation import LineReading, Value
from http_monitor.ports.log_format import Explaining, LogFormat

_COLUMN = re.compile(r"column ([0-9]+): (.*)", re.DOTALL)
_MIN_UTF16 = 8


@runtime_checkable
class _Explains(Protocol):
    def explain(self, line: bytes) -> str: ...


def explain(line: bytes, fmt: LogFormat) -> str:
    """Return a short phrase on why a line does not fit a format, with the column (from 1); empty if it fits."""
    return fmt.explain(line) if isinstance(fmt, _Explains) else ""


def read_line(fmt: LogFormat, line: bytes) -> LineReading:
    """Return the fields of one line, as far as its format can report them.

    Args:
        fmt: The format of the line.
        line: The line without its LF; not blank.
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
    """Return advice on a line in UTF-16; empty for any other line.

    Args:
        raw: The line, cut from its file at the bytes of line ends.
    """
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    half = len(raw) // 2
    # In UTF-16 every other byte of plain text is NUL, and the bytes in between are ASCII; binary files have NULs too.
    every_other = 2 * max(_count_alternating(raw[0::2], raw[1::2]), _count_alternating(raw[1::2], raw[0::2])) > half
    if not (marked or (half >= _MIN_UTF16 and every_other)):
        return ""
    return "this is UTF-16, as > of PowerShell writes it; iconv -f UTF-16 -t UTF-8 makes lines of it that can be read"


def _count_alternating(some: bytes, others: bytes) -> int:
    """Return how many bytes are printable ASCII beside a NUL."""
    return sum(other == 0 and 0x20 <= one < 0x7F for one, other in zip(some, others, strict=False))
