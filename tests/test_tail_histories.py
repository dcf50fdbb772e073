"""Cases that random histories of log files found, on every reader: lines written are lines given, or the exact loss."""

import os
from dataclasses import replace
from pathlib import Path

from http_monitor.sources.files.access import Files, LocalFiles
from tests.following import Denying, Follow, Following, append, compress, copytruncate, line, lines, rotate


def follow_to_an_empty_log(log: Path, follow: Follow) -> Following:
    """Follow a log until it has been rotated and nothing stands in the new one yet."""
    tail = follow(log)
    tail.read()
    rotate(log)
    append(log, b"")
    tail.read()
    return tail


def test_an_archive_of_a_small_file_to_which_more_was_written_is_not_read_again(
    log: Path, follow: Follow, files: Files
) -> None:
    log.write_bytes(b"")
    tail = follow(log)
    tail.read()
    with log.open("ab") as server:
        old = rotate(log)
        server.write(line(1))
        server.flush()
        compress(old)
        server.write(line(2))
    # Only a descriptor leads to what was written after the archive was made.
    assert tail.read_to_end() == (lines(1, 2) if isinstance(files, LocalFiles) else line(1))


def test_a_copy_that_was_cut_off_is_not_taken_for_another_log(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    copy = copytruncate(log)
    os.truncate(copy, len(lines(1, 2)))
    assert tail.read_to_end() == b""
    tail.restart()
    copy.rename(log.with_name("access.log.2"))
    copytruncate(log)
    assert tail.read_to_end() == b""
    append(log, line(5))
    assert tail.read_to_end() == line(5)


def test_an_archive_of_a_released_file_is_not_read_when_another_such_file_grows(log: Path, follow: Follow) -> None:
    tail = follow_to_an_empty_log(log, follow)
    rotate(log)
    append(log, line(4))
    for name in ("access.log.1", "access.log.2"):
        os.utime(log.with_name(name), ns=(0, 10**18))
    assert tail.read_to_end() == line(4)
    tail.pass_grace()
    assert tail.read() == b""
    compress(log.with_name("access.log.2"))
    tail.pass_grace()
    assert tail.read() == b""
    append(log.with_name("access.log.1"), line(5))
    tail.pass_grace()
    assert tail.read_to_end() == line(5)
    assert tail.counters == (0, False, 2, 0)


def test_what_was_added_after_the_grace_to_a_file_that_is_an_archive_by_now_is_read(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    old = rotate(log)
    append(log, line(4))
    tail.read()
    tail.pass_grace()
    assert tail.read() == b""
    append(old, line(5))
    compress(old)
    tail.pass_grace()
    assert tail.read_to_end() == line(5)
    tail.restart()
    assert tail.read_to_end() == b""
    assert tail.counters == (0, False, 1, 0)


def test_what_a_copy_lacks_is_lost_after_a_restart_too(log: Path, follow: Follow) -> None:
    append(log, lines(4, 30))
    tail = follow(log, read_bytes=200)
    data = tail.read()
    copy = copytruncate(log)
    os.truncate(copy, len(lines(1, 20)))
    data += tail.read()
    tail.restart()
    assert data + tail.read_to_end() == lines(1, 20)
    assert tail.counters == (len(lines(21, 30)), True, 0, 1)


def test_the_rest_of_a_released_line_is_lost_after_two_restarts_too(log: Path, follow: Follow) -> None:
    append(log, b"half")
    tail = follow(log)
    tail.read()
    old = rotate(log)
    append(log, line(4))
    tail.read()
    tail.pass_grace()
    assert tail.read() == b"half\n"
    for _ in range(2):
        tail.restart()
        assert tail.read() == b""
    append(old, b" and half\n" + line(5))
    tail.pass_grace()
    assert tail.read_to_end() == line(5)
    assert tail.counters == (len(b" and half\n"), False, 1, 0)


def test_files_of_a_downtime_come_after_those_that_were_known_before_it(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    rotate(log)
    append(log, line(4))
    tail.read()
    position = tail.kill()
    append(log, line(5))
    compress(log.with_name("access.log.1")).rename(log.with_name("access.log.3.gz"))
    log.rename(log.with_name("access.log.2"))
    append(log, line(6))
    newer = log.rename(log.with_name("access.log.1"))
    append(log, line(7))
    reused = replace(position.files[0], inode=newer.stat().st_ino)
    tail.resume(replace(position, files=(reused, position.files[1])))
    assert tail.read_to_end() == lines(5, 7)


def test_what_is_rewritten_within_the_granularity_of_the_clock_after_a_truncation_is_seen(
    log: Path, follow: Follow
) -> None:
    tail = follow(log)
    for _ in range(3):
        tail.read()
        tail.clock.advance(1)
    for first in (4, 6):
        log.write_bytes(lines(first, first + 1))
        os.utime(log, ns=(0, 10**18))
        assert tail.read_to_end() == lines(first, first + 1)
    assert tail.counters == (0, True, 0, 2)


def test_an_archive_that_is_deleted_while_it_is_read(log: Path, follow: Follow, files: Files) -> None:
    tail = follow(log, read_bytes=120)
    assert tail.read() == line(1)
    archive = compress(rotate(log))
    data = tail.read()
    archive.unlink()
    data += tail.read_to_end()
    if isinstance(files, LocalFiles):
        assert data == lines(2, 3)
        assert tail.counters == (0, False, 0, 0)
    else:
        # Read were 40 bytes of the third line, 60 were not.
        assert data == line(2)
        assert tail.counters == (60 + 40, True, 0, 0)


def test_the_beginning_of_a_line_whose_rest_is_known_to_be_lost_is_no_line(
    log: Path, follow: Follow, files: Files
) -> None:
    tail = follow(log, read_bytes=150)
    assert tail.read() == line(1)
    log.unlink()
    if isinstance(files, LocalFiles):
        assert tail.read_to_end() == lines(2, 3)
        assert tail.counters == (0, False, 0, 0)
    else:
        assert tail.read_to_end() == b""
        assert tail.counters == (len(lines(2, 3)), True, 0, 0)


def test_another_log_with_the_inode_of_a_deleted_one_is_not_read(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    log.unlink()
    for number in range(10):  # one of them may get the inode, which not every file system uses again
        log.with_name(f"other-{number}.log").write_bytes(lines(7, 9))
    assert tail.read_to_end() == b""
    append(log, line(10))
    assert tail.read_to_end() == line(10)


def test_a_truncation_after_a_restart_loses_no_more_than_was_seen_of_what_is_there(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    tail.restart()
    for number in (4, 5):
        log.write_bytes(line(number))
        assert tail.read_to_end() == line(number)
        os.truncate(log, 0)
        assert tail.read_to_end() == b""
    assert tail.counters == (0, True, 0, 3)


def test_what_was_truncated_after_a_restart_and_then_deleted_is_not_lost_again(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    tail.restart()
    assert tail.read() == b""
    log.write_bytes(line(4))
    assert tail.read_to_end() == line(4)
    log.unlink()
    assert tail.read_to_end() == b""
    assert tail.tail.health().lost_bytes == 0


def test_an_archive_with_the_inode_of_an_empty_file_is_another_file(log: Path, follow: Follow) -> None:
    tail = follow_to_an_empty_log(log, follow)
    position = tail.kill()
    archive = compress(log.with_name("access.log.1"))
    append(log, line(4))
    reused = replace(position.files[1], inode=archive.stat().st_ino)
    tail.resume(replace(position, files=(position.files[0], reused)))
    assert tail.read_to_end() == line(4)


def test_a_file_at_a_link_with_the_inode_of_an_empty_one_is_another(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "access.log"
    dated = [tmp_path / f"access-2026-11-{day}.log" for day in (21, 22, 23)]
    dated[0].touch()
    path.symlink_to(dated[0])
    tail = follow(path)
    tail.read()
    position = tail.kill()
    dated[0].unlink()
    dated[1].write_bytes(lines(1, 3))
    dated[2].write_bytes(line(4))
    path.unlink()
    path.symlink_to(dated[2])
    reused = replace(position.files[0], inode=dated[2].stat().st_ino)
    tail.resume(replace(position, files=(reused,)))
    assert tail.read_to_end() == lines(1, 4)


def test_successors_of_a_file_that_left_a_barred_path_are_no_copies_of_it(
    log: Path, follow: Follow, files: Files
) -> None:
    denying = Denying(files)
    log.write_bytes(b"")
    tail = follow(log, files=denying)
    tail.read()
    denying.denied.add(str(log))
    append(log, lines(1, 3))
    rotate(log)
    append(log, line(4))
    rotate(log)
    append(log, line(5))
    assert tail.read_to_end() == lines(1, 3)
    denying.denied.clear()
    assert tail.read_to_end() == lines(4, 5)
    assert tail.counters == (0, False, 2, 0)


def test_a_file_that_was_truncated_and_renamed_during_downtime_may_have_lost_lines(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    position = tail.kill()
    append(log, lines(4, 5))
    copy = copytruncate(log)
    os.truncate(copy, len(lines(1, 4)))
    copy.rename(log.with_name("access.log.2"))
    log.rename(log.with_name("access.log.1"))
    append(log, line(6))
    tail.resume(position)
    assert tail.read_to_end() == line(4) + line(6)
    assert tail.tail.health().maybe_lost


def test_the_archive_of_an_unread_file_is_the_next_after_that_of_its_predecessor(log: Path, follow: Follow) -> None:
    tail = follow_to_an_empty_log(log, follow)
    position = tail.kill()
    append(log, line(4))
    for number in (5, 6):
        old = rotate(log)
        append(log, line(number))
    for number in (2, 3):
        compress(old.with_name(f"access.log.{number}"))
    tail.resume(position)
    assert tail.read_to_end() == lines(4, 6)
    assert tail.counters == (0, False, 3, 0)


def test_an_unread_file_that_is_an_archive_at_the_next_look_is_not_lost(log: Path, follow: Follow) -> None:
    tail = follow_to_an_empty_log(log, follow)
    append(log, line(4))
    old = rotate(log)
    append(log, line(5))
    compress(old)
    assert tail.read_to_end() == lines(4, 5)
    assert tail.counters == (0, False, 2, 0)


def test_an_unread_file_may_be_one_that_is_missing_among_the_archives(log: Path, follow: Follow) -> None:
    tail = follow_to_an_empty_log(log, follow)
    position = tail.kill()
    append(log, line(4))
    for number in (5, 6):
        old = rotate(log)
        append(log, line(number))
    compress(old)
    old.with_name("access.log.2").unlink()
    tail.resume(position)
    assert tail.read_to_end() == lines(5, 6)
    assert tail.tail.health().maybe_lost
