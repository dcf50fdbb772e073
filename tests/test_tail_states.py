"""Paths that are missing, denied, no files, links or second names, on every reader."""

import os
from pathlib import Path

import pytest

from http_monitor.ports.source import Chunk
from http_monitor.report import Notice
from http_monitor.sources.files.access import Files
from tests.following import Denying, Follow, append, line, lines, rotate

# States


def test_a_missing_file_is_waited_for_and_read_from_its_start(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "access.log"
    tail = follow(path, from_start=False)
    chunk = tail.tail.read()
    assert chunk == Chunk(notices=(Notice(f"{path}: missing, waiting for it", "warning", "unreadable", str(path)),))
    health = tail.tail.health()
    assert (health.waiting_for, health.waiting_since_us) == (f"{path} is missing", tail.clock.now_us())
    tail.clock.advance(5)
    assert tail.tail.read().notices == ()
    assert tail.tail.health().waiting_since_us == tail.clock.now_us() - 5_000_000
    path.write_bytes(line(1))
    assert tail.read() == line(1)
    assert tail.notices == ["found, reading it from its start"]
    health = tail.tail.health()
    assert (health.waiting_for, health.waiting_since_us) == ("", None)
    assert tail.counters == (0, False, 0, 0)


def test_a_file_that_is_missing_for_a_while_after_its_rotation(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    old = rotate(log)
    append(old, line(4))
    assert tail.read() == line(4)
    assert tail.tail.health().waiting_for == f"{log} is missing"
    tail.clock.advance(3_600)
    append(old, line(5))
    assert tail.read() == line(5)
    append(log, line(6))
    assert tail.read() == line(6)
    assert tail.notices == ["missing, waiting for it", "rotated, following the new file", "readable again"]
    assert tail.counters == (0, False, 1, 0)


def test_a_missing_directory_is_a_missing_file(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "nowhere" / "access.log"
    tail = follow(path)
    assert tail.read() == b""
    assert tail.notices == ["missing, waiting for it"]
    path.parent.mkdir()
    path.write_bytes(line(1))
    assert tail.read() == line(1)


def test_a_file_moved_away_and_back_is_read_from_its_position(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    aside = log.rename(log.with_suffix(".aside"))
    append(aside, line(4))
    assert tail.read() == line(4)
    aside.rename(log)
    append(log, line(5))
    assert tail.read() == line(5)
    assert tail.notices == ["missing, waiting for it", "readable again"]
    assert tail.counters == (0, False, 0, 0)


def test_a_directory_at_the_path_is_a_state_that_ends(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    rotate(log)
    log.mkdir()
    assert tail.read() == b""
    assert tail.notices == ["is a directory, waiting for a file"]
    assert tail.tail.health().waiting_for == f"{log} is a directory"
    log.rmdir()
    append(log, line(4))
    assert tail.read() == line(4)
    assert tail.counters == (0, False, 1, 0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_a_fifo_at_the_path_is_a_state_and_nothing_hangs(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "access.log"
    os.mkfifo(path)
    tail = follow(path)
    tail.read()
    assert tail.notices == ["not a regular file, waiting for one"]
    assert tail.tail.health().waiting_for == f"{path} is not a regular file"


def test_a_device_at_the_path_is_a_state(follow: Follow) -> None:
    tail = follow(Path(os.devnull))
    tail.read()
    assert tail.notices == ["not a regular file, waiting for one"]


def test_a_loop_of_symbolic_links_is_a_state_that_ends(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "access.log"
    path.symlink_to(path.name)
    tail = follow(path)
    tail.read()
    assert tail.notices == ["a loop of symbolic links, waiting for a file"]
    path.unlink()
    path.write_bytes(line(1))
    assert tail.read() == line(1)


def test_a_file_that_was_denied_at_the_start_is_read_from_where_it_ended_then(
    log: Path, follow: Follow, files: Files
) -> None:
    denying = Denying(files)
    denying.denied.add(str(log))
    tail = follow(log, from_start=False, files=denying)
    tail.read()
    assert tail.notices == ["permission denied, waiting for it"]
    assert tail.tail.health().waiting_for == f"{log} cannot be read (permission denied)"
    append(log, line(4))
    assert tail.read() == b""
    denying.denied.clear()
    assert tail.read() == line(4)
    assert tail.notices == ["permission denied, waiting for it", "readable again"]


def test_a_new_file_that_is_denied_for_a_while_is_read_from_its_start(log: Path, follow: Follow, files: Files) -> None:
    denying = Denying(files)
    tail = follow(log, files=denying)
    tail.read()
    old = rotate(log)
    append(log, line(5))
    denying.denied.add(str(log))
    append(old, line(4))
    assert tail.read() == line(4)
    assert tail.tail.health().lag_bytes == 100
    denying.denied.clear()
    assert tail.read() == line(5)
    assert tail.counters == (0, False, 1, 0)


def test_a_retargeted_link_is_a_rotation(tmp_path: Path, follow: Follow) -> None:
    (tmp_path / "a.log").write_bytes(line(1))
    (tmp_path / "b.log").write_bytes(line(3))
    link = tmp_path / "current.log"
    link.symlink_to("a.log")
    tail = follow(link)
    assert tail.read() == line(1)
    append(tmp_path / "a.log", line(2))
    link.unlink()
    link.symlink_to("b.log")
    assert tail.read() == lines(2, 3)
    assert tail.counters == (0, False, 1, 0)


def test_a_link_that_was_retargeted_past_a_dated_file_reads_that_one_too(tmp_path: Path, follow: Follow) -> None:
    link = tmp_path / "access.log"
    for day in range(20, 24):
        (tmp_path / f"access-2026-11-{day}.log").write_bytes(line(day))
    link.symlink_to("access-2026-11-20.log")
    tail = follow(link)
    assert tail.read() == line(20)
    link.unlink()
    link.symlink_to("access-2026-11-23.log")
    assert tail.read_to_end() == lines(21, 23)
    assert tail.counters == (0, False, 3, 0)


# One file under two names


def test_a_file_with_two_names_is_followed_once(log: Path, follow: Follow) -> None:
    other = log.with_name("other.log")
    os.link(log, other)
    first = follow(log)
    second = follow(other, claims=first.claims)
    assert first.read() == lines(1, 3)
    assert second.read() == b""
    assert second.notices == [f"the same file as {log}, which is already followed"]
    append(other, line(4))
    assert (second.read(), first.read()) == (b"", line(4))
    assert second.tail.health().waiting_for == ""


def test_the_other_name_continues_where_the_first_releases_the_file(log: Path, follow: Follow) -> None:
    other = log.with_name("other.log")
    os.link(log, other)
    first = follow(log)
    second = follow(other, claims=first.claims, clock=first.clock)
    first.read()
    second.read()
    rotate(log)
    append(log, line(5))
    assert (first.read(), second.read()) == (line(5), b"")
    first.pass_grace()
    assert (first.read(), second.read()) == (b"", b"")
    append(other, line(4))
    assert (first.read(), second.read()) == (b"", line(4))


def test_a_rotated_file_that_is_followed_by_its_own_name_too_is_read_once(log: Path, follow: Follow) -> None:
    first = follow(log)
    second = follow(log.with_name("access.log.1"), claims=first.claims, clock=first.clock)
    given = first.read() + second.read()
    append(log, line(4))
    rotate(log)
    append(log, line(5))
    given += second.read() + first.read()
    first.pass_grace()
    given += second.read() + first.read() + second.read()
    assert sorted(given.splitlines()) == sorted(lines(1, 5).splitlines())


def test_after_a_restart_a_file_with_two_names_is_still_read_once(log: Path, follow: Follow) -> None:
    other = log.with_name("other.log")
    os.link(log, other)
    first = follow(log)
    second = follow(other, claims=first.claims)
    given = first.read() + second.read()
    positions = second.kill(), first.kill()
    append(log, line(4))
    second.resume(positions[0])
    first.resume(positions[1], claims=second.claims)
    given += second.read() + first.read() + second.read()
    assert given == lines(1, 4)
