"""A thousand logs at which nothing happens cost next to nothing, and none of them is looked at less for that."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import http_monitor.monitor.live_turns as live_turns
from http_monitor.clock import ManualClock
from http_monitor.health import Health, total
from http_monitor.inputs.input import Input
from http_monitor.monitor.input_healths import InputHealths
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.source import UNCHANGED
from http_monitor.settings import Settings
from http_monitor.sources.files.access import Listing, LocalFiles
from http_monitor.sources.tail.observer import FileObserver
from http_monitor.sources.tail.tail import FileTail
from http_monitor.sources.watching.watcher import Watcher
from tests.counted_calls import count_calls
from tests.engine_strategies import START_S, log_line
from tests.following import WAYS, Follow, Following, append, line, rotate
from tests.harness import ScriptedSource, live_of, make_monitor


def _rest(tail: Following) -> None:
    for _ in range(3):
        tail.read()
        tail.clock.advance(1)
    assert tail.tail.read() is UNCHANGED


def test_a_look_at_which_nothing_happened_says_so(log: Path, follow: Follow) -> None:
    tail = follow(log)
    _rest(tail)
    before = tail.tail.health(), tail.tail.position()
    assert tail.tail.read() is UNCHANGED
    assert (tail.tail.health(), tail.tail.position()) == before
    append(log, line(4))
    assert tail.read() == line(4)
    _rest(tail)
    os.truncate(log, 0)
    append(log, line(5))
    assert tail.read_to_end() == line(5)
    _rest(tail)
    rotate(log)
    append(log, line(6))
    assert tail.read_to_end() == line(6)


def test_a_file_that_was_let_go_is_looked_at_again_all_the_same(log: Path) -> None:
    tail = Following(log, WAYS["direct"]())
    tail.read()
    renamed = rotate(log)
    append(log, line(4))
    tail.read_to_end()
    tail.pass_grace()
    tail.read_to_end()
    _rest(tail)
    append(renamed, line(5))
    given = b""
    for _ in range(12):
        tail.clock.advance(1)
        given += tail.read()
    assert given == line(5)
    tail.close()


def test_a_directory_is_seen_to_once_for_all_its_files_and_its_links_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(1_700_000_000_000_000)
    watcher = Watcher(lambda: None, clock)
    observers = []
    for number in range(20):
        path = tmp_path / f"site{number}.log"
        path.write_bytes(line(number))
        observers.append(FileObserver(Following(path, LocalFiles(), clock=clock).tail, watcher))
    for _ in range(4):
        for observer in observers:
            observer.read()
        clock.advance(1)
    settled: list[str] = []
    resolved: list[str] = []
    settle, real = Watcher._settle, os.path.realpath

    def counting(watcher: Watcher, *given: Any) -> None:
        settled.append("")
        settle(watcher, *given)

    def resolving(path: str) -> str:
        resolved.append(path)
        return real(path)

    monkeypatch.setattr(Watcher, "_settle", counting)
    monkeypatch.setattr(os.path, "realpath", resolving)
    for _ in range(10):
        for observer in observers:
            assert observer.read() is UNCHANGED
    assert len(settled) == 10
    assert len(resolved) <= 2 * 20
    for observer in observers:
        observer.close()


def test_a_directory_that_has_not_changed_is_listed_once_a_second(tmp_path: Path) -> None:
    (tmp_path / "a.log").touch()
    clock = ManualClock(tmp_path.stat().st_mtime_ns // 1_000 + 50_000)
    files = LocalFiles(clock)
    assert files.listing(str(tmp_path)) is not files.listing(str(tmp_path)), "it may change within a tick of its time"
    clock.advance(10)
    listed = files.listing(str(tmp_path))
    assert files.listing(str(tmp_path)) is listed
    (tmp_path / "b.log").touch()
    assert files.listing(str(tmp_path)).keys() == {"a.log", "b.log"}
    clock.advance(2)
    assert files.listing(str(tmp_path / "none")) == {}


def test_a_turn_of_many_resting_files_asks_each_with_one_stat_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(1_700_000_000_000_000)
    watcher, files = Watcher(lambda: None, clock), LocalFiles(clock)
    observers = []
    for number in range(100):
        path = tmp_path / f"site{number}.log"
        path.write_bytes(line(number))
        observers.append(FileObserver(Following(path, files, clock=clock).tail, watcher))
    monitor, _ = make_monitor(Settings(), observers, clock)
    for _ in range(4):
        monitor.step()
        clock.advance(1)
    of_files = [(os, "stat"), (os, "lstat"), (os, "open"), (os, "scandir"), (FileObserver, "health")]
    of_inputs = [(Input, "parse"), (Input, "drain_notices"), (Input, "notice_if_nothing_fits")]
    calls = count_calls(monkeypatch, *of_files, *of_inputs)
    for _ in range(10):
        monitor.step()
        clock.advance(1)
    assert calls == {"stat": 10 * 100}
    append(tmp_path / "site7.log", line(1))
    monitor.step()
    assert (calls["parse"], calls["health"]) == (1, 1)
    monitor.close_inputs()


def test_what_many_inputs_gave_is_counted_in_parts_and_a_stop_comes_between_them() -> None:
    clock = ManualClock(START_S * 1_000_000)
    names = [f"{number}.log" for number in range(100)]
    sources = [ScriptedSource([log_line(START_S) + b"\n"], ends=False, name=name) for name in names]
    monitor, recorder = make_monitor(Settings(from_start=True), sources, clock)
    run = live_of(monitor)
    run.interrupted = lambda: monitor.health().lines > 0
    monitor.step()
    assert (monitor.health().lines, run.turns.behind, recorder.reports) == (32, True, [])
    run.interrupted = lambda: False
    monitor.step()
    assert (monitor.health().lines, run.turns.behind) == (100, False)


def test_what_few_inputs_gave_is_counted_when_it_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_turns, "_BYTES_TOGETHER", 3 * (len(log_line(START_S)) + 1))
    sources = [ScriptedSource([log_line(START_S) + b"\n"], ends=False, name=f"{number}.log") for number in range(8)]
    monitor, _ = make_monitor(Settings(from_start=True), sources, ManualClock(START_S * 1_000_000))
    live_of(monitor).interrupted = lambda: monitor.health().lines > 0
    monitor.step()
    assert monitor.health().lines == 3


@given(st.lists(st.lists(st.integers(0, 30), max_size=4), min_size=1, max_size=9), st.integers(1, 4))
def test_the_parts_change_nothing_of_what_is_told(seconds: list[list[int]], together: int) -> None:
    told = []
    for size in (together, 1_000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(live_turns, "_TOGETHER", size)
            clock = ManualClock((START_S + 40) * 1_000_000)
            sources = [
                ScriptedSource([b"".join(log_line(START_S + at) + b"\n" for at in each)], ends=False, name=str(number))
                for number, each in enumerate(seconds)
            ]
            monitor, recorder = make_monitor(Settings(from_start=True), sources, clock)
            for _ in range(3):
                monitor.step()
                clock.advance(10)
            monitor.close(finished=False)
            told.append((recorder.summary.hits, recorder.summary.health.lines))
    assert told[0] == told[1] == (sum(map(len, seconds)), sum(map(len, seconds)))


@given(
    st.lists(st.text(st.sampled_from("ab.\udc80\U0010ffff"), max_size=4)), st.text(st.sampled_from("ab."), max_size=3)
)
def test_a_listing_finds_the_names_that_begin_alike(names: list[str], stem: str) -> None:
    listing = Listing({name: (0, number) for number, name in enumerate(names)})
    assert listing.list_prefixed(stem) == sorted(name for name in listing if name.startswith(stem))


_HEALTH = st.builds(
    Health,
    lag_bytes=st.integers(0, 9),
    lost_bytes=st.integers(0, 9),
    maybe_lost=st.booleans(),
    rotations=st.integers(0, 9),
    waiting_since_us=st.none() | st.integers(0, 9),
)


@given(st.lists(st.tuples(st.integers(0, 3), st.none() | _HEALTH), max_size=20))
def test_the_health_kept_up_is_the_sum_of_all(changes: list[tuple[int, Health | None]]) -> None:
    class Known(ScriptedSource):
        now = Health()

        def health(self) -> Health:
            return self.now

    sources = [Known([], ends=False) for _ in range(4)]
    entries = [Input(source, get_format("auto"), 0, explain) for source in sources]
    healths = InputHealths()
    there: dict[int, Health] = {}
    for number, health in changes:
        if health is None:
            healths.forget(entries[number])
            there.pop(number, None)
        else:
            sources[number].now = there[number] = health
            healths.poll(entries[number])
    assert healths.total().past() == total(health.past() for health in there.values())
    assert healths.lag_bytes == sum(health.lag_bytes for health in there.values())
    waiting = {entries[number] for number, health in there.items() if health.waiting_since_us is not None}
    assert set(healths.waiting) == waiting


def test_what_a_stop_left_unread_is_in_the_lag_of_the_summary(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.log" for number in range(3)]
    for path in paths:
        append(path, line(1))
    clock = ManualClock(START_S * 1_000_000)
    watcher = Watcher(lambda: None, clock)
    tails = [FileTail(str(path), files=LocalFiles(), clock=clock, from_start=True) for path in paths]
    sources = [FileObserver(tail, watcher) for tail in tails]
    monitor, recorder = make_monitor(Settings(from_start=True), sources, clock)
    monitor.step()
    for path in paths:
        append(path, line(2))
    live_of(monitor).interrupted = lambda: True
    monitor.step()
    monitor.close(finished=False)
    assert recorder.summary.health.lines == 3
    assert recorder.summary.health.lag_bytes == 3 * len(line(2))
    monitor.close_inputs()


def test_a_stop_before_anything_was_read_knows_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "new.log"
    append(path, line(1))
    clock = ManualClock(START_S * 1_000_000)
    tail = FileTail(str(path), files=LocalFiles(), clock=clock, from_start=True)
    source = FileObserver(tail, Watcher(lambda: None, clock))
    monitor, recorder = make_monitor(Settings(from_start=True), [source], clock)
    live_of(monitor).interrupted = lambda: True
    monitor.step()
    monitor.close(finished=False)
    assert (recorder.summary.health.lines, recorder.summary.health.lag_bytes) == (0, len(line(1)))
    monitor.close_inputs()
