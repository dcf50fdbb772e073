"""What was seen at a path and could not be opened, for want of descriptors or permission: read later, or counted."""

import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from http_monitor.clock import ManualClock
from http_monitor.sources.files.access import Files, FileStatus, Handle, LocalFiles
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.tail.claims import Claims
from tests.following import GRACE_S, Denying, Follow, Following, append, compress, line, lines, rotate
from tests.program import Json, Program, lines_now

Put = Callable[[Path, bytes], None]
_CROWDED = "too many files are open, waiting to open it"


def put(path: Path, data: bytes) -> None:
    """Put a new file in the place of one, which is deleted by that."""
    new = path.with_name("new")
    new.write_bytes(data)
    new.rename(path)


def _bar(tail: Following, *, crowded: bool = False) -> Denying:
    """Let what stands at the path be looked at, and not opened."""
    assert isinstance(tail.files, Denying)
    tail.files.crowded = crowded
    if not crowded:
        tail.files.denied.add(str(tail.path))
    return tail.files


def _begin_barred(follow: Follow, log: Path, files: Files, *, crowded: bool = False) -> tuple[Following, Denying]:
    """Read the log to its end, and then let nothing more be opened at its path."""
    tail = follow(log, files=Denying(files))
    tail.read()
    return tail, _bar(tail, crowded=crowded)


# Read later


@pytest.mark.parametrize("crowded", [False, True])
def test_files_that_were_not_opened_at_the_path_are_read_where_rotation_has_put_them(
    log: Path, follow: Follow, files: Files, crowded: bool
) -> None:
    tail, bar = _begin_barred(follow, log, files, crowded=crowded)
    for number in (4, 5):
        rotate(log)
        append(log, line(number))
        assert tail.read() == b""
    assert tail.tail.health().lag_bytes == 100
    bar.clear()
    assert tail.read_to_end() == lines(4, 5)
    assert tail.counters == (0, False, 2, 0)


def test_what_is_open_is_read_on_while_nothing_more_can_be_opened(log: Path, follow: Follow, files: Files) -> None:
    tail, bar = _begin_barred(follow, log, files, crowded=True)
    append(log, line(4))
    assert tail.read() == line(4)
    assert tail.notices == []
    old = rotate(log)
    append(old, line(5))
    append(log, line(6))
    assert tail.read() == line(5)
    health = tail.tail.health()
    assert (health.waiting_for, health.lag_bytes) == (f"{log} cannot be opened (too many files are open)", 100)
    assert tail.notices == [_CROWDED]
    bar.clear()
    assert tail.read() == line(6)
    assert tail.notices[1:] == ["rotated, following the new file", "readable again"]
    assert tail.counters == (0, False, 1, 0)


def test_a_renamed_file_that_is_idle_makes_room_for_the_one_at_the_path(log: Path, follow: Follow) -> None:
    class Scarce(LocalFiles):
        """There is room for one."""

        def has_room(self, spare: int) -> bool:
            return not tail.tail._chain.followed

    tail = follow(log, files=Scarce())
    tail.read()
    old = rotate(log)
    append(log, line(4))
    assert tail.read() == b""
    tail.clock.advance(GRACE_S - 1)
    append(old, line(5))
    assert tail.read() == line(5)
    tail.clock.advance(GRACE_S - 1)
    assert tail.read() == b""
    tail.clock.advance(1)
    assert tail.read() == b"", "the old one is let go at the end of a look"
    assert tail.read() == line(4)
    assert tail.counters == (0, False, 1, 0)


def test_a_file_that_was_announced_and_renamed_before_it_could_be_opened_is_read(
    log: Path, follow: Follow, files: Files
) -> None:
    tail = follow(log, files=Denying(files), from_start=False, seen=True)
    bar = _bar(tail)
    append(log, line(4))
    assert tail.read() == b""
    assert tail.tail.health().lag_bytes == 100
    rotate(log)
    append(log, line(5))
    assert tail.read() == b""
    bar.clear()
    assert tail.read_to_end() == lines(4, 5)
    assert tail.counters == (0, False, 1, 0)


def test_an_archive_of_a_file_that_was_never_opened_is_read_and_nothing_counts_as_lost(
    log: Path, follow: Follow, files: Files
) -> None:
    tail, bar = _begin_barred(follow, log, files)
    rotate(log)
    append(log, line(4))
    assert tail.read() == b""
    compress(rotate(log))
    append(log, line(5))
    assert tail.read() == b""
    bar.clear()
    assert tail.read_to_end() == lines(4, 5)
    assert tail.counters == (0, False, 2, 0)


