"""The whole program says of real logs what the slow reference says, and what an independent reader found in them."""

import functools
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from http_monitor.agents import classify
from http_monitor.cli import main
from tests.examples import exhaustive, part_of
from tests.harness import contract_keys
from tests.program import ROOT, run, shown_hits
from tests.reference.clf import Parsed, parse_log
from tests.reference.engine import Json, Options, replay

DATA = ROOT / ".." / "shared" / "data"
DAILY = "logs/nginx_daily/access.log-2025*"
UNCLOSED_AGENT = {"logs/elastic_apache_combined.log": ("200", 235)}
"""Status and size of a line that lacks a quote: malformed for a strict reader, here a hit without an agent."""
STEPS_BACK_S = 60
"""No line of these logs comes later than this."""


def _all_facts() -> dict[str, Json]:
    path = DATA / "facts.ndjson"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return {facts["file"]: facts for facts in map(json.loads, lines)}


FACTS = _all_facts()
pytestmark = pytest.mark.skipif(not FACTS, reason="../shared/data, the real logs, is not here")


@functools.cache
def _parsed(name: str) -> Parsed:
    data = (DATA / name).read_bytes()
    return parse_log(gzip.decompress(data) if name.endswith(".gz") else data)


def _replayed(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> list[Json]:
    code = main(["--replay", "--output", "ndjson", *map(str, arguments)])
    printed = capsys.readouterr()
    assert code == 0
    objects = [json.loads(line) for line in printed.out.splitlines()]
    told = [it["message"] for it in objects if it["type"] == "notice"]
    assert printed.err.splitlines() == [f"http_monitor: {message}" for message in told]
    return [it for it in objects if it["type"] != "notice"]


def _check_conservation(objects: list[Json]) -> None:
    health = objects[-1]["health"]
    assert health["lines"] == sum(health[kind] for kind in ("accepted", "malformed", "too_late", "ahead", "held"))
    assert shown_hits(objects) == health["accepted"] == objects[-1]["hits"]


@exhaustive
@pytest.mark.parametrize("name", part_of([*FACTS], 6))
def test_every_report_is_that_of_the_reference(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    objects = _replayed(capsys, "--file", DATA / name)

    assert [contract_keys(message) for message in objects] == replay([_parsed(name)], Options(lateness_s=60), classify)
    _check_conservation(objects)


@exhaustive
@pytest.mark.parametrize("name", part_of([*FACTS], 12))
def test_the_summary_has_the_figures_of_a_strict_reader(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    objects = _replayed(capsys, "--file", DATA / name, "--lateness", str(STEPS_BACK_S), "--top", "3")
    _check_conservation(objects)
    summary, facts = objects[-1], FACTS[name]
    statuses: Counter[str] = Counter(facts["statuses"])
    size, malformed = facts["size_total"], facts["malformed"]
    if name in UNCLOSED_AGENT:
        status, size_bytes = UNCLOSED_AGENT[name]
        statuses[status] += 1
        size, malformed = size + size_bytes, malformed - 1

    told: dict[str, Any] = {key: summary["health"][key] for key in ("lines", "malformed", "late", "too_late", "ahead")}
    assert told == {"lines": facts["lines"], "malformed": malformed, "late": 0, "too_late": 0, "ahead": 0}
    assert (summary["status"], summary["bytes"]) == (dict(statuses), size)
    assert (summary["first"], summary["last"]) == (facts["first_utc"], facts["last_utc"])
    assert [row["hits"] for row in summary["hosts"]] == [hits for _, hits in facts["top_hosts"]]


def test_a_week_of_files_two_of_them_packed_is_the_week_of_the_reference(capsys: pytest.CaptureFixture[str]) -> None:
    objects = _replayed(capsys, "--file", DATA / DAILY)
    names = sorted(str(path.relative_to(DATA)) for path in DATA.glob(DAILY))

    assert len(names) == 7
    assert [contract_keys(message) for message in objects] == replay(
        [_parsed(name) for name in names], Options(lateness_s=60), classify
    )
    assert objects[-1]["health"]["lines"] == sum(FACTS[name]["lines"] for name in names)
    _check_conservation(objects)


def test_a_process_of_its_own_prints_the_same_twice(capsys: pytest.CaptureFixture[str]) -> None:
    log = DATA / "logs/elastic_apache_combined.log"
    chosen = ("--file", log, "--interval", "10m")
    arguments = ("--replay", "--output", "ndjson", *chosen)
    first, second = run(*arguments, fresh=True), run(*arguments, fresh=True)

    assert (first.code, first.err) == (0, second.err)
    assert first == second
    assert [it for it in first.objects if it["type"] != "notice"] == _replayed(capsys, *chosen)


def test_lines_up_to_a_minute_late_get_the_advice_that_helps() -> None:
    log = DATA / "logs/elastic_apache_combined.log"
    advised = run("--replay", "--file", log, "--interval", "10m", "--lateness", "1")
    followed = run("--replay", "--file", log, "--interval", "10m")

    assert b"--lateness 60 (1 min) would have caught nearly all of\n  them." in advised.out
    assert b"--lateness" not in followed.out
    assert b"10,000 lines read, 10,000 counted." in followed.out
