"""JSON logs that outsiders reported are read as they wanted them."""

from typing import Any

import pytest

from http_monitor.parser.presets import BY_NAME
from tests.reported import needs_reports, reported

pytestmark = needs_reports

WANTED: dict[str, dict[str, Any]] = {
    "013": {
        "host": "192.0.2.7",
        "status": 200,
        "method": "GET",
        "path": "/H5/app.js",
        "size_bytes": 39308,
        "time": "2026-04-27T16:00:41Z",
        "agent": "curl/8.5.0",
        "duration_us": 4_000,
        "upstream_us": 3_000,
    },
    "014": {
        "host": "192.0.2.7",
        "status": 200,
        "method": "GET",
        "path": "/a/b",
        "size_bytes": 612,
        "vhost": "www.example.com",
        "agent": "curl/8.5.0",
    },
    "015": {"host": "192.0.2.7", "status": 503, "path": "/a/b", "size_bytes": 612},
    "031": {
        "host": "192.0.2.7",
        "status": 200,
        "method": "GET",
        "path": "/a/b",
        "size_bytes": 770,
        "duration_us": 26_000,
        "upstream_us": 25_000,
        "agent": "curl/8.5.0",
        "vhost": "www.example.com",
    },
    "032": {"status": 200, "path": "/a/b", "size_bytes": 612, "duration_us": 12_000},
    "061": {"host": "192.0.2.7", "status": 200, "path": "/", "duration_us": 1_200},
    "068": {"host": "192.0.2.7", "status": 200, "path": r"/a\x22b", "agent": r"x\x22y"},
}


@pytest.mark.parametrize("number", WANTED)
def test_a_reported_line_is_read_as_it_was_wanted(number: str) -> None:
    explained = reported(number).explained()
    (fields,) = explained.fields
    assert fields is not None
    assert {key: fields.get(key) for key in WANTED[number]} == WANTED[number]


def test_errors_under_a_key_that_was_not_known_are_errors() -> None:
    data = (reported("070").folder / "access.json").read_bytes()
    batch = BY_NAME["json"].make(10_000).parse(data)
    columns = dict(zip(batch.rows.schema.names, batch.rows.columns, strict=True))
    assert columns["status"].to_pylist() == [503] * 200
    assert columns["duration_us"].to_pylist() == [4_000] * 200