# Gone


def test_files_that_went_before_they_could_be_opened_are_lost_as_far_as_they_were_seen(
    log: Path, follow: Follow
) -> None:
    tail, bar = _begin_barred(follow, log, LocalFiles())
    put(log, line(4))
    tail.read()
    append(log, line(5))
    tail.read()
    put(log, line(6))
    tail.read()
    assert tail.counters == (0, False, 0, 0), "it may still be beside"
    bar.clear()
    assert tail.read_to_end() == line(6)
    assert tail.counters[:2] == (200, True)
    assert "a file of 200 bytes was gone before it could be opened, and its lines are lost" in tail.notices
    append(log, line(7))
    assert tail.read() == line(7)
    assert tail.counters[:2] == (200, True)


def test_a_file_that_went_and_left_nothing_at_the_path_is_lost(log: Path, follow: Follow, files: Files) -> None:
    tail, bar = _begin_barred(follow, log, files)
    put(log, line(4))
    tail.read()
    log.unlink()
    bar.clear()
    assert tail.read() == b""
    assert tail.counters[:2] == (100, True)


def test_what_was_announced_grew_and_went_before_it_could_be_opened_is_lost(
    log: Path, follow: Follow, files: Files
) -> None:
    tail = follow(log, files=Denying(files), from_start=False, seen=True)
    bar = _bar(tail)
    append(log, lines(4, 6))
    tail.read()
    put(log, line(7))
    bar.clear()
    assert tail.read_to_end() == line(7)
    assert tail.counters[:2] == (300, True)


def test_a_file_that_changed_before_it_could_be_opened_may_have_lost_lines(
    log: Path, follow: Follow, files: Files
) -> None:
    tail, bar = _begin_barred(follow, log, files)
    put(log, lines(4, 5))
    tail.read()
    log.write_bytes(line(6))
    tail.read()
    assert tail.counters == (0, True, 0, 0)
    assert tail.notices[-1] == "a file changed before it could be opened, lines may be lost"
    bar.clear()
    assert tail.read_to_end() == line(6)


def test_an_inode_that_comes_back_changed_is_taken_for_another_file(log: Path, follow: Follow, files: Files) -> None:
    tail, bar = _begin_barred(follow, log, files)
    put(log, line(4))
    tail.read()
    first = log.rename(log.with_name("aside"))
    put(log, line(5))
    tail.read()
    append(first, line(6))
    first.rename(log)
    tail.read()
    assert tail.counters[:2] == (0, True)
    bar.clear()
    assert tail.read_to_end() == line(4) + line(6)
    assert tail.counters[:2] == (100, True)


def test_what_stood_at_the_path_for_the_moment_between_look_and_open_is_lost(log: Path, follow: Follow) -> None:
    class Late(LocalFiles):
        """Somebody is quicker than we are, once."""

        turns = 2

        def open(self, path: str) -> tuple[Handle, FileStatus] | Obstacle:
            self.turns -= 1
            if not self.turns:
                put(log, line(5))
            return super().open(path)

    tail = follow(log, files=Late())
    tail.read()
    put(log, line(4))
    assert tail.read_to_end() == line(5)
    assert tail.counters[:2] == (100, True)


def test_a_file_that_could_not_be_opened_and_came_to_another_path_is_read_there(log: Path) -> None:
    claims, denying = Claims(), Denying(LocalFiles())
    clock = ManualClock(1_700_000_000_000_000)
    one = Following(log, denying, claims=claims, clock=clock)
    other = Following(log.with_name("other.log"), denying, claims=claims, clock=clock)
    one.read()
    other.read()
    bar = _bar(one)
    put(log, line(4))
    one.read()
    log.rename(other.path)
    put(log, line(5))
    assert other.read() == line(4)
    bar.clear()
    assert one.read_to_end() == line(5)
    assert one.counters[:2] == other.counters[:2] == (0, False)
    one.close()
    other.close()


# Restarts


def test_a_restart_remembers_what_could_not_be_opened(log: Path, follow: Follow) -> None:
    tail, bar = _begin_barred(follow, log, LocalFiles())
    for number in (4, 5):
        put(log, lines(number, 2 * number))
        tail.read()
    position = tail.kill()
    assert [(file.size, file.offset) for file in position.unopened] == [(500, 0), (600, 0)]
    bar.clear()
    rotate(log)
    append(log, line(11))
    tail.resume(position)
    assert tail.read_to_end() == lines(5, 11)
    assert tail.counters[:2] == (500, True)


