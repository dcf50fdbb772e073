"""The program's parser and the slow reader behind one signature, so that a test can ask both the same."""

from collections.abc import Callable

import pyarrow as pa

from http_monitor.parser.formats import get_format
from http_monitor.records import SCHEMA
from tests.reference.clf import Parsed, Row, parse_log

Parse = Callable[[bytes, str], Parsed]


def parse_fast(data: bytes, format_name: str) -> Parsed:
    """Return what the program's parser makes of a log, in the slow reader's words."""
    whole = data if not data or data.endswith(b"\n") else data + b"\n"
    batch = get_format(format_name).parse(whole)
    rows = batch.rows
    rows.validate(full=True)
    assert rows.schema.equals(SCHEMA)
    assert rows.num_rows == len(batch.line_nos)
    for name in ("duration_us", "upstream_us", "bytes_in", "cache", "tls", "source", "server"):
        assert rows.column(name).null_count == rows.num_rows
    line_nos: list[int] = batch.line_nos.tolist()
    assert line_nos == sorted(set(line_nos))
    malformed = sorted(set(range(1, batch.lines + 1)) - set(line_nos))
    assert batch.malformed_lines == len(malformed)
    assert [sample.line_no for sample in batch.samples] == malformed[:3]
    times = rows.column("time").cast(pa.int64()).to_pylist()
    columns = [rows.column(name).to_pylist() for name in Row.__slots__[2:]]
    read = [Row(*row) for row in zip(line_nos, times, *columns, strict=True)]
    return Parsed(read, batch.lines, malformed, batch.oversized_nos.tolist(), batch.kind)


PARSERS: dict[str, Parse] = {"reference": parse_log, "fast": parse_fast}
