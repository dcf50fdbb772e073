"""The simulator writes to no file that could belong to another program."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from http_monitor.errors import RefusedError
from http_monitor.simulator.memory import Memory, state_path
from http_monitor.simulator.opening import open_target
from http_monitor.simulator.writer import FileWriter

REAL = b'192.0.2.1 - - [01/Jan/2024:00:00:00 +0000] "GET / HTTP/1.1" 200 1\n'


@pytest.fixture(autouse=True)
def no_real_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@contextmanager
def run(log: Path, append: bool = False) -> Iterator[FileWriter]:
    """Open the file as one run of the simulator does."""
    writer = FileWriter(str(log), append, Memory(state_path(os.environ)))
    try:
        writer.open()
        yield writer
    finally:
        writer.close()


def simulate(log: Path, data: bytes, append: bool = False) -> None:
    with run(log, append) as writer:
        writer.write(data)
        assert writer.drain_notices() == ()


def refusal(log: Path, append: bool = False) -> str:
    """Return what a run is refused with; it leaves the file as it was."""
    before = os.lstat(log) if os.path.lexists(log) else None
    with pytest.raises(RefusedError) as refused, run(log, append):
        pass
    assert refused.value.exit_code == 3
    after = os.lstat(log) if os.path.lexists(log) else None
    assert (before and (before.st_size, before.st_mtime_ns)) == (after and (after.st_size, after.st_mtime_ns))
    message = str(refused.value)
    assert message.isprintable()
    return message


def test_a_new_file_is_private_to_the_user(log: Path) -> None:
    simulate(log, b"a\n")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert log.read_bytes() == b"a\n"


def test_a_file_of_the_simulator_is_continued_by_the_next_run(log: Path) -> None:
    simulate(log, b"a\nb\n")
    simulate(log, b"c\n")
    simulate(log, b"d\n")
    assert log.read_bytes() == b"a\nb\nc\nd\n"


def test_a_file_with_lines_of_others_is_refused_by_name_and_with_what_would_help(log: Path) -> None:
    log.write_bytes(REAL)
    assert refusal(log) == (
        f"--give-me-traffic does not write to {log}: it holds {len(REAL)} bytes and is not known to be made by the"
        " simulator; name another --file, or add --traffic-append"
    )
    assert log.read_bytes() == REAL


def test_of_a_single_byte_it_is_said_in_the_singular(log: Path) -> None:
    log.write_bytes(b"x")
    assert refusal(log).startswith(f"--give-me-traffic does not write to {log}: it holds 1 byte and is not known")


def test_a_file_with_lines_of_others_is_continued_when_that_is_asked_for(log: Path) -> None:
    log.write_bytes(REAL)
    simulate(log, b"a\n", append=True)
    assert log.read_bytes() == REAL + b"a\n"
    assert "--traffic-append" in refusal(log), "it did not become the simulator's own"


def test_a_file_that_took_the_place_and_the_inode_of_the_simulators_own_is_refused(log: Path) -> None:
    simulate(log, b"a\n")
    # Writing through the same inode is what a system does that gives it to the next file at once.
    log.write_bytes(REAL)
    assert "is not known to be made by the simulator" in refusal(log)


def test_a_real_log_emptied_while_it_is_appended_to_does_not_become_the_simulators_own(log: Path) -> None:
    simulate(log, b"a\n")
    log.write_bytes(REAL)
    with run(log, append=True) as writer:
        os.truncate(log, 0)
        writer.write(b"b\n")
    assert "is not known to be made by the simulator" in refusal(log)


def test_a_remembered_inode_at_another_path_is_refused(log: Path) -> None:
    simulate(log, b"a\n")
    moved = log.with_name("other.log")
    log.rename(moved)
    assert "is not known to be made by the simulator" in refusal(moved)


def test_a_folder_by_another_name_is_the_same_place(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(log, b"a\n")
    (tmp_path / "link").symlink_to(tmp_path)
    simulate(tmp_path / "link" / "access.log", b"b\n")
    monkeypatch.chdir(tmp_path)
    simulate(Path("access.log"), b"c\n")
    assert log.read_bytes() == b"a\nb\nc\n"


def test_an_empty_file_of_the_user_is_used_once(log: Path) -> None:
    log.touch()
    simulate(log, b"a\n")
    assert log.read_bytes() == b"a\n"
    assert "is not known to be made by the simulator" in refusal(log), "others made it, and may write to it too"


def test_an_own_file_that_was_emptied_stays_an_own_file(log: Path) -> None:
    simulate(log, b"a\n")
    os.truncate(log, 0)
    simulate(log, b"b\n")
    simulate(log, b"c\n")
    assert log.read_bytes() == b"b\nc\n"


def test_an_own_file_that_is_emptied_during_the_run_stays_an_own_file(log: Path) -> None:
    with run(log) as writer:
        writer.write(b"a\n")
        os.truncate(log, 0)
        writer.write(b"b\n")
    assert log.read_bytes() == b"b\n"
    simulate(log, b"c\n")
    assert log.read_bytes() == b"b\nc\n"


def test_a_run_that_wrote_nothing_leaves_an_own_file(log: Path) -> None:
    simulate(log, b"")
    simulate(log, b"a\n")
    simulate(log, b"b\n")
    assert log.read_bytes() == b"a\nb\n"


def test_an_empty_file_of_another_user_is_refused(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.touch()
    owner = log.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert refusal(log) == (
        f"--give-me-traffic does not write to {log}: it belongs to another user;"
        " name another --file, or add --traffic-append"
    )


@pytest.mark.parametrize("append", [False, True])
def test_a_symbolic_link_is_never_followed(log: Path, append: bool) -> None:
    real = log.with_name("real.log")
    for holds in (None, b"", REAL):
        if holds is not None:
            real.write_bytes(holds)
        log.symlink_to(real)
        assert refusal(log, append).endswith(": it is a symbolic link, and none is followed")
        assert real.exists() == (holds is not None)
        log.unlink()
    assert real.read_bytes() == REAL


@pytest.mark.parametrize("append", [False, True])
def test_a_directory_a_fifo_and_a_device_are_refused(log: Path, append: bool) -> None:
    log.mkdir()
    assert refusal(log, append).endswith(": it is a directory")
    fifo = log.with_name("fifo")
    os.mkfifo(fifo)
    assert refusal(fifo, append).endswith(": it is not a regular file")
    assert refusal(Path("/dev/null"), append).endswith("/dev/null: it is not a regular file")


def test_a_fifo_with_a_reader_is_refused(log: Path) -> None:
    os.mkfifo(log)
    reader = os.open(log, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert refusal(log).endswith(": it is not a regular file")
    finally:
        os.close(reader)


def test_a_missing_folder_and_one_that_is_a_file_are_refused(tmp_path: Path, log: Path) -> None:
    assert refusal(tmp_path / "no" / "a.log").endswith("/no/a.log: its folder does not exist")
    log.touch()
    assert refusal(log / "a.log").endswith("/a.log: it cannot be opened (Not a directory)")
    assert refusal(tmp_path / ("n" * 300)).endswith("it cannot be opened (File name too long)")


def test_a_hostile_name_is_shown_harmless(tmp_path: Path) -> None:
    log = tmp_path / "a\x1b[31m\n.log"
    log.write_bytes(REAL)
    assert r"a\x1b[31m\x0a.log: it holds" in refusal(log)


def test_a_link_put_in_place_between_check_and_opening_is_not_followed(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = log.with_name("real.log")
    real.touch()
    log.touch()
    check = os.lstat

    def then_swap(path: str) -> os.stat_result:
        status = check(path)
        if str(path) == str(log) and stat.S_ISREG(status.st_mode):
            log.unlink()
            log.symlink_to(real)
        return status

    monkeypatch.setattr("http_monitor.simulator.opening.os.lstat", then_swap)
    with pytest.raises(RefusedError, match="it cannot be opened"):
        open_target(str(log), False, Memory(None))
    assert real.read_bytes() == b""


def test_a_file_rotated_away_is_made_anew(log: Path) -> None:
    with run(log) as writer:
        writer.write(b"a\n")
        log.rename(log.with_suffix(".1"))
        writer.write(b"b\n")
        log.unlink()
        writer.write(b"")
        assert log.exists(), "also while nothing is to be written"
        writer.write(b"c\n")
    assert log.with_suffix(".1").read_bytes() == b"a\n"
    assert log.read_bytes() == b"c\n"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    simulate(log, b"d\n")


def test_a_file_replaced_by_one_of_others_is_refused_on_the_way(log: Path) -> None:
    with run(log) as writer:
        writer.write(b"a\n")
        log.rename(log.with_suffix(".1"))
        log.write_bytes(REAL)
        with pytest.raises(RefusedError, match="is not known to be made by the simulator"):
            writer.write(b"b\n")
    assert log.read_bytes() == REAL
    with run(log, append=True) as writer:
        log.rename(log.with_suffix(".2"))
        log.write_bytes(REAL)
        writer.write(b"b\n")
    assert log.read_bytes() == REAL + b"b\n"


def test_a_folder_that_is_removed_on_the_way_is_a_refusal(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "access.log"
    log.parent.mkdir()
    with run(log) as writer:
        log.unlink()
        log.parent.rmdir()
        with pytest.raises(RefusedError, match="its folder does not exist"):
            writer.write(b"a\n")


def test_a_full_disk_is_a_refusal(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with run(log) as writer:
        monkeypatch.setattr("http_monitor.simulator.writer.os.write", full)
        with pytest.raises(RefusedError, match=rf"cannot write to {log}: No space left on device$"):
            writer.write(b"a\n")


def test_what_others_append_is_kept(log: Path) -> None:
    with run(log) as writer:
        writer.write(b"a\n")
        with log.open("ab") as other:
            other.write(b"x\n")
        writer.write(b"b\n")
    assert log.read_bytes() == b"a\nx\nb\n"


def test_the_memory_holds_path_device_and_inode_privately(log: Path) -> None:
    simulate(log, b"a\n")
    path = state_path(os.environ)
    assert path is not None
    memory = Path(path)
    (made,) = json.loads(memory.read_text())["files"]
    assert (made["path"], made["device"], made["inode"]) == (str(log), log.stat().st_dev, log.stat().st_ino)
    assert stat.S_IMODE(memory.stat().st_mode) == 0o600
    assert stat.S_IMODE(memory.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in memory.parent.iterdir()] == ["simulator.json"], "no draft is left"


def test_the_memory_keeps_the_newest_file_of_a_path_and_a_hundred_paths(tmp_path: Path) -> None:
    for number in range(101):
        simulate(tmp_path / f"{number}.log", b"a\n")
    (tmp_path / "100.log").unlink()
    simulate(tmp_path / "100.log", b"a\n")
    made = json.loads((tmp_path / "state" / "http_monitor" / "simulator.json").read_text())["files"]
    assert [entry["path"] for entry in made] == [str(tmp_path / f"{number}.log") for number in range(1, 101)]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"files": 1}', b'{"files": [1, {}, {"path": 1}]}', b"\xff\xfe", b"[" * 100_000],
)
def test_a_damaged_memory_knows_nothing_and_is_replaced(log: Path, tmp_path: Path, content: bytes) -> None:
    simulate(log, b"a\n")
    memory = tmp_path / "state" / "http_monitor" / "simulator.json"
    memory.write_bytes(content)
    assert "is not known to be made by the simulator" in refusal(log)
    log.unlink()
    simulate(log, b"b\n")
    simulate(log, b"c\n")
    assert log.read_bytes() == b"b\nc\n"


def test_a_name_that_is_not_utf_8_is_remembered(tmp_path: Path) -> None:
    log = tmp_path / "a\udcff.log"
    simulate(log, b"a\n")
    simulate(log, b"b\n")
    assert log.read_bytes() == b"a\nb\n"


def test_the_memory_is_where_the_xdg_specification_says() -> None:
    assert state_path({"XDG_STATE_HOME": "/x", "HOME": "/h"}) == "/x/http_monitor/simulator.json"
    assert state_path({"HOME": "/h"}) == "/h/.local/state/http_monitor/simulator.json"
    assert state_path({"XDG_STATE_HOME": "", "HOME": "/h"}) == "/h/.local/state/http_monitor/simulator.json"
    assert state_path({"XDG_STATE_HOME": "rel", "HOME": "/h"}) == "/h/.local/state/http_monitor/simulator.json"
    assert state_path({"HOME": "rel"}) is None
    assert state_path({}) is None


def test_without_a_home_it_works_and_says_once_that_it_cannot_remember(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME")
    with run(log) as writer:
        (notice,) = writer.drain_notices()
        writer.write(b"a\n")
        assert writer.drain_notices() == ()
    assert notice.level == "warning"
    assert notice.text == (
        f"the simulator cannot remember that it made {log}, and will refuse it the next time"
        " (neither XDG_STATE_HOME nor HOME is an absolute path)"
    )
    assert log.read_bytes() == b"a\n"
    assert "--traffic-append" in refusal(log)


def test_with_an_unwritable_memory_it_works_and_says_so(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with run(log) as writer:
        writer.write(b"a\n")
        (notice,) = writer.drain_notices()
    assert notice.text.endswith(f"({tmp_path}/file/http_monitor/simulator.json: Not a directory)")
    assert log.read_bytes() == b"a\n"
