"""Lines that can no longer be read, with every reader: exactly those are missing, and reported as far as possible."""

import gzip
import lzma
import os
import shutil
from pathlib import Path

import pytest

from http_monitor.sources.tail import file_chain
from tests.following import Follow, append, line, lines, rotate


def test_what_was_written_and_truncated_between_two_looks_without_a_copy(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    append(log, line(4))
    os.truncate(log, 0)
    append(log, line(5))
    assert tail.read_to_end() == line(5)
    assert tail.counters == (0, True, 0, 1)


def test_what_was_written_between_the_copy_and_the_truncation(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    append(log, line(4))
    shutil.copy2(log, log.with_name("access.log.1"))
    append(log, line(5))
    os.truncate(log, 0)
    append(log, line(6))
    assert tail.read_to_end() == line(4) + line(6)
    assert tail.counters == (0, True, 0, 1)


def test_what_was_compressed_by_something_else_between_two_looks(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=250)
    assert tail.read() == lines(1, 2)
    position = tail.kill()
    append(log, line(4))
    archive = log.with_name("access.log.1.xz")
    archive.write_bytes(lzma.compress(log.read_bytes()))
    log.with_name("new").write_bytes(line(5))
    log.with_name("new").replace(log)
    tail.resume(position)
    assert tail.read_to_end() == line(5)
    # The third line had been seen, the fourth not.
    assert tail.counters[:2] == (100, True)
    assert f"{archive} cannot be read, its lines are lost" in tail.notices


def test_what_came_and_went_at_the_path_between_two_looks(log: Path, follow: Follow, way: str) -> None:
    tail = follow(log)
    tail.read()
    for number in (4, 5):
        log.with_name(f"new-{number}").write_bytes(line(number))
    for number in (4, 5):
        log.with_name(f"new-{number}").replace(log)
    assert tail.read_to_end() == line(5)
    # To a descriptor nothing tells that there was anything; commands miss the first file.
    assert tail.counters == (0, way == "wc-tail", 1, 0)


def test_what_a_rotation_that_counts_upwards_named_as_if_it_were_older(log: Path, follow: Follow) -> None:
    tail = follow(log)
    assert tail.read() == lines(1, 3)
    position = tail.kill()
    now_s = log.stat().st_mtime
    append(log, line(4))
    for number in (1, 2):
        older = log.with_name(f"access.log.{number}")
        log.rename(older)
        os.utime(older, (now_s, now_s + 60 * number))
        append(log, line(4 + number))
    tail.resume(position)

    given = tail.read_to_end()

    assert given == line(4) + line(6)
    assert tail.counters == (0, True, 1, 0)


def test_what_a_link_led_to_between_the_last_checkpoint_and_a_kill(tmp_path: Path, follow: Follow) -> None:
    link = tmp_path / "current"
    for name, number in (("red", 1), ("green", 2), ("blue", 3)):
        (tmp_path / name).write_bytes(line(number))
    link.symlink_to("red")
    tail = follow(link)
    assert tail.read() == line(1)
    position = tail.kill()
    for name in ("green", "blue"):
        link.unlink()
        link.symlink_to(name)
    tail.resume(position)
    assert tail.read_to_end() == line(3)
    assert tail.counters == (0, False, 1, 0)


def test_a_copy_with_less_than_64_bytes_known_before_a_restart(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "tiny.log"
    path.write_bytes(b"a\nb\n")
    tail = follow(path, read_bytes=2)
    assert tail.read() == b"a\n"
    position = tail.kill()
    append(path, b"c\n")
    shutil.copy2(path, path.with_name("tiny.log.1"))
    os.truncate(path, 0)
    append(path, b"d\n")
    tail.resume(position)
    # The copy is not known as one, and is read whole; what had been seen of the log and not read is lost.
    assert tail.read_to_end() == b"a\nb\nc\nd\n"
    assert tail.counters[:2] == (2, True)


def test_a_writer_on_a_file_older_than_the_last_sixteen_that_were_let_go(
    log: Path, follow: Follow, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 16
    if way == "wc-tail":  # sixteen take thousands of commands
        most = 5
        monkeypatch.setattr(file_chain, "_MAX_RESTED", most)
    tail = follow(log)
    given = tail.read()
    for number in range(4, most + 5):
        rotate(log)
        append(log, line(number))
        given += tail.read()
        tail.pass_grace()
        given += tail.read()
    assert given == lines(1, most + 4)
    append(log.with_name(f"access.log.{most + 1}"), line(30))
    append(log.with_name(f"access.log.{most}"), line(31))
    tail.pass_grace()
    assert tail.read_to_end() == line(31)
    assert tail.counters == (0, False, most + 1, 0)


def test_a_log_that_was_empty_before_a_restart_and_is_an_archive_after_it_is_read_all_the_same(
    log: Path, follow: Follow
) -> None:
    log.write_bytes(b"")
    tail = follow(log)
    assert tail.read() == b""
    position = tail.kill()
    log.with_name("access.log.2.gz").write_bytes(gzip.compress(line(1)))
    log.with_name("access.log.1").write_bytes(line(2))
    (log.parent / "elsewhere").mkdir()
    log.rename(log.parent / "elsewhere" / "kept")  # as good as deleted, but no other file gets its inode
    append(log, line(3))
    tail.resume(position)
    assert tail.read_to_end() == lines(1, 3)
    # Nothing was known of it by which the archive could be told: it may have held more.
    assert tail.counters[:2] == (0, True)
