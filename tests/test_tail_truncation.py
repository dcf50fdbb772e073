"""Logs that are truncated, case by case, on every reader: lines written are lines given, or the exact loss."""

import os
from pathlib import Path

import pytest

from tests.following import Follow, append, compress, copytruncate, line, lines


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


def test_copytruncate_of_an_unread_file(log: Path, follow: Follow) -> None:
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


def test_a_writer_that_continues_at_its_old_offset_leaves_a_run_of_nul(log: Path, follow: Follow) -> None:
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


@pytest.mark.parametrize("copied", [0, 250, 600], ids=["begun", "in-part", "whole"])
def test_a_copy_that_is_made_while_an_earlier_truncation_is_noticed_is_not_read_beside_the_log(
    log: Path, follow: Follow, copied: int
) -> None:
    tail = follow(log)
    assert tail.read_to_end() == lines(1, 3)
    append(log, line(4))
    copy = copytruncate(log)
    append(log, lines(5, 10))
    copy.rename(log.with_name("access.log.2"))
    copy.write_bytes(log.read_bytes()[:copied])
    assert tail.read_to_end() == lines(4, 10)
    assert tail.counters == (0, True, 0, 1)
    append(log, line(11))
    copy.write_bytes(log.read_bytes())
    os.truncate(log, 0)
    append(log, line(12))
    assert tail.read_to_end() == lines(11, 12)
    assert tail.counters == (0, True, 0, 2)


def test_a_copy_with_the_inode_of_an_earlier_one_is_known_by_what_is_in_it(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=100)
    assert tail.read() == line(1)
    copy = copytruncate(log)
    append(log, lines(4, 5))
    assert tail.read() + tail.read() == lines(2, 3)
    # That copy was compressed, and its inode is soon another's.
    copy.write_bytes(log.read_bytes() + line(6))
    os.truncate(log, 0)
    append(log, line(7))
    assert tail.read_to_end() == lines(4, 7)
    assert tail.counters == (0, True, 0, 2)


def test_copies_are_found_though_what_was_read_last_is_in_none_of_them(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    copy = log.with_name("access.log.1")
    copy.write_bytes(log.read_bytes())
    append(log, line(4))
    assert tail.read_to_end() == line(4)
    os.truncate(log, 0)
    append(log, line(5))
    copy.rename(log.with_name("access.log.2"))
    copytruncate(log)
    append(log, line(6))
    assert tail.read_to_end() == lines(5, 6)
    assert tail.counters == (0, True, 0, 2)
