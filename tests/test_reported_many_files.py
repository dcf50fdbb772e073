"""Case 083 of ../shared/data/reports: a server with a log for each of 1,200 sites, at which nothing happens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from http_monitor.alerts import default_alerts
from http_monitor.checkpoint.session import Session
from http_monitor.cli.inputs import GlobFinder, LiveSources, first_sources
from http_monitor.cli.run import engine_maker, live_run
from http_monitor.clock import ManualClock
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.source import Source
from http_monitor.settings import Settings
from http_monitor.sources.path_selection import LiveSelection
from tests.counted_calls import count_calls
from tests.engine_strategies import START_S
from tests.following import append
from tests.harness import Recorder
from tests.program import run
from tests.reported import needs_reports, reported

pytestmark = needs_reports
_FILES = 1_200


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    """Return a directory with the files of the case, made as it makes them."""
    make = reported("083").folder / "make.py"
    subprocess.run([sys.executable, make, tmp_path, str(_FILES)], check=True)
    assert len(list(tmp_path.iterdir())) == _FILES
    return tmp_path


def test_1200_idle_files_are_asked_once_a_turn_and_for_nothing_else(
    sites: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(files=(str(sites / "site*"),))
    clock, recorder = ManualClock(START_S * 1_000_000), Recorder()
    selection = LiveSelection(settings.files)
    making = LiveSources(settings, clock, lambda: None, seen={}, wants=selection.wants)

    def input_of(source: Source) -> Input:
        return Input(source, get_format("auto"), settings.max_ahead_s * 1_000_000, explain)

    inputs = [input_of(source) for source in first_sources(making, selection.first(), None, from_start=False)]
    followed = live_run(settings, inputs, Hub([recorder]), clock, Session(), engine_maker(default_alerts))
    followed.discover(GlobFinder(selection, making, input_of))
    monitor = HTTPMonitor(followed, clock)
    for _ in range(5):
        monitor.step()
        clock.advance(1)
    names = ("stat", "lstat", "open", "read", "scandir", "listdir", "readlink")
    calls = count_calls(monkeypatch, *((os, name) for name in names), (Input, "parse"))
    for _ in range(10):
        monitor.step()
        clock.advance(1)
    # One more for the directory, which a new file would change, and one for a file that is named like the pattern.
    assert calls == {"stat": 10 * (_FILES + 1), "lstat": 10}
    # And none of them is looked at less for that.
    append(sites / "site1199.example.org", (sites / "site7.example.org").read_bytes())
    monitor.step()
    assert (monitor.health().lines, calls["parse"]) == (3, 1)
    monitor.close_inputs()


def test_the_run_of_the_case_ends_when_it_is_told_to(sites: Path) -> None:
    done = run("--no-state", "--file", sites / "site*", "--duration", "1s", "--output", "ndjson")
    assert (done.code, done.err) == (0, b"")
    assert (done.objects[-1]["type"], done.objects[-1]["health"]["lines"]) == ("summary", 0)
