import os
from pathlib import Path

import pytest

from http_monitor.ports import Chunk
from http_monitor.report import Notice
from http_monitor.sources.tail import FileTail, tail_sample


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def _tail(path: Path, *, from_start: bool = True, limit: int = 1_000, read_bytes: int = 1_000_000) -> FileTail:
    return FileTail(str(path), from_start=from_start, limit=limit, read_bytes=read_bytes)


def _texts(notices: tuple[Notice, ...]) -> list[str]:
    return [notice.text for notice in notices]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"old\n")
    return path


def test_a_tail_may_be_closed_twice(log: Path) -> None:
    tail = _tail(log)
    assert tail.name == str(log)
    tail.read()
    tail.close()
    tail.close()


def test_it_starts_at_the_end_and_gives_what_is_appended(log: Path) -> None:
    tail = _tail(log, from_start=False)
    first = tail.read()
    assert (first.data, first.at_end, first.finished, first.notices) == (b"", True, False, ())
    _append(log, b"one\ntwo\n")
    assert tail.read().data == b"one\ntwo\n"
    assert tail.read().data == b""
    tail.close()


def test_from_start_it_gives_what_is_there_already(log: Path) -> None:
    tail = _tail(log)
    assert tail.read().data == b"old\n"
    tail.close()


def test_a_half_line_waits_and_does_not_keep_the_end_from_being_reached(log: Path) -> None:
    tail = _tail(log, from_start=False)
    tail.read()
    _append(log, b"on")
    chunk = tail.read()
    assert (chunk.data, chunk.at_end) == (b"", True)
    assert tail.health().lag_bytes == 0
    _append(log, b"e\nt")
    assert tail.read().data == b"one\n"
    tail.close()


def test_the_rest_of_a_line_that_began_before_the_start_is_no_line(log: Path) -> None:
    _append(log, b"half of")
    tail = _tail(log, from_start=False)
    tail.read()
    _append(log, b" a line")
    assert tail.read().data == b""
    _append(log, b" of old\nnew\n")
    assert tail.read().data == b"new\n"
    tail.close()


def test_a_line_that_began_before_the_start_is_not_emitted_at_a_rotation_either(log: Path) -> None:
    _append(log, b"half")
    tail = _tail(log, from_start=False)
    tail.read()
    _append(log, b" and more")
    log.rename(log.with_suffix(".1"))
    log.write_bytes(b"new\n")
    assert tail.read().data == b"new\n"
    tail.close()


def test_an_empty_file_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "empty.log"
    path.touch()
    tail = _tail(path, from_start=False)
    assert tail.read().data == b""
    _append(path, b"first\n")
    assert tail.read().data == b"first\n"
    tail.close()


def test_one_read_takes_no_more_than_it_may_and_says_that_there_is_more(log: Path) -> None:
    log.write_bytes(b"12345\n" * 5)
    tail = _tail(log, read_bytes=14)
    first = tail.read()
    assert (first.data, first.at_end) == (b"12345\n12345\n", False)
    assert tail.health().lag_bytes == 16
    second = tail.read()
    assert (second.data, second.at_end) == (b"12345\n12345\n", False)
    third = tail.read()
    assert (third.data, third.at_end) == (b"12345\n", True)
    assert tail.health().lag_bytes == 0
    tail.close()


def test_a_line_longer_than_the_limit_is_handed_on_cut(log: Path) -> None:
    log.write_bytes(b"x" * 100 + b"\nshort\n")
    tail = _tail(log, limit=10, read_bytes=7)
    data = b""
    at_end = False
    while not at_end:
        chunk = tail.read()
        data += chunk.data
        at_end = chunk.at_end
    assert data == b"x" * 11 + b"\nshort\n"
    tail.close()


