"""Logs of other people whose clients, quotes and statuses are not those of the book."""

from typing import Any

import pytest

from tests.program import run
from tests.reported import needs_reports, reported

pytestmark = needs_reports


@pytest.mark.parametrize(
    ("case", "right"),
    [
        ("022", {"host": "192.0.2.7", "vhost": "www.example.com", "status": 200}),
        ("023", {"host": "2001:db8::7", "status": 200}),
        (
            "045",
            {"host": "192.0.2.7", "status": 302, "size_bytes": 444, "path": "/movil/", "agent": "curl/8.5.0"},
        ),
        ("046", {"vhost": "shop.example.org", "host": "192.0.2.7", "status": 200, "size_bytes": 10540}),
        ("060", {"host": "192.0.2.7", "status": 200, "path": "/"}),
        ("062", {"host": "192.0.2.7", "status": None, "section": "(none)", "size_bytes": 0}),
    ],
)
def test_a_line_says_what_it_says(case: str, right: dict[str, Any]) -> None:
    (fields,) = reported(case).explained().fields
    assert fields is not None
    assert {name: fields[name] for name in right} == right


def test_a_flood_from_many_ports_is_one_hosts() -> None:
    outcome = run(*reported("079").arguments)
    raised = [each["subject"] for each in outcome.objects if each["type"] == "alert" and each["name"] == "ddos"]
    (host,) = outcome.objects[-1]["hosts"]
    assert (host["key"], host["hits"], raised) == ("192.0.2.7", 300, ["192.0.2.7"])


def test_a_flood_from_many_ports_can_be_left_out() -> None:
    outcome = run(*reported("079").arguments, "--exclude-host", "192.0.2.0/24")
    assert (outcome.objects[-1]["hits"], outcome.objects[-1]["health"]["filtered"]) == (0, 300)
