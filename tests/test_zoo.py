"""What real servers wrote is read correctly without naming the formats.

`../shared/data/zoo` has logs of 18 servers, and for each field of a line what is right. The table says how many of a
log's fields may still be wrong; it may only fall.
"""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from http_monitor.cli.formats import Formats
from http_monitor.parser.fields.scalars import read_time
from http_monitor.parser.lines.explain import read_line
from http_monitor.settings import Settings

ZOO = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "zoo"
pytestmark = pytest.mark.skipif(not ZOO.is_dir(), reason="../shared/data/zoo is not here")

Json = dict[str, Any]

MISSES = {
    "apache": 0,
    "apache_xff_d": 21,
    "caddy": 1,
    "haproxy_clf": 0,
    "haproxy_httplog": 0,
    "haproxy_stdout_short": 0,
    "jetty": 0,
    "mini_httpd": 0,
    "nginx": 0,
    "nginx_json": 0,
    "puma_rack": 0,
    "puma_rack_xff": 0,
    "squid": 0,
    "squid_combined": 0,
    "starman": 0,
    "uwsgi": 0,
    "webfs": 0,
    "webrick": 0,
}
"""Of each log, how many of its wanted fields are not read right today."""
FIELDS = ("host", "time", "method", "target", "status", "size_bytes", "agent", "duration_us")


def wanted(name: str) -> list[Json]:
    return [json.loads(line) for line in (ZOO / f"{name}.want.ndjson").read_text().splitlines()]


@cache
def found(name: str) -> dict[int, Json]:
    """Return the fields of each line of a log that is counted, read as a replay reads them that is told nothing."""
    path = str(ZOO / f"{name}.log")
    formats = Formats(Settings(files=(path,), replay=True))
    formats.look([path])
    data = Path(path).read_bytes()
    batch = formats.of(path).parse(data)
    columns = batch.rows.set_column(0, "time", batch.rows.column("time").cast(pa.int64())).to_pylist()
    numbers = [number for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    rows = {numbers[number - 1]: row for number, row in zip(batch.line_nos.tolist(), columns, strict=True)}
    # The target is in no column: only the path that is left of it.
    formats.look([path])
    reader = formats.of(path)
    for number, line in enumerate(data.split(b"\n"), 1):
        values = read_line(reader, line).values if line.strip() else None
        if number in rows:
            rows[number]["target"] = None if values is None else values.get("target")
    return rows


def misses(name: str) -> Counter[str]:
    """Return how many fields of each name are not as they are wanted."""
    missed: Counter[str] = Counter()
    for want in wanted(name):
        row = found(name).get(want["line"])
        for field in FIELDS:
            right = want.get(f"{field}_any", [want[field]] if field in want else None)
            if right is not None and (row is None or not any(_same(field, row[field], value) for value in right)):
                missed[field] += 1
    return missed


def fields_of(name: str) -> int:
    return sum((field in want) + (f"{field}_any" in want) for want in wanted(name) for field in FIELDS)


def _same(field: str, value: object, right: object) -> bool:
    if field == "time" and isinstance(right, str):
        return value == read_time(right.encode(), "iso")
    if field == "status":
        return (value or None) == right
    if field == "host" and right is None:
        return value == b"-"
    if isinstance(right, str):
        return value == right.encode()
    return value == right


@pytest.mark.parametrize("name", MISSES)
def test_no_more_fields_are_wrong_than_the_table_says(name: str) -> None:
    missed = misses(name)
    assert missed.total() == MISSES[name], f"{name}: {missed.total()} of {fields_of(name)} fields: {dict(missed)}"


def test_the_table_has_every_log() -> None:
    assert {path.stem for path in ZOO.glob("*.log")} == MISSES.keys()
