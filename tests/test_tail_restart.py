"""What happens to log files while no run reads them, case by case, on every reader."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from http_monitor.sources.files.access import Files, FileStatus
from tests.following import Denying, Follow, append, compress, copytruncate, line, lines, move_out, rotate


def test_a_restart_resumes_where_it_stopped(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    append(log, line(4) + b"half")
    assert tail.read() == line(4)
    position = tail.kill()
    append(log, b" and half\n" + line(5))
    tail.resume(position)
    assert tail.read() == b"half and half\n" + line(5)
    assert tail.counters == (0, False, 0, 0)


def test_several_rotations_during_downtime_some_compressed(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    position = tail.kill()
    append(log, line(4))
    for number in range(5, 9):
        rotate(log)
        append(log, line(number))
    for number in (2, 3, 4):
        compress(log.with_name(f"access.log.{number}"))
    tail.resume(position)
    assert tail.read_to_end() == lines(4, 8)
    assert tail.counters == (0, False, 4, 0)


def test_a_partial_line_at_a_restart_is_completed_in_an_archive(log: Path, follow: Follow) -> None:
    append(log, b"half")
    tail = follow(log)
    tail.read()
    position = tail.kill()
    append(log, b" and half\n")
    old = rotate(log)
    append(log, line(4))
    compress(old)
    tail.resume(position)
    assert tail.read_to_end() == b"half and half\n" + line(4)
    assert tail.counters == (0, False, 1, 0)


def test_copytruncate_during_downtime_reads_the_copy(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    position = tail.kill()
    append(log, line(4))
    copytruncate(log)
    append(log, lines(5, 9))
    tail.resume(position)
    assert tail.read_to_end() == lines(4, 9)
    assert tail.counters == (0, True, 0, 1)


def test_a_copy_that_was_read_is_not_read_again_after_restarts(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    position = tail.kill()
    copy = copytruncate(log)
    tail.resume(position)
    assert tail.read_to_end() == b""
    # Copied and truncated within one tick of the file system's clock.
    os.utime(copy, ns=(0, log.stat().st_mtime_ns))
    tail.restart()
    assert tail.read() == b""
    tail.restart()
    append(log, lines(4, 9))
    assert tail.read_to_end() == lines(4, 9)
    assert tail.counters == (0, True, 0, 1)


def test_an_archive_of_a_copy_that_was_read_is_not_read_again(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    copy = copytruncate(log)
    os.utime(copy, ns=(0, log.stat().st_mtime_ns))
    assert tail.read_to_end() == b""
    compress(copy)
    append(log, lines(4, 9))
    assert tail.read_to_end() == lines(4, 9)
    assert tail.counters == (0, True, 0, 1)


def test_a_copy_of_lines_that_are_alike_is_read_although_one_like_it_was(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    compress(copytruncate(log)).rename(log.with_name("access.log.2.gz"))
    assert tail.read_to_end() == b""
    append(log, lines(1, 3))
    os.utime(copytruncate(log), ns=(0, log.stat().st_mtime_ns))
    append(log, line(4))
    assert tail.read_to_end() == lines(1, 4)


def test_a_file_with_the_inode_of_a_released_one_is_read(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    rotate(log)
    append(log, line(4))
    assert tail.read() == line(4)
    tail.pass_grace()
    tail.read()
    position = tail.kill()
    append(log, line(5))
    log.with_name("access.log.1").unlink()
    rotate(log)
    append(log, lines(6, 9))
    newer = rotate(log)
    append(log, line(10))
    assert [file.let_go for file in position.files] == [True, False]
    reused = replace(position.files[0], inode=newer.stat().st_ino)
    tail.resume(replace(position, files=(reused, position.files[1])))
    assert tail.read_to_end() == lines(5, 10)
    assert tail.tail.health().lost_bytes == 0


def test_another_log_with_the_inode_of_one_that_was_only_announced_is_not_read(
    log: Path, follow: Follow, files: Files
) -> None:
    other = log.with_name("other.log")
    other.write_bytes(lines(7, 9))
    announced, reused = files.look(str(log)), files.look(str(other))
    assert isinstance(announced, FileStatus)
    assert isinstance(reused, FileStatus)
    tail = follow(log, seen=replace(announced, identity=reused.identity))
    log.unlink()
    assert tail.read() == b""
    append(log, line(10))
    assert tail.read() == line(10)
    assert tail.counters == (len(lines(1, 3)), True, 1, 0)


def test_a_file_at_the_path_with_the_inode_of_one_that_was_let_go_is_another(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    rotate(log)
    append(log, line(4))
    tail.read()
    tail.pass_grace()
    tail.read()
    position = tail.kill()
    rotate(log)
    append(log, lines(5, 9))
    reused = replace(position.files[0], inode=log.stat().st_ino)
    tail.resume(replace(position, files=(reused, position.files[1])))
    assert tail.read_to_end() == lines(5, 9)
    assert tail.counters == (0, False, 2, 0)


@pytest.mark.parametrize("is_longer", [True, False])
def test_a_log_with_the_inode_of_a_rotated_file_that_was_deleted_is_no_truncation(
    log: Path, follow: Follow, is_longer: bool
) -> None:
    tail = follow(log)
    tail.read()
    old = rotate(log)
    append(log, line(4))
    tail.read()
    position = tail.kill()
    assert [file.let_go for file in position.files] == [False, False]
    old.unlink()
    rotate(log)
    append(log, lines(5, 9) if is_longer else line(5))
    reused = replace(position.files[0], inode=log.stat().st_ino)
    tail.resume(replace(position, files=(reused, position.files[1])))
    assert tail.read_to_end() == (lines(5, 9) if is_longer else line(5))
    # What was written to the deleted file after the last look, if anything, is lost.
    assert tail.counters == (0, True, 2, 0)


def test_an_idle_file_that_another_path_takes_over_when_it_is_renamed_is_read_on(log: Path, follow: Follow) -> None:
    first = follow(log)
    assert first.read() == lines(1, 3)
    first.pass_grace()
    renamed = log.rename(log.with_name("access-1.log"))
    append(log, line(4))
    assert first.read() == line(4)
    first.pass_grace()
    first.read()
    second = follow(renamed, claims=first.claims, clock=first.clock)
    append(renamed, line(5))
    assert (second.read(), first.read()) == (line(5), b"")


def test_however_long_it_was_idle_a_renamed_file_is_followed_for_the_grace(log: Path, follow: Follow) -> None:
    append(log, b"half")
    tail = follow(log)
    tail.read()
    tail.pass_grace()
    old = rotate(log)
    append(log, line(5))
    assert tail.read() == line(5)
    append(old, b" and half\n")
    assert tail.read() == b"half and half\n"


def test_a_writer_that_stayed_through_four_rotations_is_read(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    for number in range(4, 8):
        rotate(log)
        append(log, line(number))
        assert tail.read() == line(number)
        tail.pass_grace()
        assert tail.read() == b""
    append(log.with_name("access.log.4"), line(8))
    tail.pass_grace()
    assert tail.read() == line(8)
    assert tail.counters == (0, False, 4, 0)


def test_an_inode_that_was_used_again_is_another_file(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    position = tail.kill()
    append(log, line(4))
    compress(rotate(log))
    log.write_bytes(lines(5, 9))
    status = log.stat()
    reused = replace(position.files[0], inode=status.st_ino)
    tail.resume(replace(position, files=(reused,)))
    assert tail.read_to_end() == lines(4, 9)
    assert tail.tail.health().lost_bytes == 0


def test_a_device_with_another_number_after_a_restart_is_the_same_file(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    position = tail.kill()
    append(log, line(4))
    moved = replace(position.files[0], device=position.files[0].device + 1)
    tail.resume(replace(position, files=(moved,)))
    assert tail.read_to_end() == line(4)
    assert tail.counters == (0, False, 0, 0)


def test_what_is_gone_after_a_restart_is_lost_and_said(log: Path, follow: Follow) -> None:
    append(log, b"half")
    tail = follow(log, read_bytes=150)
    assert tail.read() == line(1)
    position = tail.kill()
    log.unlink()
    log.write_bytes(lines(10, 12))
    position = replace(position, files=(replace(position.files[0], inode=1),))
    tail.resume(position)
    assert tail.read_to_end() == lines(10, 12)
    assert tail.counters == (204, True, 1, 0)
    assert tail.notices[0] == f"{log} is gone, and so are its unread lines"


def test_a_restart_in_the_midst_of_a_rotation_reads_both_files(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    old = rotate(log)
    append(log, line(10))
    assert tail.read() == line(10)
    position = tail.kill()
    append(old, line(4))
    append(log, line(11))
    tail.resume(position)
    assert tail.read() == line(4) + line(11)
    assert tail.counters == (0, False, 1, 0)


def test_counters_continue_over_a_restart(log: Path, follow: Follow) -> None:
    append(log, b"half")
    tail = follow(log)
    tail.read()
    log.write_bytes(line(4))
    tail.read()
    tail.restart()
    assert tail.counters == (4, True, 0, 1)
    rotate(log)
    append(log, line(5))
    assert tail.read() == line(5)
    assert tail.counters == (4, True, 1, 1)


def test_a_path_that_was_missing_before_the_restart_is_read_from_its_start(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "access.log"
    tail = follow(path, from_start=False)
    tail.read()
    position = tail.kill()
    path.write_bytes(line(1))
    tail.resume(position)
    assert tail.read() == line(1)


def test_the_rest_of_a_line_of_what_was_only_announced_is_no_line_after_a_restart_either(
    log: Path, follow: Follow
) -> None:
    append(log, b"half")
    tail = follow(log, from_start=False, seen=True)
    position = tail.kill()  # before the first look
    append(log, b" of a line")
    tail.resume(position)
    assert tail.read() == b""
    append(log, b" of old\n" + line(4))
    tail.restart()
    assert tail.read() == line(4)
    assert tail.counters == (0, False, 0, 0)


def test_the_rest_of_a_line_of_what_was_only_announced_and_renamed_is_no_line_after_a_restart(
    log: Path, follow: Follow
) -> None:
    append(log, b"half")
    tail = follow(log, from_start=False, seen=True)
    position = tail.kill()
    append(log, b" of a line\n" + line(4))
    rotate(log)
    append(log, line(5))
    tail.resume(position)
    assert tail.read_to_end() == lines(4, 5)
    assert tail.counters == (0, False, 1, 0)


def test_what_was_only_announced_at_the_end_of_a_line_gives_the_next_after_a_restart(log: Path, follow: Follow) -> None:
    tail = follow(log, from_start=False, seen=True)
    position = tail.kill()
    append(log, line(4))
    tail.resume(position)
    assert tail.read() == line(4)
    assert tail.counters == (0, False, 0, 0)


def test_what_was_lost_at_a_restart_is_not_lost_again_at_the_next(log: Path, follow: Follow) -> None:
    append(log, b"half")
    tail = follow(log, read_bytes=150)
    assert tail.read() == line(1)
    position = tail.kill()
    move_out(log)
    tail.resume(position)
    for _ in range(3):
        assert tail.read() == b""
        assert tail.counters == (204, True, 0, 0)
        tail.restart()
    append(log, line(4))
    assert tail.read_to_end() == line(4)
    tail.restart()
    assert tail.read() == b""
    assert tail.counters == (204, True, 1, 0)
    gone = f"{log} is gone, and so are its unread lines"
    assert tail.notices == [gone, *["missing, waiting for it"] * 3, "rotated, following the new file"]


def test_what_was_announced_and_is_gone_before_the_first_look_is_lost_once(log: Path, follow: Follow) -> None:
    tail = follow(log, seen=True)
    move_out(log)
    for _ in range(3):
        assert tail.read() == b""
        assert tail.counters == (300, True, 0, 0)
        tail.restart()
    append(log, line(4))
    assert tail.read_to_end() == line(4)
    assert tail.counters == (300, True, 1, 0)


def test_a_position_that_cannot_be_found_yet_is_waited_for(log: Path, follow: Follow, files: Files) -> None:
    denying = Denying(files)
    tail = follow(log, files=denying)
    tail.read()
    position = tail.kill()
    append(log, line(4))
    denying.denied.add(str(log))
    tail.resume(position)
    assert tail.read() == b""
    assert tail.tail.position() == position.to_json()
    denying.denied.clear()
    assert tail.read() == line(4)
    assert tail.counters == (0, False, 0, 0)


def test_the_rest_of_a_line_that_began_before_the_start_is_never_lost(log: Path, follow: Follow) -> None:
    append(log, b"half of")
    tail = follow(log, from_start=False, seen=True)
    tail.read()
    old = rotate(log)
    append(log, line(4))
    assert tail.read() == line(4)
    tail.pass_grace()
    tail.read()
    tail.restart()
    append(old, b" a line\n" + line(5))
    tail.pass_grace()
    assert tail.read_to_end() == line(5)
    assert tail.counters == (0, False, 1, 0)
