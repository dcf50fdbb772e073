"""What happens to log files, case by case, on every reader: lines written are lines given, or the exact loss."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from http_monitor.ports.source import Chunk
from http_monitor.report import Notice
from http_monitor.sources.files.access import Files, FileStatus, LocalFiles
from tests.following import WAYS, Denying, Follow, Following, append, compress, copytruncate, line, lines, rotate


def move_out(path: Path) -> None:
    """Move a file to another directory: as good as deleted, but no other file gets its inode."""
    (path.parent / "elsewhere").mkdir()
    path.rename(path.parent / "elsewhere" / path.name)


def follow_to_an_empty_log(log: Path, follow: Follow) -> Following:
    """Follow a log until it has been rotated and nothing stands in the new one yet."""
    tail = follow(log)
    tail.read()
    rotate(log)
    append(log, b"")
    tail.read()
    return tail


# Beginning


def test_it_starts_at_the_end_and_gives_what_is_appended(log: Path, follow: Follow) -> None:
    tail = follow(log, from_start=False)
    assert tail.tail.read() == Chunk()
    append(log, lines(4, 5))
    assert tail.read() == lines(4, 5)
    assert tail.read() == b""
    assert tail.counters == (0, False, 0, 0)


def test_from_start_it_gives_what_is_there_already(log: Path, follow: Follow) -> None:
    assert follow(log).read() == lines(1, 3)


def test_what_comes_between_the_announcement_and_the_first_look_counts(log: Path, follow: Follow) -> None:
    tail = follow(log, from_start=False, seen=True)
    append(log, line(4))
    assert tail.read() == line(4)


def test_a_rotation_between_the_announcement_and_the_first_look_loses_nothing(log: Path, follow: Follow) -> None:
    tail = follow(log, from_start=False, seen=True)
    append(log, line(4))
    rotate(log)
    append(log, line(5))
    assert tail.read() == lines(4, 5)
    assert tail.counters == (0, False, 1, 0)


def test_the_rest_of_a_line_that_began_before_the_start_is_no_line(log: Path, follow: Follow) -> None:
    append(log, b"half of")
    tail = follow(log, from_start=False)
    tail.read()
    append(log, b" a line")
    assert tail.read() == b""
    append(log, b" of old\n" + line(4))
    assert tail.read() == line(4)


def test_a_line_that_began_before_the_start_is_not_emitted_at_a_rotation_either(log: Path, follow: Follow) -> None:
    append(log, b"half")
    tail = follow(log, from_start=False)
    tail.read()
    append(log, b" and more")
    rotate(log)
    append(log, line(4))
    assert tail.read() == line(4)
    tail.pass_grace()
    assert tail.read() == b""


def test_an_empty_file_is_read_from_its_start(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "empty.log"
    path.touch()
    tail = follow(path, from_start=False)
    assert tail.read() == b""
    append(path, line(1))
    assert tail.read() == line(1)


def test_one_read_takes_no_more_than_it_may_and_says_that_there_is_more(log: Path, follow: Follow) -> None:
    log.write_bytes(b"12345\n" * 5)
    tail = follow(log, read_bytes=14)
    first = tail.tail.read()
    assert (first.data, first.at_end) == (b"12345\n12345\n", False)
    assert tail.tail.health().lag_bytes == 16
    second = tail.tail.read()
    assert (second.data, second.at_end) == (b"12345\n12345\n", False)
    third = tail.tail.read()
    assert (third.data, third.at_end) == (b"12345\n", True)
    assert tail.tail.health().lag_bytes == 0


def test_a_reader_that_is_slower_than_the_writer_gives_every_line_in_the_end(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=150)
    given, written = b"", 3
    for turn in range(12):
        append(log, lines(written + 1, written + 4))
        written += 4
        given += tail.read()
        assert tail.tail.health().lag_bytes == written * 100 - 150 * (turn + 1)
    assert given + tail.read_to_end() == lines(1, written)
    assert tail.tail.health().lag_bytes == 0
    assert tail.counters == (0, False, 0, 0)


def test_a_reader_that_is_slower_than_the_writer_falls_behind_through_rotations(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=150)
    given, written = b"", 3
    for _ in range(6):
        append(log, lines(written + 1, written + 4))
        written += 4
        given += tail.read()
        rotate(log)
        log.touch()
    assert given + tail.read_to_end() == lines(1, written)
    assert tail.counters == (0, False, 6, 0)


# Rotation by rename


def test_rename_and_create_when_caught_up(log: Path, follow: Follow) -> None:
    tail = follow(log)
    assert tail.read() == lines(1, 3)
    rotate(log)
    append(log, line(4))
    assert tail.read() == line(4)
    assert tail.notices == ["rotated, following the new file"]
    assert tail.counters == (0, False, 1, 0)
    assert tail.read() == b""


def test_rename_with_an_unread_backlog(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=250)
    assert tail.read() == lines(1, 2)
    append(log, lines(4, 7))
    rotate(log)
    append(log, lines(8, 9))
    assert tail.read() == lines(3, 5)
    assert tail.tail.health().lag_bytes == 200 + 200
    assert tail.read_to_end() == lines(6, 9)
    assert tail.counters == (0, False, 1, 0)


def test_a_writer_that_goes_on_in_the_renamed_file_for_seconds(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    old = rotate(log)
    append(log, line(10))
    assert tail.read() == line(10)
    for number in range(4, 8):
        tail.clock.advance(9)
        append(old, line(number))
        append(log, line(number + 10))
        assert tail.read() == line(number) + line(number + 10)
    tail.pass_grace()
    assert tail.read() == b""
    assert tail.counters == (0, False, 1, 0)


def test_a_renamed_file_that_grows_after_it_was_let_go_is_read_on(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    old = rotate(log)
    append(log, line(10))
    tail.read()
    tail.pass_grace()
    tail.read()
    append(old, line(4))
    tail.clock.advance(10)
    assert tail.read() == line(4)
    assert tail.counters == (0, False, 1, 0)


def test_the_rest_of_a_line_of_which_the_beginning_was_let_go_is_lost(log: Path, follow: Follow) -> None:
    append(log, b"half")
    tail = follow(log)
    tail.read()
    old = rotate(log)
    append(log, line(10))
    tail.read()
    tail.pass_grace()
    assert tail.read() == b"half\n"
    append(old, b" and half\n" + line(4))
    tail.clock.advance(10)
    assert tail.read() == line(4)
    assert tail.counters == (10, False, 1, 0)


def test_the_old_file_is_kept_while_the_new_one_is_empty(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    old = rotate(log)
    log.touch()
    append(old, line(4)[:50])
    assert tail.read() == b""
    tail.clock.advance(3_600)
    assert tail.read() == b""
    append(old, line(4)[50:])
    assert tail.read() == line(4)
    append(log, line(5))
    assert tail.read() == line(5)
    assert tail.counters == (0, False, 1, 0)


def test_a_rotation_before_anything_was_written_to_the_new_file(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    rotate(log)
    log.touch()
    tail.read()
    rotate(log)
    append(log, line(4))
    assert tail.read() == line(4)
    assert tail.counters == (0, False, 2, 0)


def test_a_partial_last_line_is_given_when_it_is_completed(log: Path, follow: Follow) -> None:
    tail = follow(log, from_start=False)
    tail.read()
    append(log, b"on")
    chunk = tail.tail.read()
    assert (chunk.data, chunk.at_end) == (b"", True)
    assert tail.tail.health().lag_bytes == 0
    append(log, b"e\nt")
    assert tail.read() == b"one\n"


def test_a_partial_line_at_a_rotation_is_a_line_when_its_file_is_let_go(log: Path, follow: Follow) -> None:
    append(log, b"no newline")
    tail = follow(log)
    assert tail.read() == lines(1, 3)
    rotate(log)
    append(log, line(4))
    assert tail.read() == line(4)
    tail.pass_grace()
    assert tail.read() == b"no newline\n"
    assert tail.counters == (0, False, 1, 0)


def test_a_partial_line_is_completed_in_the_renamed_file(log: Path, follow: Follow) -> None:
    append(log, b"no new")
    tail = follow(log)
    tail.read()
    old = rotate(log)
    append(log, line(4))
    tail.read()
    append(old, b"line\n")
    assert tail.read() == b"no newline\n"


def test_two_rotations_between_two_looks(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    append(log, line(4))
    for number in (5, 6, 7):
        rotate(log)
        append(log, line(number))
    assert tail.read_to_end() == lines(4, 7)
    assert tail.notices == ["rotated 3 times since the last look, reading the 2 before the new file first"]
    assert tail.counters == (0, False, 3, 0)


def test_two_rotations_between_two_looks_with_compression_of_the_older(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    for number in (4, 5, 6):
        old = rotate(log)
        append(log, line(number))
    compress(old.with_name("access.log.2"))
    compress(old.with_name("access.log.3"))
    assert tail.read_to_end() == lines(4, 6)
    assert tail.counters == (0, False, 3, 0)


def test_rotations_that_removed_a_file_between_two_looks_may_have_lost_lines(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    for number in (4, 5, 6):
        old = rotate(log)
        append(log, line(number))
    old.with_name("access.log.2").unlink()
    assert tail.read_to_end() == lines(5, 6)
    assert tail.counters == (0, True, 2, 0)
    assert "there were more files at this path than can be found, lines may be lost" in tail.notices


def test_dated_rotations_between_two_looks(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    for number, date in ((4, "20261121"), (5, "20261122"), (6, "20261123")):
        log.rename(log.with_name(f"access.log-{date}"))
        append(log, line(number))
    compress(log.with_name("access.log-20261122"))
    assert tail.read_to_end() == lines(4, 6)
    assert tail.counters == (0, False, 3, 0)


def test_a_rotated_file_that_is_compressed_while_it_is_read(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=150)
    tail.read()
    append(log, lines(4, 9))
    old = rotate(log)
    append(log, line(10))
    given = tail.read()
    compress(old)
    given += tail.read_to_end()
    assert line(1) + given == lines(1, 10)
    assert tail.counters == (0, False, 1, 0)


# Truncation


def test_copytruncate_to_smaller(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    copytruncate(log)
    append(log, line(4))
    assert tail.read_to_end() == line(4)
    assert tail.notices == ["truncated, reading from its start"]
    assert tail.counters == (0, True, 0, 1)


def test_copytruncate_with_an_unread_backlog_reads_the_copy(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=150)
    assert tail.read() == line(1)
    append(log, lines(4, 6))
    copytruncate(log)
    append(log, line(7))
    assert tail.read_to_end() == lines(2, 7)
    assert tail.counters == (0, True, 0, 1)


def test_copytruncate_whose_copy_was_compressed_at_once_reads_the_archive(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=150)
    tail.read()
    append(log, lines(4, 6))
    compress(copytruncate(log))
    append(log, line(7))
    assert tail.read_to_end() == lines(2, 7)
    assert tail.counters == (0, True, 0, 1)


@pytest.mark.parametrize("after", [1, 6, 9], ids=["smaller", "the-same-size", "past-the-offset"])
def test_copytruncate_of_a_backlog_is_seen_whatever_size_the_log_has_then(
    log: Path, follow: Follow, after: int
) -> None:
    log.write_bytes(lines(1, 6))
    tail = follow(log, read_bytes=350)
    assert tail.read() == lines(1, 3)
    copytruncate(log)
    append(log, lines(7, 6 + after))
    assert tail.read_to_end() == lines(4, 6 + after)
    assert tail.counters == (0, True, 0, 1)


def test_copytruncate_twice_between_two_looks(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    append(log, line(4))
    copytruncate(log).rename(log.with_name("access.log.2"))
    append(log, line(5))
    copytruncate(log)
    append(log, line(6))
    assert tail.read_to_end() == lines(4, 6)
    assert tail.counters == (0, True, 0, 2)


def test_a_partial_line_is_completed_in_the_copy(log: Path, follow: Follow) -> None:
    append(log, b"one and ")
    tail = follow(log)
    tail.read()
    append(log, b"the same\n")
    copytruncate(log)
    append(log, line(4))
    assert tail.read_to_end() == b"one and the same\n" + line(4)
    assert tail.counters == (0, True, 0, 1)


def test_truncation_to_the_same_size(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    log.write_bytes(lines(4, 6))
    assert tail.read_to_end() == lines(4, 6)
    assert tail.counters == (0, True, 0, 1)


def test_a_file_that_regrew_past_the_offset_between_two_looks(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    log.write_bytes(lines(4, 9))
    assert tail.read_to_end() == lines(4, 9)
    assert tail.counters == (0, True, 0, 1)


def test_the_same_first_line_after_a_truncation(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    log.write_bytes(line(1) + lines(4, 9))
    assert tail.read_to_end() == line(1) + lines(4, 9)
    assert tail.counters == (0, True, 0, 1)


def test_the_same_first_kilobyte_after_a_truncation(log: Path, follow: Follow) -> None:
    log.write_bytes(lines(1, 20))
    tail = follow(log)
    tail.read()
    log.write_bytes(lines(1, 15) + lines(30, 50))
    assert tail.read_to_end() == lines(1, 15) + lines(30, 50)
    assert tail.counters == (0, True, 0, 1)


def test_many_files_that_share_a_header(log: Path, follow: Follow) -> None:
    header = b"# fields: host time request\n" * 50
    log.write_bytes(header + lines(1, 15))
    tail = follow(log, read_bytes=len(header) + 550)
    assert tail.read() == header + lines(1, 5)
    append(log, lines(16, 20))
    copytruncate(log)
    log.write_bytes(header + line(21))
    log.with_name("access.log.2").write_bytes(header + lines(30, 60))
    assert tail.read_to_end() == lines(6, 20) + header + line(21)
    assert tail.counters == (0, True, 0, 1)


def test_truncation_loses_the_half_line_and_says_how_many_bytes(log: Path, follow: Follow) -> None:
    append(log, b"half")
    tail = follow(log)
    tail.read()
    os.truncate(log, 0)
    assert tail.read() == b""
    append(log, line(4))
    assert tail.read() == line(4)
    assert tail.counters == (4, True, 0, 1)


def test_bytes_seen_but_not_read_before_a_truncation_are_lost_bytes(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=120)
    assert tail.read() == line(1)
    os.truncate(log, 0)
    assert tail.read() == b""
    assert tail.counters == (200, True, 0, 1)


def test_what_the_copy_lacks_of_what_was_seen_is_lost(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=120)
    tail.read()
    os.truncate(copytruncate(log), 200)
    append(log, line(4))
    assert tail.read_to_end() == line(2) + line(4)
    assert tail.counters == (100, True, 0, 1)


def test_what_is_cut_off_behind_the_offset_is_lost(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=120)
    tail.read()
    os.truncate(log, 200)
    assert tail.read_to_end() == line(2)
    assert tail.tail.health().lost_bytes == 100


def test_a_tiny_file_is_not_taken_for_a_copy_of_another(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "tiny.log"
    path.write_bytes(b"a\n")
    path.with_name("tiny.log.1").write_bytes(b"a\nof another day\n")
    tail = follow(path)
    assert tail.read() == b"a\n"
    path.write_bytes(b"b\nc\n")
    assert tail.read_to_end() == b"b\nc\n"
    assert tail.counters == (0, True, 0, 1)


def test_a_copy_of_a_tiny_file_is_one_that_was_not_there_before(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "tiny.log"
    path.write_bytes(b"a\n")
    tail = follow(path)
    assert tail.read() == b"a\n"
    append(path, b"b\n")
    copytruncate(path)
    append(path, b"c\n")
    assert tail.read_to_end() == b"b\nc\n"
    assert tail.counters == (0, True, 0, 1)


def test_copytruncate_of_a_file_of_which_nothing_was_read_yet(log: Path, follow: Follow) -> None:
    log.write_bytes(b"")
    os.utime(log, (1_700_000_000, 1_700_000_000))
    tail = follow(log)
    assert tail.read() == b""
    append(log, lines(1, 3))
    copytruncate(log)
    append(log, line(4))
    assert tail.read_to_end() == lines(1, 4)
    assert tail.counters == (0, True, 0, 1)


def test_truncation_ends_the_skipping_of_a_line_that_began_before_the_start(log: Path, follow: Follow) -> None:
    append(log, b"half")
    tail = follow(log, from_start=False)
    tail.read()
    log.write_bytes(line(4))
    assert tail.read() == line(4)


def test_a_writer_that_goes_on_at_its_old_offset_leaves_a_run_of_nul(log: Path, follow: Follow) -> None:
    tail = follow(log)
    with log.open("r+b", buffering=0) as writer:
        writer.seek(0, os.SEEK_END)
        assert tail.read() == lines(1, 3)
        os.truncate(log, 0)
        writer.write(line(4))
        assert log.stat().st_size == 400
        assert tail.read_to_end() == line(4)
    assert tail.tail.health().nul_bytes == 300
    assert tail.counters == (0, True, 0, 1)


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


def test_a_file_moved_away_and_back_goes_on_where_it_was(log: Path, follow: Follow) -> None:
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
def test_a_fifo_at_the_path_is_a_state_and_hangs_nobody(tmp_path: Path, follow: Follow) -> None:
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


# Lines


def test_a_line_of_ten_mebibytes_is_handed_on_cut(log: Path, follow: Follow) -> None:
    log.write_bytes(b"x" * (10 << 20) + b"\n" + line(1))
    tail = follow(log, limit=1 << 20)
    assert tail.read_to_end() == b"x" * ((1 << 20) + 1) + b"\n" + line(1)


def test_bytes_that_are_not_utf_8_are_given_as_they_are(log: Path, follow: Follow) -> None:
    tail = follow(log, from_start=False)
    tail.read()
    append(log, b"\xff\xfe\x80\r\n")
    assert tail.read() == b"\xff\xfe\x80\r\n"


def test_a_byte_order_mark_is_no_part_of_the_first_line(log: Path, follow: Follow) -> None:
    log.write_bytes(b"\xef\xbb\xbf" + line(1) + b"\xef\xbb\xbf" + line(2))
    assert follow(log).read() == line(1) + b"\xef\xbb\xbf" + line(2)


def test_a_path_with_hostile_characters_is_shown_harmless(tmp_path: Path, follow: Follow) -> None:
    path = tmp_path / "a\x1b[2J .log"
    tail = follow(path)
    (notice,) = tail.tail.read().notices
    assert notice.text == f"{tmp_path}/a\\x1b[2J .log: missing, waiting for it"
    assert tail.tail.health().waiting_for == f"{tmp_path}/a\\x1b[2J .log is missing"


# One file under two names


def test_a_file_with_two_names_is_followed_once(log: Path, follow: Follow) -> None:
    other = log.with_name("other.log")
    os.link(log, other)
    first = follow(log)
    second = follow(other, claims=first.claims)
    assert first.read() == lines(1, 3)
    assert second.read() == b""
    assert second.notices == [f"the same file as {log}, which is followed already"]
    append(other, line(4))
    assert (second.read(), first.read()) == (b"", line(4))
    assert second.tail.health().waiting_for == ""


def test_the_other_name_goes_on_where_the_first_lets_go(log: Path, follow: Follow) -> None:
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


# Restarts


def test_a_restart_goes_on_where_it_stopped(log: Path, follow: Follow) -> None:
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


def test_a_file_with_the_inode_of_one_that_was_let_go_is_read(log: Path, follow: Follow) -> None:
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
    assert tail.notices[0] == f"{log} is gone, and with it what was not read of it"


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


def test_counters_go_on_over_a_restart(log: Path, follow: Follow) -> None:
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
    gone = f"{log} is gone, and with it what was not read of it"
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


# What random histories taught


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


def test_an_archive_of_a_file_that_was_let_go_is_not_read_when_another_such_file_grows(
    log: Path, follow: Follow
) -> None:
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


def test_the_rest_of_a_line_that_was_let_go_is_lost_after_two_restarts_too(log: Path, follow: Follow) -> None:
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


def test_the_archive_of_a_file_of_which_nothing_was_seen_is_the_next_after_that_of_its_predecessor(
    log: Path, follow: Follow
) -> None:
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


def test_a_file_of_which_nothing_was_seen_that_is_an_archive_at_the_next_look_is_not_lost(
    log: Path, follow: Follow
) -> None:
    tail = follow_to_an_empty_log(log, follow)
    append(log, line(4))
    old = rotate(log)
    append(log, line(5))
    compress(old)
    assert tail.read_to_end() == lines(4, 5)
    assert tail.counters == (0, False, 2, 0)


def test_a_file_of_which_nothing_was_seen_may_be_one_that_is_missing_among_the_archives(
    log: Path, follow: Follow
) -> None:
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


# Cost


def test_the_cost_of_an_append_does_not_depend_on_the_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    real = os.read

    def counted(descriptor: int, most: int) -> bytes:
        data = real(descriptor, most)
        read.append(len(data))
        return data

    costs = []
    for name, size in (("small.log", 4_096), ("huge.log", 1 << 40)):
        path = tmp_path / name
        with path.open("wb") as file:
            file.truncate(size - 1)  # sparse
            file.seek(0, os.SEEK_END)
            file.write(b"x")
        tail = Following(path, WAYS["direct"](), from_start=False)
        tail.read()
        tail.read()
        append(path, b"\n" + line(1))
        monkeypatch.setattr(os, "read", counted)
        assert tail.read() == line(1)
        monkeypatch.setattr(os, "read", real)
        costs.append(sum(read))
        read.clear()
        tail.close()
    assert costs == [1_024 + 1_024 + 101] * 2


def test_a_file_that_does_not_change_is_not_read(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tail = Following(log, WAYS["direct"]())
    for _ in range(3):
        tail.read()
        tail.clock.advance(1)

    def refuse(descriptor: int, most: int) -> bytes:
        raise AssertionError(f"reads {most} bytes of {descriptor}")

    monkeypatch.setattr(os, "read", refuse)
    for _ in range(10):
        assert tail.read() == b""
    tail.close()


def test_what_is_written_within_the_granularity_of_the_clock_is_seen(log: Path) -> None:
    tail = Following(log, WAYS["direct"]())
    tail.read()
    status = log.stat()
    log.write_bytes(lines(4, 6))
    os.utime(log, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert tail.read_to_end() == lines(4, 6)
    tail.close()


def test_the_grace_does_not_depend_on_the_wall_clock(log: Path, follow: Follow) -> None:
    append(log, b"no newline")
    tail = follow(log)
    tail.read()
    rotate(log)
    append(log, line(4))
    tail.read()
    for step_us in (3_600_000_000, -7_200_000_000):
        tail.clock.set(tail.clock.now_us() + step_us)
        assert tail.read() == b""
    tail.pass_grace()
    assert tail.read() == b"no newline\n"
