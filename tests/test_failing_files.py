"""Stale handles and failing devices, on every reader: a state with its beginning, and every line once when it ends."""

import errno
import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from http_monitor.sources.tail import file_chain as chain
from http_monitor.sources.tail.claims import Claims
from tests.failing import FAILING, Failing, FailingCalls
from tests.following import WAYS, Following, append, line, lines

Follow = Callable[..., Following]
_CODES = [errno.ESTALE, errno.EIO]


@pytest.fixture
def disk(way: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Failing:
    return FAILING[way](tmp_path_factory.mktemp("failing"), monkeypatch)


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FailingCalls:
    return FailingCalls(tmp_path, monkeypatch)


@pytest.fixture(params=_CODES, ids=errno.errorcode.__getitem__)
def code(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def follow() -> Iterator[Follow]:
    made: list[Following] = []

    def begin(path: Path, disk: Failing, **options: object) -> Following:
        made.append(Following(path, disk.files, **options))  # type: ignore[arg-type]
        return made[-1]

    yield begin
    for following in made:
        following.close()


def rotate(path: Path) -> Path:
    return path.rename(path.with_name(f"{path.name}.1"))


def replace(path: Path, data: bytes) -> None:
    """Put a new file in the place of one, which is deleted by that."""
    new = path.with_name("new")
    new.write_bytes(data)
    new.rename(path)


def state(code: int) -> str:
    return f"cannot be read ({os.strerror(code)})"


# The file at the path


@pytest.mark.parametrize("only_reading", [False, True])
def test_a_log_that_cannot_be_read_is_a_state_and_is_read_on_where_it_was(
    log: Path, follow: Follow, disk: Failing, code: int, only_reading: bool
) -> None:
    tail = follow(log, disk)
    assert tail.read() == lines(1, 3)
    disk.fail(log, code, only_reading=only_reading)
    append(log, lines(4, 5))
    since_us = tail.clock.now_us()
    for _ in range(3):
        assert tail.read() == b""
        health = tail.tail.health()
        assert (health.waiting_for, health.waiting_since_us) == (f"{log} {state(code)}", since_us)
        tail.clock.advance(60)
    assert tail.notices == [f"{state(code)}, trying again"]
    append(log, line(6))
    disk.heal()
    assert tail.read() == lines(4, 6)
    health = tail.tail.health()
    assert (health.waiting_for, health.waiting_since_us) == ("", None)
    assert tail.notices[1:] == ["readable again"]
    append(log, line(7))
    assert tail.read() == line(7)
    assert tail.counters == (0, False, 0, 0)


@pytest.mark.parametrize("only_reading", [False, True])
def test_a_backlog_in_whose_midst_reading_fails_comes_whole(
    log: Path, follow: Follow, disk: Failing, code: int, only_reading: bool
) -> None:
    tail = follow(log, disk, read_bytes=150)
    given = tail.read()
    disk.fail(log, code, only_reading=only_reading)
    assert tail.read() == b""
    assert tail.tail.health().lag_bytes == 150
    disk.heal()
    assert given + tail.read_to_end() == lines(1, 3)
    assert tail.counters == (0, False, 0, 0)


def test_a_half_line_is_completed_after_reading_failed(log: Path, follow: Follow, disk: Failing, code: int) -> None:
    append(log, b"half")
    tail = follow(log, disk)
    assert tail.read() == lines(1, 3)
    disk.fail(log, code)
    append(log, b" and half\n")
    assert tail.read() == b""
    disk.heal()
    assert tail.read() == b"half and half\n"
    assert tail.counters == (0, False, 0, 0)


def test_a_log_that_cannot_be_read_at_the_start_is_read_from_where_it_ended_then(
    log: Path, follow: Follow, disk: Failing, code: int
) -> None:
    tail = follow(log, disk, from_start=False, seen=True)
    disk.fail(log, code, only_reading=True)
    append(log, line(4))
    assert tail.read() == b""
    assert tail.notices == [f"{state(code)}, trying again"]
    disk.heal()
    assert tail.read() == line(4)
    assert tail.counters == (0, False, 0, 0)


def test_a_log_that_was_truncated_while_it_could_not_be_read_is_read_from_its_start(
    log: Path, follow: Follow, disk: Failing, code: int
) -> None:
    tail = follow(log, disk)
    tail.read()
    disk.fail(log, code)
    log.write_bytes(lines(4, 9))
    assert tail.read() == b""
    assert tail.counters == (0, False, 0, 0)
    disk.heal()
    assert tail.read_to_end() == lines(4, 9)
    assert tail.counters == (0, True, 0, 1)


def test_a_file_whose_reads_fail_for_real_is_a_state(follow: Follow, disk: Failing) -> None:
    memory = Path("/proc/self/mem")  # a regular file; no page of memory is at its beginning
    if not memory.is_file():
        pytest.skip("the system has no /proc/self/mem")
    tail = follow(memory, disk)
    assert tail.read() == b""
    assert tail.notices == [f"{state(errno.EIO)}, trying again"]
    assert tail.tail.health().waiting_for == f"{memory} {state(errno.EIO)}"


# Stale handles


def descriptors_of(path: Path) -> list[int]:
    """Return by which descriptors this process has a file open."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            if os.path.samestat(os.fstat(int(name)), path.stat()):
                found.append(int(name))
        except OSError:  # that of the listing
            continue
    return found


needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="there is no /proc to find descriptors in")


@needs_proc
def test_what_is_behind_a_stale_handle_is_opened_anew_and_read_on_at_once(
    log: Path, follow: Follow, calls: FailingCalls, code: int
) -> None:
    append(log, b"half")
    tail = follow(log, calls)
    tail.read()
    calls.make_stale(descriptors_of(log), code)
    append(log, b" and half\n" + line(4))
    assert tail.read() == b"half and half\n" + line(4)
    assert tail.notices == []
    assert len(descriptors_of(log)) == 1
    assert tail.counters == (0, False, 0, 0)


@needs_proc
def test_a_renamed_file_behind_a_stale_handle_is_found_by_its_new_name(
    log: Path, follow: Follow, calls: FailingCalls, code: int
) -> None:
    tail = follow(log, calls)
    tail.read()
    append(log, line(4))
    calls.make_stale(descriptors_of(log), code)
    old = rotate(log)
    append(log, line(5))
    assert tail.read() == lines(4, 5)
    assert (len(descriptors_of(log)), len(descriptors_of(old))) == (1, 1)
    assert tail.counters == (0, False, 1, 0)


@needs_proc
def test_a_file_that_was_replaced_behind_a_stale_handle_is_lost_as_far_as_it_was_seen(
    log: Path, follow: Follow, calls: FailingCalls
) -> None:
    tail = follow(log, calls, read_bytes=250)
    assert tail.read() == lines(1, 2)
    calls.make_stale(descriptors_of(log), errno.ESTALE)
    replace(log, line(5))
    # What was read of the third line is none, as it went on.
    assert tail.read_to_end() == line(5)
    assert tail.counters == (len(line(3)), True, 1, 0)
    assert len(descriptors_of(log)) == 1


# Files beside the path


def test_a_renamed_file_that_cannot_be_read_is_kept_beyond_the_grace(
    log: Path, follow: Follow, disk: Failing, code: int
) -> None:
    append(log, b"half")
    tail = follow(log, disk)
    tail.read()
    disk.fail(log, code)
    old = rotate(log)
    append(old, b" and half\n")
    append(log, line(5))
    assert tail.read() == line(5)
    assert tail.tail.health().waiting_for == f"{log} {state(code)}"
    for number in range(6, 9):
        tail.pass_grace()
        append(log, line(number))
        assert tail.read() == line(number)
    disk.heal()
    assert tail.read() == b"half and half\n"
    append(old, line(4))
    assert tail.read() == line(4)
    assert tail.notices == ["rotated, following the new file", f"{state(code)}, trying again", "readable again"]
    assert tail.counters == (0, False, 1, 0)


def test_a_backlog_of_a_renamed_file_that_cannot_be_read_is_kept_through_many_rotations(
    log: Path, follow: Follow, disk: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "_MAX_FOLLOWED", 3)
    tail = follow(log, disk, read_bytes=250)
    assert tail.read() == lines(1, 2)
    disk.fail(log, errno.EIO, only_reading=True)
    log.rename(log.with_name("access.log.30"))
    given = b""
    numbers = range(29, 25, -1)  # more than are followed at once where all can be read
    for number in numbers:
        append(log, line(number))
        given += tail.read_to_end()
        log.rename(log.with_name(f"access.log.{number}"))
        tail.pass_grace()
    assert given == b"".join(map(line, numbers))
    disk.heal()
    assert tail.read_to_end() == line(3)
    assert tail.tail.health().lost_bytes == 0


def test_a_new_file_that_cannot_be_read_is_one_rotation_and_is_read_from_its_start(
    log: Path, follow: Follow, disk: Failing, code: int
) -> None:
    tail = follow(log, disk)
    tail.read()
    old = rotate(log)
    append(log, line(5))
    disk.fail(log, code, only_reading=True)
    for number in (4, 40):
        append(old, line(number))
        assert tail.read() == line(number)
        assert tail.tail.health().lag_bytes == 100
    disk.heal()
    assert tail.read() == line(5)
    assert tail.tail.health().lag_bytes == 0
    assert tail.notices == [f"{state(code)}, trying again", "rotated, following the new file", "readable again"]
    assert tail.counters == (0, False, 1, 0)


def test_a_file_that_was_deleted_while_its_device_failed_is_read_where_a_descriptor_holds_it(
    log: Path, follow: Follow, disk: Failing, way: str
) -> None:
    tail = follow(log, disk, read_bytes=250)
    assert tail.read() == lines(1, 2)
    disk.fail(log, errno.EIO)
    assert tail.read() == b""
    replace(log, line(5))
    given = tail.read_to_end()
    disk.heal()
    given += tail.read_to_end()
    if way == "direct":
        assert given == line(5) + line(3)
        assert tail.counters == (0, False, 1, 0)
    else:
        assert given == line(5)
        assert tail.counters == (len(line(3)), True, 1, 0)


def test_a_file_that_another_path_continues_is_not_read_twice_when_its_first_read_fails(
    log: Path, follow: Follow, disk: Failing, code: int
) -> None:
    claims = Claims()
    first = follow(log, disk, claims=claims)
    first.read()
    renamed = log.rename(log.with_name("access-1.log"))
    append(log, line(5))
    first.read()
    first.pass_grace()
    first.read()
    second = follow(renamed, disk, claims=claims, clock=first.clock)
    append(renamed, line(4))
    disk.fail(renamed, code, only_reading=True)
    assert second.read() == b""
    disk.heal()
    assert second.read() == line(4)


def test_a_file_between_two_rotations_that_cannot_be_read_is_waited_for(
    log: Path, follow: Follow, disk: Failing
) -> None:
    tail = follow(log, disk)
    tail.read()
    log.rename(log.with_name("access.log.2"))
    append(log, line(4))
    between = rotate(log)
    append(log, line(5))
    disk.fail(between, errno.EIO, only_reading=True)
    assert tail.read_to_end() == line(5)
    assert tail.tail.health().waiting_for == f"{log} {state(errno.EIO)}"
    tail.pass_grace()
    assert tail.read() == b""
    disk.heal()
    assert tail.read_to_end() == line(4)
    assert tail.counters == (0, False, 2, 0)


def test_an_archive_between_two_rotations_that_cannot_be_read_is_given_up_and_said(
    log: Path, follow: Follow, disk: Failing, code: int
) -> None:
    tail = follow(log, disk)
    tail.read()
    log.rename(log.with_name("access.log.2"))
    between = log.with_name("access.log.1.gz")
    between.write_bytes(gzip.compress(line(4)))
    append(log, line(5))
    disk.fail(between, code, only_reading=True)
    assert tail.read_to_end() == line(5)
    disk.heal()
    assert tail.read_to_end() == b""
    assert f"{between} cannot be read, its lines are lost" in tail.notices
    assert tail.counters == (0, True, 2, 0)


# Restarts


def test_a_restart_while_a_log_cannot_be_read_forgets_nothing(
    log: Path, follow: Follow, disk: Failing, code: int
) -> None:
    append(log, b"half")
    tail = follow(log, disk)
    tail.read()
    position = tail.kill()
    append(log, b" and half\n" + line(4))
    disk.fail(log, code, only_reading=True)
    tail.resume(position)
    for _ in range(2):
        assert tail.read() == b""
        assert tail.tail.position() == position.to_json()
        assert tail.counters == (0, False, 0, 0)
        tail.restart()
    disk.heal()
    assert tail.read() == b"half and half\n" + line(4)
    assert tail.counters == (0, False, 0, 0)
    assert tail.notices == [f"{state(code)}, trying again"] * 2


def test_a_restart_while_a_renamed_log_cannot_be_read_waits_for_it(
    log: Path, follow: Follow, disk: Failing, code: int
) -> None:
    tail = follow(log, disk)
    tail.read()
    position = tail.kill()
    append(log, line(4))
    old = rotate(log)
    append(log, line(5))
    disk.fail(old, code, only_reading=True)
    tail.resume(position)
    assert tail.read() == b""
    assert tail.notices == [f"{state(code)}, trying again"]
    kept = tail.tail.position()
    assert kept is not None
    (unopened,) = kept.pop("unopened")
    assert (unopened["offset"], unopened["size"]) == (0, len(line(5)))
    assert {**kept, "unopened": []} == position.to_json()
    disk.heal()
    assert tail.read_to_end() == lines(4, 5)
    assert tail.counters == (0, False, 1, 0)


def test_a_restart_reads_the_renamed_log_though_the_new_one_cannot_be_read(
    log: Path, follow: Follow, disk: Failing, code: int
) -> None:
    tail = follow(log, disk)
    tail.read()
    position = tail.kill()
    append(log, line(4))
    rotate(log)
    append(log, line(5))
    disk.fail(log, code, only_reading=True)
    tail.resume(position)
    given = tail.read()
    assert tail.notices == [f"{state(code)}, trying again"]
    disk.heal()
    assert given + tail.read_to_end() == lines(4, 5)
    assert tail.counters == (0, False, 1, 0)


def test_every_reader_has_a_way_to_fail() -> None:
    assert list(FAILING) == list(WAYS)
