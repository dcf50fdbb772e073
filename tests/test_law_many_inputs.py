"""Of many inputs only what has changed is written down, and what is read again is all of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.checkpoint.input_states import merge, since
from http_monitor.checkpoint.journal import replay
from http_monitor.checkpoint.restore import resume
from http_monitor.checkpoint.session import Session
from http_monitor.cli.run import engine_maker, live_run
from http_monitor.clock import ManualClock
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.report import Summary
from http_monitor.settings import Settings
from tests.checkpointed import START_US, Fate, Killed, MemoryLog, MemoryStore
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder

_NAMES = tuple(f"site{number}.log" for number in range(7))
_SETTINGS = Settings(window_s=6, interval_s=3)
_STATES = st.dictionaries(st.sampled_from(_NAMES), st.fixed_dictionaries({"lines": st.integers(0, 2)}))


@given(st.lists(_STATES, min_size=1, max_size=6))
def test_what_is_merged_is_where_the_inputs_stood(stands: Sequence[dict[str, Any]]) -> None:
    read: dict[str, Any] = {"files": stands[0], "mark": 0}
    written = read
    for number, files in enumerate(stands[1:]):
        now = {"files": files, "mark": number}
        increment = since(written, now)
        assert all(files[name] != written["files"].get(name) for name in increment["files"])
        read, written = merge(read, json.loads(json.dumps(increment))), now
        assert {name: read[name] for name in now} == now


def test_an_increment_that_has_all_inputs_is_read_as_that() -> None:
    assert merge({"files": {"a": {}}}, {"files": {"b": {}}, "mark": 3}) == {"files": {"b": {}}, "mark": 3}


def test_an_increment_that_lets_go_what_was_not_there_is_none() -> None:
    with pytest.raises(KeyError):
        merge({"files": {}}, {"files": {}, "gone": ["a"]})


@dataclass
class _Lives:
    """Logs, a clock and a checkpoint that outlive the runs."""

    contents: dict[str, bytearray] = field(default_factory=lambda: {name: bytearray() for name in _NAMES})
    clock: ManualClock = field(default_factory=lambda: ManualClock(START_US))
    store: MemoryStore = field(default_factory=lambda: MemoryStore(Fate()))
    sink: Recorder = field(default_factory=Recorder)
    deaths: int = 0

    def begin(self, fate: Fate) -> HTTPMonitor:
        self.store.fate, self.sink = fate, Recorder()
        make_engine = engine_maker(default_alerts)
        resumed = None if self.store.saved is None else resume(self.store.saved, _SETTINGS, make_engine)
        inputs = []
        for name, content in self.contents.items():
            position = None if resumed is None else resumed.position_of(name)
            log = MemoryLog(name, content, fate, position, 1_000_000)
            inputs.append(Input(log, get_format("auto"), 10_000_000, explain))
        run = live_run(_SETTINGS, inputs, Hub([self.sink]), self.clock, Session(self.store, resumed), make_engine)
        return HTTPMonitor(run, self.clock)

    def live(self, fate: Fate) -> Summary:
        """Let one log have lines each second, and another one later; what is killed goes on."""
        monitor = self.begin(fate)
        for second in range(8):
            self.clock.advance(1)
            name = _NAMES[2 if second < 5 else 6]
            self.contents[name] += log_line(START_S + second + 1, b"h%d" % second) + b"\n"
            try:
                monitor.step()
            except Killed:
                self.deaths += 1
                monitor = self.begin(Fate())
                monitor.step()
        self.clock.advance(20)
        try:
            monitor.step()
            monitor.close(finished=False)
        except Killed:
            self.deaths += 1
            monitor = self.begin(Fate())
            monitor.step()
            monitor.close(finished=False)
        return self.sink.summary


def test_many_inputs_with_one_that_changes_are_killed_anywhere_and_count_every_line_once() -> None:
    points = Fate()
    expected = _Lives().live(points)
    assert expected.hits == 8
    # Before the second point there is no checkpoint, and what comes next is a first run.
    for at in range(2, points.points + 1, 11):
        lives = _Lives()
        summary = lives.live(Fate(at))
        assert lives.deaths == 1
        assert (summary.hits, summary.hosts, summary.health.lines) == (8, expected.hosts, 8), at


def test_an_increment_has_the_inputs_that_changed_and_no_others() -> None:
    lives = _Lives()
    lives.live(Fate(30))
    monitor = lives.begin(Fate())
    monitor.step()
    for name in (_NAMES[4], _NAMES[1]):
        lives.clock.advance(2)
        lives.contents[name] += log_line(lives.clock.now_us() // 1_000_000) + b"\n"
        monitor.step()
        saved = lives.store.saved
        assert saved is not None
        inputs = replay(saved.increments[-1], resume(saved, _SETTINGS, engine_maker(default_alerts)).engine)["inputs"]
        assert list(inputs["files"]) == [name]
        assert inputs["gone"] == []
