"""What ends otherwise where nothing holds a file open: the same on both readers, with the exact loss of each."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from http_monitor.sources.remote.command_files import CommandFiles
from tests.following import Follow, append, line, lines
from tests.unprivileged import open_folder, unprivileged


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "logs" / "access.log"
    path.parent.mkdir()
    path.write_bytes(lines(1, 3))
    return path


def delete(log: Path) -> None:
    """Put an empty file in the place of one, so that its inode is not reused."""
    new = log.with_name("new")
    new.touch()
    new.replace(log)


def move_out(log: Path) -> None:
    """Rotate as logrotate does with `olddir`."""
    input_health = log.parent.parent / "old"
    input_health.mkdir()
    log.rename(input_health / log.name)
    log.touch()


def replace_directory(log: Path) -> None:
    log.parent.rename(log.parent.with_name("aside"))
    log.parent.mkdir()
    log.touch()


out_of_sight = pytest.mark.parametrize("vanish", [delete, move_out, replace_directory])


@out_of_sight
def test_what_was_seen_of_a_file_that_is_gone_is_read_where_a_descriptor_holds_it_else_lost(
    log: Path, follow: Follow, way: str, vanish: Callable[[Path], None]
) -> None:
    tail = follow(log, read_bytes=250)
    assert tail.read() == lines(1, 2)
    vanish(log)
    append(log, line(5))
    given = tail.read_to_end()
    if way == "direct":
        assert given == line(3) + line(5)
        assert tail.counters == (0, False, 1, 0)
    else:
        assert given == line(5)
        assert tail.counters == (len(line(3)), True, 1, 0)


@out_of_sight
def test_unseen_lines_of_a_file_that_is_gone_are_read_where_a_descriptor_holds_it_else_maybe_lost(
    log: Path, follow: Follow, way: str, vanish: Callable[[Path], None]
) -> None:
    tail = follow(log)
    tail.read()
    append(log, line(4))
    vanish(log)
    append(log, line(5))
    given = tail.read_to_end()
    if way == "direct":
        assert given == lines(4, 5)
        assert tail.counters == (0, False, 1, 0)
    else:
        assert given == line(5)
        assert tail.counters == (0, True, 1, 0)


@out_of_sight
def test_after_a_restart_nothing_holds_a_file_that_is_gone(
    log: Path, follow: Follow, vanish: Callable[[Path], None]
) -> None:
    append(log, b"half")
    tail = follow(log, read_bytes=250)
    assert tail.read() == lines(1, 2)
    position = tail.kill()
    append(log, b" and half\n")
    vanish(log)
    append(log, line(5))
    tail.resume(position)
    assert tail.read_to_end() == line(5)
    # The third line and "half" had been seen; the rest was not.
    assert tail.counters == (104, True, 1, 0)


def test_a_log_that_is_deleted_and_made_anew_is_read_from_its_start_whatever_inode_it_gets(
    log: Path, follow: Follow, way: str
) -> None:
    tail = follow(log)
    tail.read()
    log.unlink()
    log.write_bytes(lines(4, 9))
    assert tail.read_to_end() == lines(4, 9)
    lost_bytes, maybe_lost, rotations, truncations = tail.counters
    # With the inode of the deleted one it is one that was truncated.
    assert (lost_bytes, maybe_lost, rotations + truncations) == (0, way == "wc-tail", 1)


def test_a_file_that_gets_a_name_of_no_rotation_is_found_by_its_inode(log: Path, follow: Follow) -> None:
    tail = follow(log, read_bytes=250)
    assert tail.read() == lines(1, 2)
    aside = log.rename(log.with_name("aside"))
    append(aside, line(4))
    append(log, line(5))
    assert tail.read_to_end() == lines(3, 5)
    assert tail.counters == (0, False, 1, 0)


needs_users = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there are no users")


@needs_users
@pytest.mark.parametrize("of_directory", [False, True])
def test_permission_that_is_taken_away_and_granted_again(follow: Follow, way: str, of_directory: bool) -> None:
    with open_folder() as folder:
        log = folder / "access.log"
        log.write_bytes(lines(1, 3))
        barred = folder if of_directory else log
        modes = barred.stat().st_mode, 0
        tail = follow(log)
        with unprivileged():
            assert tail.read() == lines(1, 3)
        append(log, line(4))
        barred.chmod(modes[1])
        with unprivileged():
            given = tail.read()
        health = tail.tail.health()
        assert given == (line(4) if way == "direct" else b"")
        if way == "wc-tail" or of_directory:
            assert health.waiting_for == f"{log} cannot be read (permission denied)"
        barred.chmod(modes[0])
        append(log, line(5))
        with unprivileged():
            assert given + tail.read() == lines(4, 5)
        assert tail.tail.health().waiting_for == ""
        assert tail.counters == (0, False, 0, 0)


@needs_users
def test_permission_denied_at_the_start_then_granted(follow: Follow) -> None:
    with open_folder() as folder:
        log = folder / "access.log"
        log.write_bytes(lines(1, 3))
        log.chmod(0)
        tail = follow(log)
        with unprivileged():
            assert tail.read() == b""
        assert tail.notices == ["permission denied, waiting for it"]
        log.chmod(0o644)
        with unprivileged():
            assert tail.read() == lines(1, 3)
        assert tail.counters == (0, False, 0, 0)


# ls that tells no exact time, as POSIX alone has it

_POSIX = """
case "$1 $2 $3" in
"ls --version "*) echo "ls: unrecognized option" >&2; exit 1;;
"ls -ldinL --full-time") echo "ls: unrecognized option" >&2; exit 1;;
"ls -ldinL -"?*) if [ "$3" != -- ]; then echo "ls: unrecognized option" >&2; exit 1; fi;;
esac
exec "$@"
"""


@pytest.fixture
def posix(tmp_path: Path) -> CommandFiles:
    script = tmp_path / "posix.sh"
    script.write_text(_POSIX)
    return CommandFiles(["sh", str(script)])


@pytest.mark.parametrize("way", ["wc-tail"])
def test_without_times_a_truncation_to_the_same_size_is_seen_by_head_and_marker(
    log: Path, follow: Follow, posix: CommandFiles
) -> None:
    tail = follow(log, files=posix)
    for _ in range(3):
        tail.read()
        tail.clock.advance(1)
    log.write_bytes(line(1) + lines(8, 9))
    assert tail.read_to_end() == line(1) + lines(8, 9)
    assert tail.counters == (0, True, 0, 1)


@pytest.mark.parametrize("way", ["wc-tail"])
def test_without_times_what_was_written_to_an_empty_file_and_copied_away_is_lost_unseen(
    log: Path, follow: Follow, posix: CommandFiles
) -> None:
    log.write_bytes(b"")
    tail = follow(log, files=posix)
    assert tail.read() == b""
    append(log, lines(1, 3))
    shutil.copy2(log, log.with_name("access.log.1"))
    os.truncate(log, 0)
    append(log, line(4))
    assert tail.read_to_end() == line(4)
    assert tail.counters == (0, False, 0, 0)
