"""Files that join a run after its start, and go again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from http_monitor.clock import ManualClock
from http_monitor.health import Health
from http_monitor.inputs.input import Input
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, live_of, make_monitor
from tests.live_scripts import TurnSource


class _Named(TurnSource):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.state = Health()
        self.is_closed = False

    @property
    def name(self) -> str:
        return self._name

    def health(self) -> Health:
        return self.state

    def close(self) -> None:
        self.is_closed = True

    def write(self, clock: ManualClock, lines: int) -> None:
        line = log_line(clock.now_us() // 1_000_000) + b"\n"
        self.following = replace(self.following, data=line * lines)


class _Finder:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.fresh: list[_Named] = []
        self.needless: list[str] = []
        self.forgotten: list[str] = []
        self.unread: list[str] = []

    def more(self) -> tuple[Sequence[Input], Sequence[str]]:
        found, self.fresh = self.fresh, []
        needless, self.needless = self.needless, []
        max_ahead_us = self._settings.max_ahead_s * 1_000_000
        return [Input(source, get_format("auto"), max_ahead_us, explain) for source in found], needless

    def take_missed(self) -> Sequence[str]:
        missed, self.unread = self.unread, []
        return missed

    def can_remove(self, name: str) -> bool:
        return name != "named.log"

    def forget(self, name: str) -> None:
        self.forgotten.append(name)


class _Run:
    def __init__(self, *names: str) -> None:
        run = Settings(interval_s=60)
        self.clock = ManualClock(START_S * 1_000_000)
        self.sources = [_Named(name) for name in names]
        self.monitor: HTTPMonitor
        self.recorder: Recorder
        self.monitor, self.recorder = make_monitor(run, self.sources, self.clock)
        self.finder = _Finder(run)
        live_of(self.monitor).discover(self.finder)

    def step(self, seconds: float = 1.0) -> bool:
        self.clock.advance(seconds)
        return self.monitor.step()

    @property
    def texts(self) -> list[str]:
        return [notice.text for notice in self.recorder.notices if "format" not in notice.text]


def test_a_file_that_appears_is_read_with_the_others() -> None:
    run = _Run("named.log")
    run.step()
    fresh = _Named("fresh.log")
    run.finder.fresh.append(fresh)
    run.step()
    assert run.texts == ["fresh.log: new, reading it from its start"]
    fresh.write(run.clock, 3)
    run.sources[0].write(run.clock, 2)
    run.step()
    assert run.monitor.health().lines == 5


def test_a_file_that_is_gone_is_let_go_after_a_while_and_its_counters_stay() -> None:
    run = _Run("named.log", "matched.log")
    matched = run.sources[1]
    matched.write(run.clock, 4)
    run.step()
    gone_us = run.clock.now_us()
    matched.state = Health(lost_bytes=7, rotations=2, waiting_for="it is missing", waiting_since_us=gone_us)
    run.step(599)
    closed = [matched.is_closed]
    run.step(2)
    assert [*closed, matched.is_closed] == [False, True]
    assert run.texts[-1] == "matched.log: gone for 10 min, no longer followed"
    assert run.finder.forgotten == ["matched.log"]
    health = run.monitor.health()
    assert (health.lines, health.lost_bytes, health.rotations) == (4, 7, 2)


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (["a.log"], "a.log: came and went before a check found it, lines may be lost"),
        (["a\x1b.log", "b", "c"], "a\\x1b.log and 2 more: came and went before a check found them, lines may be lost"),
    ],
)
def test_files_that_came_and_went_unseen_may_have_had_lines(paths: list[str], words: str) -> None:
    run = _Run("named.log")
    run.step()
    assert not run.monitor.health().maybe_lost
    run.finder.unread = paths
    run.step()
    run.step()
    assert run.texts == [words]
    assert run.monitor.health().maybe_lost


def test_a_file_that_was_named_is_waited_for_however_long() -> None:
    run = _Run("named.log", "matched.log")
    run.sources[0].state = Health(waiting_for="it is missing", waiting_since_us=run.clock.now_us())
    run.step(100_000)
    assert not run.sources[0].is_closed


def test_what_is_unread_keeps_a_file_and_so_does_being_the_last() -> None:
    run = _Run("matched.log", "other.log")
    waiting = Health(lag_bytes=5, waiting_for="it is missing", waiting_since_us=run.clock.now_us())
    run.sources[0].state = waiting
    run.step(700)
    assert not run.sources[0].is_closed
    for source in run.sources:
        source.state = replace(waiting, lag_bytes=0)
    run.step(700)
    assert [source.is_closed for source in run.sources] == [True, False]
    assert run.step() is False


def test_a_pattern_without_a_match_goes_when_it_has_one() -> None:
    run = _Run("*.log")
    run.step()
    run.finder.fresh.append(_Named("a.log"))
    run.finder.needless.append("*.log")
    run.step()
    assert run.sources[0].is_closed
    assert run.finder.forgotten == []
    assert run.step() is False
