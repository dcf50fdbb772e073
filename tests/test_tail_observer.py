import errno
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.events import FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileSystemEvent
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from http_monitor.clock import ManualClock
from http_monitor.ports.source import Source
from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.tail.observer import FileObserver
from http_monitor.sources.tail.tail import FileTail
from http_monitor.sources.watching.watched_directory import WatchedDirectory
from http_monitor.sources.watching.watcher import Watcher

_PATIENCE_S = 60


class _Bench:
    """A watcher whose wake-ups are counted and can be waited for, and the observers it made."""

    def __init__(self) -> None:
        self.clock = ManualClock(1_000_000_000)
        self.woken = threading.Event()
        self.wakes = 0
        self.made: list[BaseObserver] = []
        self.refusal: OSError | None = None
        self.watcher = Watcher(self._wake, self.clock, self._new_observer)
        self.sources: list[FileObserver] = []

    def follow(self, path: Path) -> FileObserver:
        source = FileObserver(FileTail(str(path), files=LocalFiles(), clock=self.clock, from_start=True), self.watcher)
        self.sources.append(source)
        source.read()
        return source

    def wait_for_a_wake_up(self) -> None:
        assert self.woken.wait(_PATIENCE_S)
        self.woken.clear()

    def write_until_woken(self, path: Path, times: int) -> None:
        """Write one line, then another until there were this many wake-ups."""
        target = self.wakes + times
        with path.open("ab", buffering=0) as file:
            while True:
                self.woken.clear()
                file.write(b"x\n")
                self.wait_for_a_wake_up()
                if self.wakes >= target:
                    return

    def close(self) -> None:
        for source in self.sources:
            source.close()

    def _wake(self) -> None:
        self.wakes += 1
        self.woken.set()

    def _new_observer(self) -> BaseObserver:
        if self.refusal is not None:
            raise self.refusal
        self.made.append(Observer())
        return self.made[-1]


@pytest.fixture
def bench() -> Iterator[_Bench]:
    made = _Bench()
    yield made
    made.close()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"old\n")
    return path


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_an_observer_is_a_source_that_gives_what_its_tail_gives(bench: _Bench, log: Path) -> None:
    source: Source = FileObserver(
        FileTail(str(log), files=LocalFiles(), clock=bench.clock, from_start=True), bench.watcher
    )
    assert source.name == str(log)
    chunk = source.read()
    assert (chunk.data, chunk.at_end, chunk.finished, chunk.notices) == (b"old\n", True, False, ())
    assert source.health().waiting_for == ""
    source.close()


def test_an_append_wakes(bench: _Bench, log: Path) -> None:
    source = bench.follow(log)
    assert bench.watcher.watches(str(log))
    _append(log, b"new\n")
    bench.wait_for_a_wake_up()
    assert source.read().data == b"new\n"
    assert source.wants_poll_s() == 1.0


def test_a_file_that_appears_wakes(bench: _Bench, tmp_path: Path) -> None:
    source = bench.follow(tmp_path / "later.log")
    (tmp_path / "later.log").write_bytes(b"first\n")
    bench.wait_for_a_wake_up()
    assert source.read().data == b"first\n"


def test_a_rotation_wakes(bench: _Bench, log: Path) -> None:
    bench.follow(log)
    log.rename(log.with_suffix(".aside"))
    bench.wait_for_a_wake_up()