def test_what_could_not_be_opened_and_grows_on_is_the_same_file_after_a_restart(
    log: Path, follow: Follow, files: Files
) -> None:
    tail, bar = _begin_barred(follow, log, files)
    put(log, line(4))
    tail.read()
    position = tail.kill()
    append(log, line(5))
    tail.resume(position)
    tail.read()
    assert tail.counters[:2] == (0, tail.counters[1])
    bar.clear()
    assert tail.read_to_end() == lines(4, 5)
    assert not any("changed before" in words for words in tail.notices)


def test_what_was_measured_at_the_end_of_a_run_is_lost_when_it_is_gone_at_the_next(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    append(log, lines(4, 5))
    tail.tail.measure()
    assert tail.tail.health().lag_bytes == 200
    position = tail.kill()
    put(log, line(6))
    tail.resume(position)
    assert tail.read_to_end() == line(6)
    assert tail.counters[:2] == (200, True)


def test_a_file_that_nobody_opened_is_not_taken_for_one_of_another_path_with_its_inode(tmp_path: Path) -> None:
    first, second = tmp_path / "site1.log", tmp_path / "site2.log"
    first.write_bytes(line(1))
    tail = Following(first, LocalFiles(), seen=True)
    position = tail.kill()
    first.rename(second)  # as a new file would have the inode of one that is deleted
    tail.resume(position)
    assert tail.read() == b""
    assert tail.counters[:2] == (100, True)
    tail.close()


# Room


def test_there_is_room_while_the_next_descriptor_leaves_enough_others(monkeypatch: pytest.MonkeyPatch) -> None:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    files = LocalFiles()
    for limit, has_room in [(descriptor + 8, False), (descriptor + 9, True), (resource.RLIM_INFINITY, True)]:
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit=limit: (limit, resource.RLIM_INFINITY))
        assert files.has_room(8) is has_room


@pytest.mark.parametrize(("code", "has_room"), [(errno.EMFILE, False), (errno.ENFILE, False), (errno.ENOENT, True)])
def test_there_is_none_where_nothing_can_be_opened(monkeypatch: pytest.MonkeyPatch, code: int, has_room: bool) -> None:
    def refuse(*given: Any) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", refuse)
    assert LocalFiles().has_room(0) is has_room


def test_with_few_descriptors_every_byte_is_counted_or_accounted_for(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    paths = [logs / f"site{number:02}.log" for number in range(40)]
    for path in paths:
        path.touch()
    size = len(lines_now(1))
    quick = ("--output", "ndjson", "--interval", "1", "--window", "2", "--lateness", "0")
    arguments = ("--file", str(logs / "*.log"), "--state-dir", str(tmp_path / "state"), *quick)

    def until(program: Program, is_enough: Callable[[int, float, float], bool]) -> int:
        """Read reports up to one whose accepted lines, lines to be read and lost lines are enough."""

        def is_wanted(said: Json) -> bool:
            health = said.get("health", {})
            return said["type"] == "report" and is_enough(
                health["accepted"], health["lag_bytes"] / size, health["lost_bytes"] / size
            )

        return int(program.object(is_wanted)["health"]["accepted"])

    with Program(*arguments, behind=("sh", "-c", 'ulimit -n 40 && exec "$@"', "sh")) as program:
        program.report()
        for path in paths:
            append(path, lines_now(2))
        read = until(program, lambda accepted, lag, _: accepted + lag >= 80)
        assert 0 < read < 80
        for path in paths[::2]:
            put(path, lines_now(3))
        for path in paths[1::2]:
            rotate(path)
            append(path, lines_now(3))
        until(program, lambda accepted, lag, _: accepted - read + lag >= 120)
        outcome = program.stop()
    assert (outcome.code, outcome.err.count(b"Traceback")) == (0, 0)
    assert outcome.err.count(_CROWDED.encode()) > 0
    with Program(*arguments) as program:
        until(program, lambda accepted, lag, lost: not lag and accepted + lost >= 200)
        health = program.stop().objects[-1]["health"]
    assert health["accepted"] * size + health["lost_bytes"] == 200 * size
    assert health["lost_bytes"] > 0
    assert health["maybe_lost"]
