"""A stop of a run on many files does once what has to be done for each of them, and waits for nothing."""

import os
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import pytest
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from http_monitor.clock import ManualClock
from http_monitor.inputs.input import Input
from http_monitor.parser.detect.auto import AutoFormat, auto_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.ability import able
from http_monitor.ports.log_format import Remembering
from http_monitor.ports.source import Failing, Measuring, Resumable
from http_monitor.report import Notice
from http_monitor.settings import Settings
from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.path_selection import LiveSelection
from http_monitor.sources.tail.observer import FileObserver
from http_monitor.sources.tail.tail import FileTail
from http_monitor.sources.tail.tailed_file import TailedFile
from http_monitor.sources.watching.watcher import Watcher
from http_monitor.waker import Waker
from tests.checkpointed import Life
from tests.engine_strategies import START_S, log_line
from tests.following import append, line
from tests.harness import ScriptedSource, live_of

_SETTINGS = Settings(window_s=6, interval_s=3, alert_threshold=2.0, ddos_threshold=100.0, from_start=True)


def _stopped_after(life: Life, turns: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run with a stop that comes in the midst of a turn; return what was written from then on."""
    monitor = life.begin()
    for _ in range(turns):
        monitor.step()
        life.clock.advance(1)
    life.content.extend(log_line(START_S + turns) + b"\n")
    written = len(life.store.writes)
    read = life.sources[-1].read

    def read_and_stop() -> Any:
        monitor.request_stop()
        return read()

    monkeypatch.setattr(life.sources[-1], "read", read_and_stop)
    monitor.run(Waker())
    return life.store.writes[written:]


@pytest.mark.parametrize("turns", [1, 3])
def test_a_stop_writes_one_checkpoint_with_all_that_was_read(turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    life = Life(_SETTINGS)
    assert _stopped_after(life, turns, monkeypatch) == ["snapshot"]
    assert life.runs[0].summary.hits == 1
    monitor = life.begin()
    monitor.step()
    monitor.close(finished=False)
    assert life.runs[1].summary.hits == 1


def test_what_looks_through_all_inputs_each_second_is_not_asked_at_a_stop() -> None:
    life = Life(_SETTINGS)
    monitor = life.begin()
    asked: list[str] = []

    def ask() -> list[Notice]:
        asked.append("asked")
        return []

    live_of(monitor).ask_each_second(ask)
    monitor.step()
    assert asked == ["asked"]
    life.clock.advance(1)
    monitor.request_stop()
    monitor.run(Waker())
    assert asked == ["asked"]


def test_the_memory_of_a_format_is_saved_anew_only_after_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    made, saved = auto_format(), list[str]()
    save = AutoFormat.save

    def counted(one: AutoFormat) -> Any:
        saved.append(one.name)
        return save(one)

    monkeypatch.setattr(AutoFormat, "save", counted)
    entry = Input(ScriptedSource([], ends=False), made, 60_000_000, explain)
    first = entry.save()
    entry.stirred = True
    assert entry.save() == first
    assert len(saved) == 1
    entry.parse(log_line(START_S) + b"\n")
    entry.stirred = True
    assert entry.save()["format"]["kept"]["chosen"] is not None
    assert len(saved) == 2
    entry.load({**first, "position": None})
    entry.stirred = True
    assert entry.save() == first


def test_a_stop_ends_even_the_wait_for_more_of_what_a_writer_writes_at_once() -> None:
    waker = Waker()
    assert not waker.gather(0.0)
    waker.wake()
    assert not waker.gather(0.0)
    waker.hurry()
    assert waker.gather(3_600)
    assert not waker.wait(0.0), "its wake-up came with the others"


def test_to_close_many_files_asks_none_of_them_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, files = ManualClock(START_S * 1_000_000), LocalFiles()
    watcher = Watcher(lambda: None, clock)
    paths = [tmp_path / f"{number}.log" for number in range(5)]
    for path in paths:
        append(path, line(1))
    tails = [FileTail(str(path), files=files, clock=clock, from_start=True) for path in paths]
    sources = [FileObserver(tail, watcher) for tail in tails]
    for source in sources:
        source.read()
    asked: list[str] = []
    position = TailedFile.position

    def counted(followed: TailedFile) -> Any:
        asked.append(followed.path)
        return position(followed)

    monkeypatch.setattr(TailedFile, "position", counted)
    for source in sources:
        source.close()
    assert asked == []


class _CountingObserver(Observer):  # type: ignore[misc, valid-type]
    """Counts what it is asked."""

    asked: ClassVar[Counter[str]] = Counter()

    def unschedule(self, watch: ObservedWatch) -> None:
        self.asked["unschedule"] += 1
        super().unschedule(watch)

    def stop(self) -> None:
        self.asked["stop"] += 1
        super().stop()

    @property
    def emitters(self) -> Any:
        self.asked["emitters"] += 1
        return super().emitters


def test_the_watches_of_many_directories_are_looked_through_together_and_end_together(tmp_path: Path) -> None:
    clock = ManualClock(START_S * 1_000_000)
    made: list[BaseObserver] = []

    def new_observer() -> BaseObserver:
        made.append(_CountingObserver())
        return made[-1]

    asked = _CountingObserver.asked = Counter[str]()
    watcher = Watcher(lambda: None, clock, new_observer)
    sources = []
    for number in range(8):
        path = tmp_path / f"site{number}" / "access.log"
        path.parent.mkdir()
        append(path, line(number))
        sources.append(FileObserver(FileTail(str(path), files=LocalFiles(), clock=clock, from_start=True), watcher))
    for _ in range(5):
        for source in sources:
            source.read()
        clock.advance(1)
    assert asked == {"emitters": 1}
    for source in sources:
        assert watcher.watches(source.name)
        source.close()
    assert asked == {"emitters": 1, "stop": 1}
    assert not made[0].is_alive()


def test_the_watch_of_one_of_several_directories_ends_when_the_next_is_looked_at(tmp_path: Path) -> None:
    clock = ManualClock(START_S * 1_000_000)
    asked = _CountingObserver.asked = Counter[str]()
    watcher = Watcher(lambda: None, clock, _CountingObserver)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        watcher.attend(str(tmp_path / name / "access.log"))
    watcher.forget(str(tmp_path / "one" / "access.log"))
    assert asked == {}
    watcher.attend(str(tmp_path / "two" / "access.log"))
    assert asked["unschedule"] == 1
    watcher.attend(str(tmp_path / "one" / "access.log"))
    assert watcher.watches(str(tmp_path / "one" / "access.log"))
    for name in ("one", "two"):
        watcher.forget(str(tmp_path / name / "access.log"))


def test_a_pattern_of_many_directories_is_searched_for_the_less_often_the_more_it_matches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(first: int, last: int) -> None:
        for number in range(first, last):
            (tmp_path / str(number)).mkdir()
            (tmp_path / str(number) / "access.log").touch()

    searched: list[str] = []
    search = LiveSelection._search

    def counted(selection: LiveSelection, pattern: str) -> list[str]:
        searched.append(pattern)
        return search(selection, pattern)

    monkeypatch.setattr(LiveSelection, "_search", counted)
    add(0, 20)
    monkeypatch.setattr("http_monitor.sources.path_selection._FOUND_AT_ONCE", 10)
    selection = LiveSelection([os.path.join(tmp_path, "*", "access.log")])
    assert len(selection.first()) == 20
    assert [selection.more() for _ in range(2)] == [([], []), ([], [])]
    assert len(searched) == 1
    add(20, 21)
    assert selection.more() == ([os.path.join(tmp_path, "20", "access.log")], [])
    assert len(searched) == 2
    for _ in range(6):
        selection.more()
    assert len(searched) == 4


class _Able:
    def position(self) -> None:
        return None


def test_an_ability_is_asked_of_the_class_and_told_of_the_thing() -> None:
    one, other = _Able(), _Able()
    assert able(one, Resumable) is one
    assert able(other, Resumable) is other
    assert able(one, Measuring) is None
    assert able(object(), Resumable) is None
    assert able(auto_format(), Remembering) is not None
    with pytest.raises(TypeError):
        able(one, Failing)  # it has no methods, so no class tells
