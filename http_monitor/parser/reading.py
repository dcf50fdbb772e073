"""Reads one line by any format, also by one that says of a line only which row it is."""

import re
from typing import Protocol, runtime_checkable

import pyarrow as pa

from http_monitor.ports import Explaining, LineReading, LogFormat, Value

_COLUMN = re.compile(r"column ([0-9]+): (.*)", re.DOTALL)


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
