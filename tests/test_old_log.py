"""An old log as text: alerts, the intervals in which they changed, and a summary with a chart of the whole span."""

import re
from pathlib import Path

import pytest

from tests.display_samples import CENTRAL_EUROPE
from tests.program import ROOT, SHARED, lines_at, run
from tests.terminal import Terminal, left

ELASTIC = SHARED / "data/logs/elastic_apache_combined.log"
START_S = 1_772_409_600
"""Midnight, a Monday."""
QUIET = lines_at([START_S + minute * 60 for minute in range(26 * 60)], host=b"192.0.2.7")
FLOOD = lines_at([START_S + 7 * 3_600 + number // 20 for number in range(6_000)], host=b"192.0.2.8")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return a log of 26 hours with a flood of 5 minutes."""
    path = tmp_path / "access.log"
    lines = sorted((QUIET + FLOOD).splitlines(keepends=True), key=lambda line: line.partition(b"[")[2])
    path.write_bytes(b"".join(lines))
    return path


def titles(out: bytes) -> list[str]:
    return [line.strip("─ ") for line in out.decode().splitlines() if line.startswith("──")]


def test_a_log_without_alerts_is_its_summary(log: Path) -> None:
    log.write_bytes(QUIET)
    outcome = run("--replay", "--file", log)
    assert titles(outcome.out) == ["Summary"]
    assert outcome.out.decode().splitlines()[:10] == [
        "── Summary ─────────────────────────────────────────────────────────────────────",
        "  2026-03-02 00:00:00 – 2026-03-03 01:59:00 +0000   (1 d 1 h)",
        "  1,560 hits   0.02 /s   187.4 KiB   1 host   0.00 % 5xx",
        "  Status  200 ×1,560",
        "  Hits per hour   peak 60 at 2026-03-02 00:00",
        *["  " + "█" * 26] * 4,
        "  ^─────────────────────────",
    ]
    assert outcome.err.decode().splitlines()[1:3] == [
        "Alerts     above 10 hits/s, 5 % 5xx, 5 hits/s of a host, over 2 min",
        "Reports    with alerts, then a summary (all: --interval 10s), Ctrl-C stops",
    ]


def test_only_intervals_in_which_an_alert_was_raised_or_recovered_are_shown(log: Path) -> None:
    out = run("--replay", "--file", log).out
    assert titles(out) == [
        "2026-03-02 07:00:30 – 07:00:40 +0000",
        "2026-03-02 07:00:50 – 07:01:00 +0000",
        "2026-03-02 07:06:00 – 07:06:10 +0000",
        "2026-03-02 07:06:30 – 07:06:40 +0000  no hits, 2 min average 3.35 /s",
        "Summary",
    ]
    assert out.count(b"generated an alert") == out.count(b"recovered - hits") == 2


def test_with_an_interval_every_one_is_shown_and_those_with_alerts_are_the_same(log: Path) -> None:
    brief = run("--replay", "--file", log).out
    every = run("--replay", "--file", log, "--interval", "10s").out
    # A recovery is in an interval without hits.
    assert len(titles(every)) == 26 * 60 + 5 * 6 - 5 + 1 + 1
    assert len(blocks(brief)) == 5
    assert set(blocks(brief)) <= set(blocks(every))


def blocks(out: bytes) -> list[str]:
    """Return the blocks without the alert lines between them."""
    found: list[str] = []
    is_block = False
    for line in out.decode().splitlines():
        # What an alert is about is indented too.
        is_block = line.startswith("──") or (is_block and line.startswith("  "))
        if line.startswith("──"):
            found.append(line)
        elif is_block:
            found[-1] += "\n" + line
    return found


@pytest.mark.parametrize("output", ["ndjson", "alerts", "lines"])
def test_other_outputs_are_as_they_are_with_an_interval(log: Path, output: str) -> None:
    outcomes = [run("--replay", "--file", log, "--output", output, *more) for more in ((), ("--interval", "10s"))]
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0].out.splitlines()) > 3


@pytest.mark.skipif(not ELASTIC.exists(), reason="the shared logs are not here")
def test_the_chart_that_the_recipes_show_is_drawn() -> None:
    out = run("--replay", ELASTIC, env={"TZ": CENTRAL_EUROPE}).out.decode()
    page = (ROOT / "docs/RECIPES.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```text\n(  Hits per .*?)```", page, re.DOTALL)
    assert shown in out


@pytest.mark.parametrize(("term", "bar"), [("dumb", "#"), ("xterm", "█")])
def test_a_dumb_terminal_has_a_chart_of_ascii(log: Path, term: str, bar: str) -> None:
    log.write_bytes(QUIET)
    with Terminal(80, "--replay", "--file", log, env={"TERM": term}) as terminal:
        assert terminal.wait() == 0
    shown = left(terminal.raw)
    place = next(place for place, line in enumerate(shown) if line.startswith("  Hits per hour"))
    assert shown[place + 1] == "  " + bar * 26
