"""Reports of others whose format had no preset: each line is read correctly without naming the format."""

from typing import Any

import pytest

from tests.reported import needs_reports, reported

pytestmark = needs_reports

RIGHT: dict[str, dict[str, Any]] = {
    "030": {
        "host": "192.0.2.7",
        "time": "2026-05-13T22:03:44.187Z",
        "status": 418,
        "method": "GET",
        "path": "/status/418",
        "size_bytes": 135,
        "duration_us": 5000,
        "upstream_us": 2000,
        "agent": "curl/8.5.0",
    },
    "048": {"host": "192.0.2.7", "status": 200, "time": "2026-11-06T21:22:06Z", "vhost": "www.example.com"},
    "049": {
        "host": "192.0.2.7",
        "status": 200,
        "size_bytes": 101,
        "duration_us": 4000,
        "upstream_us": 1000,
        "path": "/version",
        "agent": "curl/7.79.1",
        "vhost": "www.example.com",
    },
    "050": {"host": "192.0.2.7", "status": 304, "cache": "HIT", "path": "/forums/", "agent": "curl/8.5.0"},
    "051": {"host": "192.0.2.7", "status": 204, "time": "2026-01-31T00:00:02.146Z", "path": "/api", "size_bytes": 0},
    "052": {"host": "192.0.2.7", "status": 200, "ssl_version": "TLSv1.3", "path": "/path", "duration_us": 7000},
    "060": {
        "status": 200,
        "path": "/",
        "method": "GET",
        "size_bytes": 10,
        "duration_us": 1200,
        "vhost": "www.example.com",
        "agent": "curl/8.5.0",
    },
    "064": {
        "host": "192.0.2.7",
        "status": 200,
        "method": "GET",
        "path": "/a/b",
        "size_bytes": 612,
        "duration_us": 18000,
        "time": "2026-01-19T23:08:15.988783Z",
    },
    "065": {"host": "192.0.2.7", "status": 200, "path": "/a/b", "duration_us": 1234},
}
"""By the number of the case, what has to be read; more than the report asks for where the line has more."""


@pytest.mark.parametrize("number", RIGHT)
def test_the_line_of_a_report_gives_what_is_right(number: str) -> None:
    (fields,) = reported(number).explained().fields
    assert fields is not None
    assert {name: fields.get(name) for name in RIGHT[number]} == RIGHT[number]