def test_after_a_rotation_the_new_file_is_read_from_its_start(log: Path) -> None:
    tail = _tail(log)
    tail.read()
    log.rename(log.with_suffix(".1"))
    log.write_bytes(b"new\n")
    chunk = tail.read()
    assert chunk.data == b"new\n"
    assert chunk.at_end
    assert _texts(chunk.notices) == [f"{log}: rotated, following the new file"]
    assert tail.health().rotations == 1
    assert tail.read().notices == ()
    tail.close()


def test_the_unread_rest_of_the_old_file_comes_before_the_new_file(log: Path) -> None:
    tail = _tail(log, read_bytes=8)
    tail.read()
    _append(log, b"a1\na2\na3\na4\n")
    log.rename(log.with_suffix(".1"))
    log.write_bytes(b"b1\nb2\n")
    first = tail.read()
    assert (first.data, first.at_end) == (b"a1\na2\n", False)
    assert tail.health().lag_bytes == 4 + 6
    data = first.data + tail.read().data
    assert data == b"a1\na2\na3\na4\nb1\n"
    last = tail.read()
    assert (last.data, last.at_end) == (b"b2\n", True)
    assert tail.health().rotations == 1
    assert tail.health().lost_bytes == 0
    tail.close()


def test_a_half_line_at_a_rotation_is_a_line_of_its_own(log: Path) -> None:
    tail = _tail(log)
    tail.read()
    _append(log, b"no newline")
    assert tail.read().data == b""
    log.rename(log.with_suffix(".1"))
    log.write_bytes(b"new\n")
    assert tail.read().data == b"no newline\nnew\n"
    tail.close()


def test_the_old_file_is_read_on_while_the_new_one_is_empty(log: Path) -> None:
    tail = _tail(log)
    tail.read()
    old = log.rename(log.with_suffix(".1"))
    log.touch()
    _append(old, b"the writer was not told y")
    assert tail.read().data == b""
    _append(old, b"et\n")
    assert tail.read().data == b"the writer was not told yet\n"
    assert tail.health().rotations == 0
    _append(log, b"new\n")
    assert tail.read().data == b"new\n"
    assert tail.health().rotations == 1
    tail.close()


def test_a_truncated_file_is_read_from_its_start(log: Path) -> None:
    tail = _tail(log)
    tail.read()
    log.write_bytes(b"n\n")
    chunk = tail.read()
    assert chunk.data == b"n\n"
    assert _texts(chunk.notices) == [f"{log}: truncated, reading from its start"]
    health = tail.health()
    assert (health.truncations, health.lost_bytes, health.rotations) == (1, 0, 0)
    tail.close()


def test_truncation_loses_the_half_line_and_says_how_many_bytes(log: Path) -> None:
    tail = _tail(log)
    _append(log, b"half")
    tail.read()
    os.truncate(log, 0)
    assert tail.read().data == b""
    assert tail.health().lost_bytes == 4
    _append(log, b"new\n")
    assert tail.read().data == b"new\n"
    tail.close()


def test_bytes_seen_but_not_read_before_a_truncation_are_lost_bytes(log: Path) -> None:
    log.write_bytes(b"12345\n" * 10)
    tail = _tail(log, read_bytes=12)
    assert tail.read().data == b"12345\n12345\n"
    os.truncate(log, 0)
    assert tail.read().data == b""
    assert tail.health().lost_bytes == 48
    tail.close()


def test_a_file_shorter_than_it_was_seen_is_truncated_even_beyond_the_offset(log: Path) -> None:
    log.write_bytes(b"12345\n" * 10)
    tail = _tail(log, read_bytes=12)
    tail.read()
    log.write_bytes(b"abcde\n" * 3)
    assert tail.read().data == b"abcde\n" * 2
    assert tail.health().truncations == 1
    assert tail.health().lost_bytes == 48
    tail.close()


def test_truncation_ends_the_skipping_of_a_line_that_began_before_the_start(log: Path) -> None:
    _append(log, b"half")
    tail = _tail(log, from_start=False)
    tail.read()
    log.write_bytes(b"new\n")
    assert tail.read().data == b"new\n"
    tail.close()


