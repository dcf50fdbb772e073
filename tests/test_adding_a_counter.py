"""The walk "Add a counter" of docs/EXTENDING.md, on a copy of the program; and what every counter of health has."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from http_monitor.checkpoint.past_health import PastHealth
from http_monitor.health import FATES_OF_LINES, INPUT_COUNTERS, LINE_COUNTERS, NO_HEALTH, TOLD, Health, total
from tests.engine_strategies import log_line
from tests.program import DEADLINE_S, ROOT, environment

PAGE = (ROOT / "docs" / "EXTENDING.md").read_text(encoding="utf-8").partition("## Add a counter")[2]
_WORDS = '        (health.empty_reads, f"{count(health.empty_reads)} empty reads", "plain"),\n'


def _edit(root: Path, name: str, before: str, after: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, (name, before)
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the program with one more counter, added as the page says."""
    root = tmp_path_factory.mktemp("counter")
    package = root / "http_monitor"
    shutil.copytree(ROOT / "http_monitor", package, ignore=shutil.ignore_patterns("__pycache__"))
    (field,) = re.findall(r"```python\n(    empty_reads.*?)```", PAGE, re.DOTALL)
    before = "    lag_s: int = field("
    _edit(package, "health.py", before, field + before)
    (counted,) = re.findall(r"`return (Health\(nul_bytes[^`]*)`", PAGE)
    counted = counted.replace("self._empty_reads", "7")
    _edit(package, "sources/stdin.py", "Health(nul_bytes=self._cutter.nul_bytes)", counted)
    short = '        (health.rotations, pluralize(health.rotations, "rotation"), "plain"),\n'
    _edit(package, "display/health.py", short, short + _WORDS)
    long = '        (health.rotations, f"The log was rotated {_times(health.rotations)}.", "plain"),\n'
    _edit(package, "display/health.py", long, long + _WORDS)
    return root


def _output(program: Path, output: str) -> str:
    command = [sys.executable, "-m", "http_monitor", "--file", "-", "--no-state", "--output", output]
    lines = log_line(1_700_000_000) + b"\n"
    done = subprocess.run(
        command, input=lines, capture_output=True, cwd=program, env=environment(), timeout=DEADLINE_S, check=True
    )
    return done.stdout.decode()


def test_a_counter_that_was_added_is_told_in_ndjson(program: Path) -> None:
    summary = json.loads(_output(program, "ndjson").splitlines()[-1])
    assert summary["type"] == "summary"
    assert summary["health"]["empty_reads"] == 7
    assert [*summary["health"]].index("empty_reads") == [*summary["health"]].index("observer_restarts") + 1


def test_a_counter_that_was_added_is_told_in_words(program: Path) -> None:
    assert "7 empty reads" in _output(program, "text")


def _numbered() -> Health:
    values: dict[str, Any] = {name: number for number, name in enumerate((*LINE_COUNTERS, *INPUT_COUNTERS), start=1)}
    return replace(NO_HEALTH, **values | {"maybe_lost": True, "lag_bytes": 100})


@pytest.mark.parametrize("name", [*LINE_COUNTERS, *INPUT_COUNTERS, "lag_bytes"])
def test_every_counter_adds_up(name: str) -> None:
    health = _numbered()
    both = total([health, health, NO_HEALTH])
    once = getattr(health, name)
    assert getattr(both, name) == (once if name == "maybe_lost" else 2 * once)
    assert getattr(both - health, name) == (False if name == "maybe_lost" else once)


@pytest.mark.parametrize("name", INPUT_COUNTERS)
def test_every_counter_of_inputs_outlives_its_input_and_the_process(name: str) -> None:
    health = _numbered()
    past = PastHealth()
    past.retire(health)
    resumed = PastHealth.load(json.loads(json.dumps(past.save(Health()))))
    assert getattr(resumed.health, name) == getattr(health, name)
    assert resumed.health.lag_bytes == 0


def test_a_checkpoint_from_before_a_counter_was_there_is_read() -> None:
    assert PastHealth.load({"rotations": 3}).health == Health(rotations=3)


@pytest.mark.parametrize("given", [{"rotations": -1}, {"rotations": True}, {"maybe_lost": 1}, {"rotations": "3"}])
def test_what_is_no_counter_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        PastHealth.load(given)


def test_what_waits_is_put_together_and_the_longest_wait_is_kept() -> None:
    one = Health(waiting_for="a.log is missing", waiting_since_us=5, lag_s=3, since_us=9)
    other = Health(waiting_for="b.log is missing", waiting_since_us=4, lag_s=7)
    both = one + other
    assert (both.waiting_for, both.waiting_since_us) == ("a.log is missing; b.log is missing", 4)
    assert (both.lag_s, both.since_us) == (7, 9)


def test_every_line_has_one_fate() -> None:
    assert FATES_OF_LINES == ("accepted", "malformed", "ahead", "held", "filtered", "other")
    assert {*FATES_OF_LINES, "lines", "late", "too_late", "oversized", "backfilled"} == {*LINE_COUNTERS}
    assert {*LINE_COUNTERS, *INPUT_COUNTERS} < {*TOLD}
