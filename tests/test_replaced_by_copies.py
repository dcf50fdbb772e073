"""A log replaced by a grown, trimmed or edited copy of itself is known by its content; the same on both readers."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.known import replaced_copies as renewed
from tests.following import Follow, append, compress, line, lines, rotate

_OLD_NS = 1_600_000_000_000_000_000
_REPLACED = "replaced by a copy of itself, continuing after the lines already read"
_ANEW = "rewritten in place, continuing after the lines already read"


def _rename(log: Path, data: bytes) -> None:
    new = log.with_name(".new")
    new.write_bytes(data)
    new.replace(log)


def _in_place(log: Path, data: bytes) -> None:
    log.write_bytes(data)


_ways_to_replace = pytest.mark.parametrize("replace", [_rename, _in_place])


@_ways_to_replace
@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize(
    "data",
    [
        lines(1, 25),
        lines(1, 20),
        lines(8, 20),
        lines(8, 25),
        lines(1, 4) + lines(6, 25),
        lines(15, 20),
        b"# edited\n" + lines(1, 22),
    ],
    ids=["grown", "same", "trimmed", "trimmed-grown", "edited", "shorter-than-the-marker", "headed"],
)
def test_a_copy_of_itself_in_the_place_of_a_log_brings_only_what_is_new(
    log: Path, follow: Follow, replace: Callable[[Path, bytes], None], restart: bool, data: bytes
) -> None:
    log.write_bytes(lines(1, 20))
    tail = follow(log)
    assert tail.read_to_end() == lines(1, 20)
    position = tail.kill() if restart else None
    replace(log, data)
    if position is not None:
        tail.resume(position)
    given = tail.read_to_end()
    new = data[data.index(line(20)) + 100 :]
    if restart and data == lines(15, 20):
        # Of what was read before a restart the last kilobyte is known by its hash only.
        assert given == data
    else:
        assert given == new
        # It goes on there.
        append(log, line(30))
        assert tail.read_to_end() == line(30)
        tail.restart()
        append(log, line(31))
        assert tail.read_to_end() == line(31)
        assert tail.counters[0] == 0


@_ways_to_replace
def test_a_line_that_was_not_complete_is_completed_in_the_copy(
    log: Path, follow: Follow, replace: Callable[[Path, bytes], None]
) -> None:
    log.write_bytes(lines(1, 20) + line(21)[:50])
    tail = follow(log)
    assert tail.read_to_end() == lines(1, 20)
    replace(log, lines(3, 24))
    assert tail.read_to_end() == lines(21, 24)
    tail.pass_grace()
    append(log, line(25))
    assert tail.read_to_end() == line(25)
    assert tail.counters[0] == 0


def test_what_was_not_read_yet_is_read_in_the_copy(log: Path, follow: Follow) -> None:
    log.write_bytes(lines(1, 30))
    tail = follow(log, read_bytes=1_000)
    assert tail.read() == lines(1, 10)
    _rename(log, lines(5, 33))
    assert tail.read_to_end() == lines(11, 33)
    assert tail.notices == [_REPLACED]
    assert tail.counters == (0, False, 1, 0)


def test_what_is_still_written_to_the_replaced_file_is_read_where_a_descriptor_holds_it(
    log: Path, follow: Follow, way: str
) -> None:
    log.write_bytes(lines(1, 20))
    tail = follow(log)
    tail.read_to_end()
    with log.open("ab", buffering=0) as server:
        _rename(log, lines(4, 21))
        assert tail.read_to_end() == line(21)
        server.write(line(22))
        assert tail.read_to_end() == (line(22) if way == "direct" else b"")
    tail.pass_grace()
    tail.restart()
    append(log, line(23))
    assert tail.read_to_end() == line(23)


def test_a_log_replaced_again_and_again_is_counted_once(log: Path, follow: Follow) -> None:
    log.write_bytes(lines(1, 10))
    tail = follow(log)
    given = tail.read_to_end()
    for last in range(20, 140, 10):
        _rename(log, lines(max(1, last - 60), last))
        given += tail.read_to_end()
    assert given == lines(1, 130)
    assert tail.notices == [_REPLACED] * 12
    assert tail.counters == (0, False, 12, 0)


@_ways_to_replace
def test_a_new_log_that_shares_a_header_is_read_whole(
    log: Path, follow: Follow, replace: Callable[[Path, bytes], None]
) -> None:
    header = b"#Software: a server\n#Fields: " + b"field " * 60 + b"\n"
    log.write_bytes(header + lines(1, 20))
    tail = follow(log)
    tail.read_to_end()
    replace(log, header + lines(21, 50))
    assert tail.read_to_end() == header + lines(21, 50)


@_ways_to_replace
def test_a_new_log_that_begins_within_a_flood_of_lines_that_are_alike_is_read_whole(
    log: Path, follow: Follow, replace: Callable[[Path, bytes], None]
) -> None:
    log.write_bytes(lines(1, 20) + line(21) * 50)
    tail = follow(log)
    tail.read_to_end()
    for repeated in (1, 3, 30):
        data = line(21) * repeated + lines(22 + repeated, 60)
        replace(log, data)
        assert tail.read_to_end() == data
        log.unlink()
        tail.read()
        _rename(log, lines(1, 20) + line(21) * 50)
        tail.read_to_end()


def test_what_is_counted_again_is_said(log: Path, follow: Follow, way: str) -> None:
    log.write_bytes(lines(1, 20))
    tail = follow(log)
    tail.read_to_end()
    # What was read last was taken out, so that nothing tells where it ended.
    # Of what no descriptor holds only the last kilobyte is known, and the first.
    data = lines(3 if way == "direct" else 15, 18) + lines(21, 22)
    _rename(log, data)
    assert tail.read_to_end() == data
    assert tail.notices[0] == (
        f"replaced by a file that begins with lines already read, up to {len(data) // 100} of which are counted again"
    )


def test_a_copy_cut_at_its_end_is_told_by_its_beginning(log: Path, follow: Follow) -> None:
    log.write_bytes(lines(1, 40))
    tail = follow(log)
    tail.read_to_end()
    _rename(log, lines(1, 20))
    position = tail.kill()
    tail.resume(position)
    assert tail.read_to_end() == lines(1, 20)
    assert "up to 20 of which are counted again" in "".join(tail.notices)


def test_a_place_is_found_across_the_blocks_that_are_searched(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.write_bytes(lines(1, 60))
    opened = LocalFiles().open(str(log))
    assert isinstance(opened, tuple)
    handle, status = opened
    earlier = lines(1, 30)
    for block in (7, 100, 250, 1_000, 6_000):
        monkeypatch.setattr(renewed, "_BLOCK_BYTES", block)
        places = [*renewed._places(handle, status.size, earlier[-256:])]
        assert places == [len(earlier)]
    handle.close()


def _put(log: Path, number: int, data: bytes) -> Path:
    """Restore an old file with the name of a rotated one."""
    old = log.with_name(f"{log.name}.{number}")
    old.write_bytes(data)
    os.utime(old, ns=(_OLD_NS, _OLD_NS))
    return old


@pytest.mark.parametrize("restart", [False, True])
def test_an_old_file_that_is_given_the_name_of_a_later_one_is_not_read(
    log: Path, follow: Follow, restart: bool
) -> None:
    log.write_bytes(lines(1, 20))
    tail = follow(log)
    assert tail.read_to_end() == lines(1, 20)
    position = tail.kill() if restart else None
    log.rename(log.with_name(f"{log.name}.3"))
    _put(log, 2, lines(801, 840))
    log.with_name(f"{log.name}.1").write_bytes(lines(21, 22))
    log.write_bytes(line(23))
    if position is not None:
        tail.resume(position)
    assert tail.read_to_end() == lines(21, 23)
    tail.pass_grace()
    log.rename(log.with_name(f"{log.name}.0"))
    log.write_bytes(line(24))
    assert tail.read_to_end() == line(24)
    assert tail.counters == (0, False, 3, 0)
    said = f"{log}.2 is older than the file last seen at this path, and is not read"
    assert tail.notices.count(said) == 1


def test_old_files_beside_a_log_that_stays_are_not_read(log: Path, follow: Follow) -> None:
    log.write_bytes(lines(1, 20))
    tail = follow(log)
    tail.read_to_end()
    _put(log, 1, lines(801, 840))
    append(log, line(21))
    assert tail.read_to_end() == line(21)
    tail.restart()
    append(log, line(22))
    assert tail.read_to_end() == line(22)
    assert tail.counters == (0, False, 0, 0)


def test_an_old_file_is_known_though_the_log_was_only_seen_and_not_read(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=150)
    given = tail.read()
    rotate(log)
    append(log, line(4))
    given += tail.read()  # of the renamed file, which has more
    log.with_name(f"{log.name}.1").rename(log.with_name(f"{log.name}.3"))
    log.rename(log.with_name(f"{log.name}.2"))
    _put(log, 1, lines(801, 840))
    assert given + tail.read_to_end() == lines(1, 4)
    assert f"{log}.1 is older than the file last seen at this path, and is not read" in tail.notices


def test_an_old_file_is_known_after_a_log_of_which_nothing_was_read_became_an_archive(
    log: Path, follow: Follow
) -> None:
    tail = follow(log)
    tail.read()
    rotate(log)
    log.touch()
    tail.read()
    position = tail.kill()
    log.with_name(f"{log.name}.1").rename(log.with_name(f"{log.name}.3"))
    compress(log.rename(log.with_name(f"{log.name}.2")))
    _put(log, 1, lines(801, 840))
    tail.resume(position)
    assert tail.read_to_end() == b""
    assert f"{log}.1 is older than the file last seen at this path, and is not read" in tail.notices


@pytest.mark.parametrize("first", [b"", lines(1, 2)], ids=["empty", "small"])
def test_a_copy_with_the_inode_of_a_file_that_was_let_go_brings_only_what_is_new(
    log: Path, follow: Follow, first: bytes
) -> None:
    log.write_bytes(first)
    tail = follow(log)
    assert tail.read_to_end() == first
    # Another file gets the inode of one that is gone as soon as nobody has it open.
    inode = log.parent / "elsewhere" / "inode"
    inode.parent.mkdir()
    os.link(log, inode)
    _rename(log, lines(1, 20))
    assert tail.read_to_end() == lines(1, 20)
    tail.pass_grace()
    assert tail.read_to_end() == b""
    inode.write_bytes(lines(1, 30))
    inode.replace(log)
    assert tail.read_to_end() == lines(21, 30)
    assert tail.notices[-1] == _REPLACED
    tail.pass_grace()
    append(log, line(31))
    assert tail.read_to_end() == line(31)
    assert (tail.tail.health().lost_bytes, tail.tail.health().rotations) == (0, 2)
