"""Logs rotated by renaming, case by case, on every reader: lines written are lines given, or the exact loss."""

from pathlib import Path

from tests.following import Follow, append, compress, line, lines, rotate


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


def test_a_writer_that_continues_in_the_renamed_file_for_seconds(log: Path, follow: Follow) -> None:
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


def test_a_renamed_file_that_grows_after_it_was_released_is_read_on(log: Path, follow: Follow) -> None:
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


def test_the_rest_of_a_line_whose_beginning_was_released_is_lost(log: Path, follow: Follow) -> None:
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


def test_a_partial_line_at_a_rotation_is_a_line_when_its_file_is_released(log: Path, follow: Follow) -> None:
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
    assert tail.notices == ["rotated 3 times since the last check, reading the 2 files before the new one first"]
    assert tail.counters == (0, False, 3, 0)


def test_of_two_rotations_the_one_file_between_is_said_in_the_singular(log: Path, follow: Follow) -> None:
    tail = follow(log)
    tail.read()
    for number in (4, 5):
        rotate(log)
        append(log, line(number))
    assert tail.read_to_end() == lines(4, 5)
    assert tail.notices == ["rotated 2 times since the last check, reading the file before the new one first"]


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
