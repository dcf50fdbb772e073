"""A thousand logs at which nothing happens cost next to nothing, and none of them is looked at less for that."""

import os
from pathlib import Path
from typing import Any

import pytest

from http_monitor.clock import ManualClock
from http_monitor.ports import UNCHANGED
from http_monitor.sources.files import LocalFiles
from http_monitor.sources.observer import FileObserver, Watcher
from tests.following import WAYS, Follow, Following, append, line, rotate


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