def test_neither_reading_nor_other_files_wake_the_monitor(
    bench: _Bench, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    arrived = threading.Event()
    dispatch = WatchedDirectory.dispatch

    def recorded(directory: WatchedDirectory, event: FileSystemEvent) -> None:
        dispatch(directory, event)
        events.append(Path(str(event.src_path)).name)
        if events[-1] == log.name:
            arrived.set()

    monkeypatch.setattr(WatchedDirectory, "dispatch", recorded)
    source = bench.follow(log)
    for _ in range(5):
        log.read_bytes()
        source.read()
    _append(log.parent / "error.log", b"not ours\n")
    _append(log, b"ours\n")  # events keep their order, so what came before has been dispatched when this one is
    assert arrived.wait(_PATIENCE_S)
    assert [name for name in events if name == log.name] == [log.name]
    assert "error.log" in events
    assert bench.wakes == 1


def test_a_relative_path_is_watched(bench: _Bench, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(log.parent)
    source = bench.follow(Path(log.name))
    bench.write_until_woken(log, 1)
    assert source.read().data == b"x\n"


def test_a_link_wakes_when_its_target_in_another_directory_is_written_to(bench: _Bench, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    target = tmp_path / "data" / "real.log"
    target.write_bytes(b"old\n")
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "access.log"
    link.symlink_to(target)
    source = bench.follow(link)
    bench.write_until_woken(target, 1)
    assert source.read().data == b"x\n"
    link.unlink()
    bench.wait_for_a_wake_up()
    assert source.read().data == b""


def test_files_in_several_directories_share_one_observer(bench: _Bench, tmp_path: Path) -> None:
    sources = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        sources.append(bench.follow(tmp_path / name / "access.log"))
        sources.append(bench.follow(tmp_path / name / "other.log"))
    assert len(bench.made) == 1
    sources[0].close()
    bench.write_until_woken(tmp_path / "a" / "other.log", 1)
    bench.write_until_woken(tmp_path / "b" / "access.log", 1)
    for source in sources:
        source.close()
    assert not bench.made[0].is_alive()


def test_a_burst_turns_watching_into_looking_and_quiet_turns_it_back(bench: _Bench, log: Path) -> None:
    source = bench.follow(log)
    bench.write_until_woken(log, 50)
    assert source.read().data != b""
    assert source.wants_poll_s() == 0.2
    assert not bench.watcher.watches(str(log))
    bench.clock.advance(1.9)
    _append(log, b"still busy\n")
    assert source.read().data.endswith(b"still busy\n")
    bench.clock.advance(1.9)
    source.read()
    assert source.wants_poll_s() == 0.2
    bench.clock.advance(0.1)
    source.read()
    assert source.wants_poll_s() == 1.0
    assert bench.watcher.watches(str(log))
    bench.woken.clear()
    bench.write_until_woken(log, 1)
    assert source.read().data == b"x\n"


def test_where_much_comes_the_next_look_is_sooner(bench: _Bench, log: Path) -> None:
    source = bench.follow(log)
    bench.write_until_woken(log, 50)
    source.read()
    for size, poll_s in ((256 << 10, 0.2), ((256 << 10) + 1, 0.05), (10, 0.2)):
        _append(log, b"x" * (size - 1) + b"\n")
        assert len(source.read().data) == size
        assert source.wants_poll_s() == poll_s


def test_a_clock_that_was_set_back_does_not_prolong_the_looking(bench: _Bench, log: Path) -> None:
    source = bench.follow(log)
    bench.write_until_woken(log, 50)
    source.read()
    bench.clock.advance(-3_600)
    source.read()
    assert bench.watcher.watches(str(log))


@pytest.mark.parametrize(
    ("events", "seconds", "bursts"), [(49, 0.5, False), (50, 0.5, True), (99, 2.0, False), (100, 2.0, True)]
)
def test_a_burst_is_fifty_events_a_second(events: int, seconds: float, bursts: bool) -> None:
    directory = WatchedDirectory("/var/log", lambda: None)
    directory.begin_count(0)
    for _ in range(events):
        directory.dispatch(FileModifiedEvent("/var/log/anything"))
    assert directory.bursts(round(seconds * 1_000_000)) is bursts


def test_events_of_seconds_gone_by_make_no_burst() -> None:
    directory = WatchedDirectory("/var/log", lambda: None)
    directory.begin_count(0)
    for second in range(5):
        for _ in range(40):
            directory.dispatch(FileModifiedEvent("/var/log/anything"))
        assert not directory.bursts((second + 1) * 1_000_000)


@pytest.mark.parametrize(
    ("name", "wakes"), [("access.log", 1), ("access.log.1", 1), ("access", 0), ("error.log", 0), ("my-access.log", 0)]
)
def test_a_file_and_what_it_is_renamed_to_wake(name: str, wakes: int) -> None:
    woken: list[str] = []
    directory = WatchedDirectory("/var/log", lambda: woken.append(name))
    directory.names = {"access.log": 1}
    directory.dispatch(FileModifiedEvent(f"/var/log/{name}"))
    assert len(woken) == wakes


def test_names_that_nobody_follows_yet_are_kept_if_they_are_wanted_and_not_renamed_to_such() -> None:
    directory = WatchedDirectory("/var/log", lambda: None, lambda path, name: path == "/var/log" and "new" in name)
    directory.names = {"access.log": 1, "new.log": 1}
    for name in ("access.log", "new.log", "new1.log", "new2.log", "new3.log", "new4.log", "other.log"):
        directory.dispatch(FileCreatedEvent(f"/var/log/{name}"))
    directory.dispatch(FileMovedEvent("/var/log/new1.log", "/var/log/access.log"))
    directory.dispatch(FileMovedEvent("/var/log/new2.log", "/var/log/new9.log"))
    directory.dispatch(FileMovedEvent("/var/log/new3.log", "/var/log/elsewhere"))
    directory.dispatch(FileModifiedEvent("/var/log/new5.log"))

    assert directory.came == {"new3.log", "new4.log"}


def test_a_wake_up_that_fails_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("a defect")

    directory = WatchedDirectory("/var/log", fail)
    directory.names = {"access.log": 1}
    for _ in range(3):
        directory.dispatch(FileModifiedEvent(b"/var/log/access.log"))
    assert len(caplog.records) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_observer_is_restarted_and_counted_once(bench: _Bench, log: Path) -> None:
    source, other = bench.follow(log), bench.follow(log.parent / "other.log")
    dead = bench.made[0]
    dead.event_queue.put(None)  # not an event: the observer's thread fails on it
    dead.join(_PATIENCE_S)
    assert not dead.is_alive()
    source.read()
    other.read()
    assert (source.health().observer_restarts, other.health().observer_restarts) == (1, 0)
    bench.woken.clear()
    bench.write_until_woken(log, 1)
    bench.write_until_woken(log.parent / "other.log", 1)
    assert source.read().data == b"x\n"
    assert len(bench.made) == 2


def test_a_missing_directory_is_waited_for(bench: _Bench, tmp_path: Path) -> None:
    path = tmp_path / "nginx" / "access.log"
    source = bench.follow(path)
    assert not bench.watcher.watches(str(path))
    assert source.wants_poll_s() == 1.0
    path.parent.mkdir()
    source.read()
    assert bench.watcher.watches(str(path))
    bench.write_until_woken(path, 1)
    assert source.read().data == b"x\n"


def test_a_directory_that_was_replaced_is_watched_anew(bench: _Bench, tmp_path: Path) -> None:
    path = tmp_path / "nginx" / "access.log"
    path.parent.mkdir()
    source = bench.follow(path)
    path.parent.rename(tmp_path / "aside")
    path.parent.mkdir()
    source.read()
    bench.write_until_woken(path, 1)
    assert source.read().data == b"x\n"
    assert source.health().observer_restarts == 0


def test_a_directory_that_was_deleted_and_made_again_is_watched_anew(bench: _Bench, tmp_path: Path) -> None:
    path = tmp_path / "nginx" / "access.log"
    path.parent.mkdir()
    source = bench.follow(path)
    (emitter,) = bench.made[0].emitters
    path.parent.rmdir()
    emitter.join(_PATIENCE_S)  # its end is what tells, where the inode is used again
    path.parent.mkdir()
    source.read()
    bench.write_until_woken(path, 1)
    assert source.read().data == b"x\n"
    assert source.health().observer_restarts == 0


def test_where_nothing_can_be_watched_it_looks_and_says_so_once(bench: _Bench, log: Path) -> None:
    bench.refusal = OSError(errno.EMFILE, "inotify instance limit reached")
    source = FileObserver(FileTail(str(log), files=LocalFiles(), clock=bench.clock, from_start=True), bench.watcher)
    chunk = source.read()
    assert chunk.data == b"old\n"
    assert [(notice.text, notice.level) for notice in chunk.notices] == [
        (
            f"{log.parent}: cannot be watched (inotify instance limit reached), checking five times a second",
            "warning",
        )
    ]
    assert source.wants_poll_s() == 0.2
    for _ in range(3):
        bench.clock.advance(9)
        _append(log, b"new\n")
        chunk = source.read()
        assert (chunk.data, chunk.notices) == (b"new\n", ())
    bench.refusal = None
    bench.clock.advance(10)
    source.read()
    assert source.wants_poll_s() == 1.0
    assert bench.watcher.watches(str(log))
    source.close()


def test_only_the_observer_imports_watchdog() -> None:
    modules = "files.gzip_stream, files.line_cutter, files.regular_file, path_selection, replay, stdin, tail.tail"
    imports = "; ".join(f"import http_monitor.sources.{module}" for module in modules.split(", "))
    code = f"import sys; {imports}; print('watchdog' in sys.modules)"
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_events_that_are_lost_lose_no_lines(bench: _Bench, log: Path) -> None:
    source = bench.follow(log)
    for observer in bench.made:
        observer.unschedule_all()  # like a queue that overflowed: there are no events, and no error
    with log.open("ab") as file:
        file.write(b"one\ntwo\n")
    assert source.wants_poll_s() <= 1.0
    assert source.read().data == b"one\ntwo\n"
