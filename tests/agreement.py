"""Holds a format to the slow reader: by columns, line by line, and one line explained."""

from typing import Any

import pyarrow as pa

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.lines.line_by_line import LinedFormat
from http_monitor.parser.presets import Preset
from http_monitor.parser.template.format import SMALL_BYTES
from http_monitor.ports.log_format import Explaining
from http_monitor.records import SCHEMA, UNTIMED_US
from tests.reference.presets import read_log

Row = dict[str, Any]

FILLER = b"x" * SMALL_BYTES
"""A line that fits nothing, and makes any chunk large enough to be read by columns."""
_NAMED = ("user", "referer", "agent", "size_bytes", "duration_us", "upstream_us", "bytes_in", "path", "cache")


def rows_read(preset: Preset, data: bytes, *, lacks: bool = True) -> list[Row | None]:
    """Return the row of each line but the others, None for a malformed one; with what it lacks where that is wanted."""
    batch = preset.make(DEFAULT_LINE_BYTES).parse(data)
    batch.rows.validate(full=True)
    assert batch.rows.schema.equals(SCHEMA)
    rows: list[Row | None] = [None] * batch.lines
    times = batch.rows.column("time").cast(pa.int64()).to_pylist()
    for number, row, time in zip(batch.line_nos.tolist(), batch.rows.to_pylist(), times, strict=True):
        if not lacks:
            del row["lacks"]
        rows[number - 1] = row | {"time": time}
    return [row for number, row in enumerate(rows, start=1) if number not in batch.other_nos]


def check_alike(preset: Preset, lines: list[bytes]) -> None:
    """Raise AssertionError where lines do not mean the same to all readers; none of them holds an LF."""
    assert rows_read(preset, _joined(lines)) == read_log(preset.name, lines), "line by line"
    # Some formats make columns only where many lines are alike.
    copies = 40 if isinstance(preset.make(DEFAULT_LINE_BYTES), LinedFormat) else 1
    many = [line for line in lines for _ in range(1 if line.startswith(b"#") else copies)]
    assert rows_read(preset, _joined(many) + FILLER) == [*read_log(preset.name, many), None], "by columns"


def _joined(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def check_explained(preset: Preset, head: list[bytes], line: bytes) -> None:
    """Raise AssertionError where a line is explained as what it is not read as.

    Args:
        preset: The format.
        head: What stands before the line in its file.
        line: Not blank, and without an LF.
    """
    made = preset.make(DEFAULT_LINE_BYTES)
    assert isinstance(made, Explaining)
    for before in head:
        made.read_line(before)
    reading = made.read_line(line)
    rows = rows_read(preset, b"".join(part + b"\n" for part in (*head, line)))
    earlier = rows_read(preset, b"".join(part + b"\n" for part in head))
    if len(rows) == len(earlier):
        assert (reading.values, reading.found) == ({}, ())
        return
    row = rows[-1]
    assert (reading.values is None) == (row is None)
    assert all(0 <= found.start <= found.stop <= len(line) for found in reading.found)
    if row is None or reading.values is None:
        assert reading.expected
        assert reading.column is not None
        assert 1 <= reading.column <= len(line) + 1
        return
    values = reading.values
    assert values.get("time", UNTIMED_US) == row["time"]
    assert (values.get("host") or b"-", values.get("section", b"(none)")) == (row["host"], row["section"])
    assert (values.get("status") or 0, values.get("method")) == (row["status"], row["method"])
    for name in _NAMED:
        assert (values.get(name) or None) == (row[name] or None), name