def test_a_missing_file_is_waited_for_and_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    tail = _tail(path, from_start=False)
    chunk = tail.read()
    assert chunk == Chunk(data=b"", at_end=True, notices=(Notice(f"{path}: missing, waiting for it", "warning"),))
    assert tail.health().waiting_for == f"{path} is missing"
    assert tail.read().notices == ()
    path.write_bytes(b"first\n")
    chunk = tail.read()
    assert chunk.data == b"first\n"
    assert _texts(chunk.notices) == [f"{path}: found, reading it from its start"]
    assert tail.health().waiting_for == ""
    assert tail.health().rotations == 0
    tail.close()


def test_a_missing_directory_is_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "access.log"
    tail = _tail(path)
    assert _texts(tail.read().notices) == [f"{path}: missing, waiting for it"]
    path.parent.mkdir()
    path.write_bytes(b"first\n")
    assert tail.read().data == b"first\n"
    tail.close()


def test_a_deleted_file_is_read_on_until_a_new_one_appears(log: Path) -> None:
    tail = _tail(log)
    tail.read()
    with log.open("ab", buffering=0) as writer:
        log.unlink()
        writer.write(b"after the end\nha")
        chunk = tail.read()
        assert chunk.data == b"after the end\n"
        assert _texts(chunk.notices) == [f"{log}: missing, waiting for it"]
        assert tail.health().waiting_for == f"{log} is missing"
        writer.write(b"lf\nlast")
    log.write_bytes(b"new\n")
    chunk = tail.read()
    assert chunk.data == b"half\nlast\nnew\n"
    assert _texts(chunk.notices) == [f"{log}: rotated, following the new file"]
    assert tail.health().waiting_for == ""
    assert tail.health().rotations == 1
    tail.close()


def test_a_file_moved_away_and_back_goes_on_where_it_was(log: Path) -> None:
    tail = _tail(log)
    tail.read()
    aside = log.rename(log.with_suffix(".aside"))
    _append(aside, b"meanwhile\n")
    assert tail.read().data == b"meanwhile\n"
    aside.rename(log)
    _append(log, b"back\n")
    chunk = tail.read()
    assert chunk.data == b"back\n"
    assert _texts(chunk.notices) == [f"{log}: readable again"]
    assert tail.health().rotations == 0
    tail.close()


