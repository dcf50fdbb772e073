"""What came and went at a path between two looks is told where the directory reports it, and nowhere else."""

import os
from pathlib import Path

import pytest
from watchdog.events import FileCreatedEvent

from http_monitor.clock import ManualClock
from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.tail.observer import FileObserver
from http_monitor.sources.tail.tail import FileTail
from http_monitor.sources.watching.unseen_files import UnseenFiles
from http_monitor.sources.watching.watcher import Watcher
from tests.following import line


class _Reported:
    """A log whose directory reports what the test says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = ManualClock(1_700_000_000_000_000)
        self.watcher = Watcher(lambda: None, self.clock)
        path.write_bytes(line(0))
        tail = FileTail(str(path), files=LocalFiles(), clock=self.clock, from_start=True)
        self.source = FileObserver(tail, self.watcher)
        self.rest()

    def look(self) -> bool:
        self.source.read()
        self.source.read()
        return self.source.health().maybe_lost

    def rest(self) -> bool:
        """Look for three seconds at which nothing happens."""
        told = False
        for _ in range(3):
            self.clock.advance(1)
            told = self.look()
        return told

    def report(self) -> None:
        """Report that a file was made at the path; the observer itself is too slow for a test."""
        (directory,) = self.watcher._directories.values()
        directory.dispatch(FileCreatedEvent(str(self.path)))

    def replace(self, *, reported: bool = True) -> None:
        """Delete the log and make another."""
        self.path.unlink()
        self.path.write_bytes(line(1))
        if reported:
            self.report()


@pytest.fixture
def reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Reported:
    made = _Reported(tmp_path / "access.log")
    # From here on only the test reports.
    assert made.watcher._observer is not None
    (emitter,) = made.watcher._observer.emitters
    monkeypatch.setattr(emitter, "queue_event", lambda event: None)
    return made


def test_what_was_made_and_deleted_unread_may_be_lost(reported: _Reported) -> None:
    reported.replace()
    reported.replace()
    assert reported.look()


def test_it_is_told_too_where_the_report_comes_after_the_look(reported: _Reported) -> None:
    reported.replace(reported=False)
    reported.replace(reported=False)
    assert not reported.look()
    reported.report()
    assert not reported.look()
    reported.report()
    assert reported.look()


def test_a_log_that_came_and_went_while_there_was_none_may_be_lost(reported: _Reported) -> None:
    reported.path.unlink()
    reported.rest()
    reported.path.write_bytes(line(1))
    reported.report()
    reported.path.unlink()
    assert reported.look()


@pytest.mark.parametrize("late", [False, True])
def test_files_that_were_found_are_not_lost(reported: _Reported, late: bool) -> None:
    for _ in range(3):
        reported.replace(reported=not late)
        assert not reported.look()
        if late:
            reported.report()
        assert not reported.look()
    assert not reported.rest()


def test_rotations_between_two_looks_are_not_lost(reported: _Reported) -> None:
    for number in range(2):
        if number:
            os.rename(f"{reported.path}.1", f"{reported.path}.2")
        os.rename(reported.path, f"{reported.path}.1")
        reported.path.write_bytes(line(number + 1))
        reported.report()
    assert not reported.look()
    assert not reported.rest()


def test_what_is_never_reported_shows_nothing_and_hides_nothing_later(reported: _Reported) -> None:
    reported.replace(reported=False)
    assert not reported.rest()
    reported.replace()
    reported.replace()
    assert reported.look()


def test_counts_that_are_not_known_show_nothing() -> None:
    unseen = UnseenFiles()
    assert not unseen.look(0, 1, 0)
    assert not unseen.look(0, 1, 3_000_000)
    assert not unseen.look(9, None, 3_000_001)
    assert not unseen.look(9, 1, 3_000_002)
    assert not unseen.look(10, 1, 4_000_000)
    assert not unseen.look(10, 1, 5_000_000)
    assert unseen.look(11, 1, 6_000_000)
    assert not unseen.look(11, 1, 6_000_001)


@pytest.mark.parametrize("pause_s", [3, 60])
def test_a_report_that_is_late_since_the_process_got_no_time_shows_nothing(pause_s: int) -> None:
    unseen = UnseenFiles()
    for second in range(4):
        assert not unseen.look(0, 1, second * 1_000_000)
    # A new file is found; then nothing of this process runs, the thread that hears of the file neither.
    assert not unseen.look(0, 2, 3_100_000)
    assert not unseen.look(0, 2, 3_100_000 + pause_s * 1_000_000)
    assert not unseen.look(1, 2, 3_200_000 + pause_s * 1_000_000)
