"""Logs whose ends are allocated ahead, full of NUL, filled in place and cut to their size in the end."""

import os
from pathlib import Path

import pytest

from http_monitor.sources.files.access import Files, FileStatus
from http_monitor.sources.files.data_end import look_at_data
from tests.following import WAYS, Follow, Following, append, line, lines

_STEPS = [101, 4_096, 65_536, 3 << 20]


class _Server:
    """Fills a log in place, which it allocates in steps."""

    def __init__(self, log: Path, step: int) -> None:
        self._log = log
        self._step = step
        self.end = self.size = 0
        log.touch()

    def write(self, data: bytes) -> None:
        while self.end + len(data) > self.size:
            self.size += self._step
        with self._log.open("r+b") as file:
            file.truncate(self.size)
            file.seek(self.end)
            file.write(data)
        self.end += len(data)

    def cut(self) -> None:
        os.truncate(self._log, self.end)


def _all_is_well(tail: Following) -> bool:
    health = tail.tail.health()
    return tail.counters == (0, False, 0, 0) and (health.nul_bytes, health.lag_bytes, tail.notices) == (0, 0, [])


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@pytest.mark.parametrize("step", _STEPS)
def test_what_is_filled_in_place_comes_line_by_line_and_the_cut_is_no_truncation(
    empty: Path, follow: Follow, step: int
) -> None:
    server = _Server(empty, step)
    tail = follow(empty)
    assert tail.read_to_end() == b""
    for number in range(0, 12, 3):
        server.write(lines(number, number + 1) + line(number + 2)[:50])
        assert tail.read_to_end().endswith(lines(number, number + 1))
        assert tail.read_to_end() == b""
        server.write(line(number + 2)[50:])
        assert tail.read_to_end() == line(number + 2)
    server.cut()
    assert tail.read_to_end() == b""
    append(empty, line(12))
    assert tail.read_to_end() == line(12)
    assert _all_is_well(tail)


def test_what_is_filled_in_within_the_granularity_of_the_clock_is_seen(empty: Path, follow: Follow) -> None:
    server = _Server(empty, 4_096)
    tail = follow(empty)
    for number in range(4):
        server.write(line(number))
        os.utime(empty, ns=(1_700_000_000_000_000_000,) * 2)
        assert tail.read_to_end() == line(number)
        tail.clock.advance(1)
        assert tail.read_to_end() == b""
    assert _all_is_well(tail)


@pytest.mark.parametrize("step", [4_096, 3 << 20])
@pytest.mark.parametrize("seen", [False, True])
def test_reading_begins_at_the_end_of_the_data_and_not_of_the_file(
    empty: Path, files: Files, follow: Follow, step: int, seen: bool
) -> None:
    server = _Server(empty, step)
    server.write(lines(1, 3))
    found = look_at_data(files, str(empty))
    assert isinstance(found, FileStatus)
    assert found.size == 300
    tail = follow(empty, from_start=False, seen=found if seen else False)
    if seen:
        server.write(line(4))
        assert tail.read_to_end() == line(4)
    assert tail.read_to_end() == b""
    server.write(line(5))
    assert tail.read_to_end() == line(5)
    server.cut()
    assert tail.read_to_end() == b""
    assert _all_is_well(tail)


@pytest.mark.parametrize("cut", [False, True])
def test_a_restart_in_the_middle_resumes_where_it_was(empty: Path, follow: Follow, cut: bool) -> None:
    server = _Server(empty, 2_048)
    server.write(lines(1, 3) + line(4)[:30])
    tail = follow(empty)
    assert tail.read_to_end() == lines(1, 3)
    position = tail.kill()
    server.write(line(4)[30:] + line(5))
    if cut:
        server.cut()
    tail.resume(position)
    assert tail.read_to_end() == lines(4, 5)
    server.write(line(6))
    assert tail.read_to_end() == line(6)
    assert _all_is_well(tail)


@pytest.mark.parametrize("known", [0, 3])
def test_a_log_cut_between_two_looks_was_not_truncated(empty: Path, follow: Follow, known: int) -> None:
    server = _Server(empty, 8_192)
    if known:
        server.write(lines(1, known))
    tail = follow(empty)
    assert tail.read_to_end() == (lines(1, known) if known else b"")
    position = tail.kill()
    server.write(lines(known + 1, known + 2))
    server.cut()
    tail.resume(position)
    assert tail.read_to_end() == lines(known + 1, known + 2)
    assert _all_is_well(tail)


def test_a_rotation_by_name_reads_on_what_is_filled_in_the_renamed_file(empty: Path, follow: Follow) -> None:
    server = _Server(empty, 8_192)
    server.write(lines(1, 3))
    tail = follow(empty)
    assert tail.read_to_end() == lines(1, 3)
    renamed = empty.rename(empty.with_name("access.log.1"))
    server._log = renamed
    new = _Server(empty, 8_192)
    assert tail.read_to_end() == b""
    server.write(line(4))
    new.write(line(5))
    assert tail.read_to_end() == lines(4, 5)
    server.cut()
    tail.pass_grace()
    assert tail.read_to_end() == b""
    assert tail.counters == (0, False, 1, 0)
    assert tail.notices == ["rotated, following the new file"]


def test_data_far_behind_nuls_is_read_in_the_end_and_the_hole_is_counted(empty: Path, follow: Follow) -> None:
    server = _Server(empty, 4_096)
    server.write(line(1))
    tail = follow(empty, read_bytes=1_000)
    assert tail.read_to_end() == line(1)
    with empty.open("r+b") as file:
        file.seek(10_000)
        file.write(line(2))
    assert tail.read_to_end() == line(2)
    assert tail.tail.health().nul_bytes == 10_000 - 100
    assert tail.counters == (0, False, 0, 0)


def test_what_is_filled_in_before_what_was_already_seen_behind_it_is_read(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader may see the second page of a write before the first."""
    server = _Server(empty, 4_096)
    server.write(line(1))
    tail = Following(empty, WAYS["direct"]())
    assert tail.read_to_end() == line(1)
    server.write(lines(2, 4))
    real = os.read
    torn: list[int] = []

    def read(descriptor: int, most: int) -> bytes:
        data = real(descriptor, most)
        if line(4) in data and not torn:
            torn.append(1)
            return data.replace(lines(2, 3), bytes(200))
        return data

    monkeypatch.setattr(os, "read", read)
    assert tail.read_to_end() == lines(2, 4)
    monkeypatch.undo()
    assert torn
    assert tail.tail.health().nul_bytes == 0
    tail.close()


def test_a_truncation_of_an_allocated_log_is_one(empty: Path, follow: Follow) -> None:
    server = _Server(empty, 4_096)
    server.write(lines(1, 3))
    tail = follow(empty)
    assert tail.read_to_end() == lines(1, 3)
    server.end = server.size = 0
    os.truncate(empty, 0)
    server.write(line(4))
    assert tail.read_to_end() == line(4)
    assert tail.counters == (0, True, 0, 1)