def test_a_directory_at_the_path_is_a_state(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.mkdir()
    tail = _tail(path)
    assert _texts(tail.read().notices) == [f"{path}: is a directory, waiting for a file"]
    assert tail.health().waiting_for == f"{path} is a directory"
    path.rmdir()
    assert _texts(tail.read().notices) == [f"{path}: missing, waiting for it"]
    path.write_bytes(b"now\n")
    assert tail.read().data == b"now\n"
    tail.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_a_fifo_at_the_path_is_a_state_and_hangs_nobody(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    os.mkfifo(path)
    tail = _tail(path)
    assert _texts(tail.read().notices) == [f"{path}: not a regular file, waiting for one"]
    assert tail.health().waiting_for == f"{path} is not a regular file"
    tail.close()


def test_a_device_at_the_path_is_a_state() -> None:
    tail = _tail(Path(os.devnull))
    assert _texts(tail.read().notices) == [f"{os.devnull}: not a regular file, waiting for one"]
    tail.close()


def test_a_loop_of_symbolic_links_is_a_state_that_ends(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.symlink_to(path.name)
    tail = _tail(path)
    assert _texts(tail.read().notices) == [f"{path}: a loop of symbolic links, waiting for a file"]
    path.unlink()
    path.write_bytes(b"now\n")
    assert tail.read().data == b"now\n"
    tail.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_was_denied_at_the_start_is_read_from_where_it_ended_then(log: Path) -> None:
    log.chmod(0)
    tail = _tail(log, from_start=False)
    assert _texts(tail.read().notices) == [f"{log}: permission denied, waiting for it"]
    assert tail.health().waiting_for == f"{log} cannot be read (permission denied)"
    log.chmod(0o600)
    _append(log, b"new\n")
    chunk = tail.read()
    assert chunk.data == b"new\n"
    assert _texts(chunk.notices) == [f"{log}: readable again"]
    tail.close()


def test_a_retargeted_link_is_a_rotation(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"a1\n")
    (tmp_path / "b.log").write_bytes(b"b1\n")
    link = tmp_path / "current.log"
    link.symlink_to("a.log")
    tail = _tail(link)
    assert tail.read().data == b"a1\n"
    _append(tmp_path / "a.log", b"a2\n")
    link.unlink()
    link.symlink_to("b.log")
    assert tail.read().data == b"a2\nb1\n"
    assert tail.health().rotations == 1
    tail.close()


def test_an_unreadable_descriptor_is_replaced_and_nothing_is_read_twice(log: Path) -> None:
    tail = _tail(log)
    tail.read()
    assert tail._descriptor is not None
    writer = os.open(log, os.O_WRONLY)
    os.dup2(writer, tail._descriptor)  # its status can be read, its bytes cannot
    os.close(writer)
    _append(log, b"new\n")
    chunk = tail.read()
    assert chunk.data == b""
    assert _texts(chunk.notices) == [f"{log}: cannot be read (Bad file descriptor), trying again"]
    assert tail.health().lag_bytes == 4
    chunk = tail.read()
    assert chunk.data == b"new\n"
    assert _texts(chunk.notices) == [f"{log}: readable again"]
    assert tail.health().lost_bytes == 0
    tail.close()


def test_a_path_with_hostile_characters_is_shown_harmless(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2J\n.log"
    tail = _tail(path)
    (notice,) = tail.read().notices
    assert notice.text == f"{tmp_path}/a\\x1b[2J\\x0a.log: missing, waiting for it"
    assert tail.health().waiting_for == f"{tmp_path}/a\\x1b[2J\\x0a.log is missing"
    tail.close()


def test_the_cost_of_an_append_does_not_depend_on_the_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.log"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # sparse
    tail = _tail(path, from_start=False)
    tail.read()
    _append(path, b"\nnew\n")
    read: list[int] = []
    real = os.read

    def counted(descriptor: int, most: int) -> bytes:
        read.append(most)
        return real(descriptor, most)

    monkeypatch.setattr(os, "read", counted)
    assert tail.read().data == b"new\n"
    assert read == [5]
    tail.close()


def test_a_sample_is_the_last_whole_lines(log: Path) -> None:
    _append(log, b"two\nthree\nhalf")
    assert tail_sample(str(log), 10) == [b"old\n", b"two\n", b"three\n"]
    assert tail_sample(str(log), 2) == [b"two\n", b"three\n"]
    assert tail_sample(str(log), 0) == []


@pytest.mark.parametrize("first", [b"x" * 200 + b"\n", b"x" * 201 + b"\n"])
def test_a_sample_never_begins_inside_a_line(tmp_path: Path, first: bytes) -> None:
    path = tmp_path / "big.log"
    lines = [b"%015d\n" % number for number in range(4_096)]  # 64 KiB exactly
    path.write_bytes(first + b"".join(lines))
    assert tail_sample(str(path), 10_000) == lines
    _append(path, b"more\n")
    assert tail_sample(str(path), 10_000) == [*lines[1:], b"more\n"]


def test_there_is_no_sample_of_what_cannot_be_read(tmp_path: Path) -> None:
    assert tail_sample(str(tmp_path), 5) == []
    assert tail_sample(str(tmp_path / "missing"), 5) == []
    (tmp_path / "empty").touch()
    assert tail_sample(str(tmp_path / "empty"), 5) == []
