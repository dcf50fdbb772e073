"""Reports of others: uncounted errors, alerts that flap at their threshold, storms of alerts."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import Outcome, run

REPORTS = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "reports"
pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="../shared/data/reports is not here")


def made(case: str) -> bytes:
    """Return the log that a case makes."""
    return subprocess.run([sys.executable, str(REPORTS / case / "make.py")], capture_output=True, check=True).stdout


def replayed(data: bytes, *options: str) -> Outcome:
    return run("--replay", "--file", "-", "--interval", "1h", *options, stdin=data)


def test_a_log_in_which_everything_fails_is_never_called_free_of_errors() -> None:
    log = REPORTS / "070-all-503-no-alert" / "access.json"
    outcome = run("--replay", "--window", "20s", "--file", log)
    errors = b"200 hits" in outcome.out and b"100.00 % 5xx" in outcome.out
    assert errors or b"so errors are not known, and error-rate cannot be judged" in b" ".join(outcome.err.split())
    assert b"\n  0.00 % 5xx" not in outcome.out


def test_an_alert_at_its_threshold_flaps_less_with_a_lower_level_to_recover_at() -> None:
    data = made("075-flapping-at-threshold")
    raised = [
        sum(thing.get("state") == "raised" for thing in replayed(data, "--output", "ndjson", *more).objects)
        for more in ((), ("--alert-recover-at", "80"))
    ]
    assert raised == [44, 1]
    said = b" ".join(replayed(data).err.split())
    assert said.count(b"traffic flaps: it was raised 6 times in ") == 1
    option, level = said.partition(b"--alert-")[2].split()[:2]
    with_it = replayed(data, "--output", "ndjson", f"--alert-{option.decode()}", level.decode()).objects
    assert option == b"recover-at"
    assert sum(thing.get("state") == "raised" for thing in with_it) == 1


def test_hosts_that_pass_the_threshold_together_are_one_line_and_all_in_ndjson() -> None:
    data = made("076-storm-300-hosts")
    lines = [line for line in replayed(data).out.decode().splitlines() if "alerts ddos" in line]
    assert [line.split(" - ")[0] for line in lines] == ["300 alerts ddos"] * len(lines)
    assert lines[0].count(", ") == 10
    raised = [thing for thing in replayed(data, "--output", "ndjson").objects if thing.get("state") == "raised"]
    assert sum(thing["name"] == "ddos" for thing in raised) == 300
