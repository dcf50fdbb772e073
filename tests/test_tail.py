"""Where a tail begins, which lines it gives, and what looking costs, on every reader."""

import os
from pathlib import Path

import pytest

from http_monitor.ports.source import Chunk
from tests.following import WAYS, Follow, Following, append, line, lines, rotate

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
    for _ in range(4):
        append(log, lines(written + 1, written + 4))
        written += 4
        given += tail.read()
        rotate(log)
        log.touch()
    assert given + tail.read_to_end() == lines(1, written)
    assert tail.counters == (0, False, 4, 0)


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
