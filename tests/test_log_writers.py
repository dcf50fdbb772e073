import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from http_monitor.clock import ManualClock
from http_monitor.sources.files.access import FileStatus, Identity, LocalFiles
from http_monitor.sources.files.regular_file import DENIED, MISSING, Obstacle
from http_monitor.sources.remote.command_files import CommandFiles
from http_monitor.sources.silence.silence_cause import explain_silence, explain_silence_of
from http_monitor.sources.silence.writers import Found, Writer, find_writers
from http_monitor.sources.tail.tail import FileTail

_HOLD = """
import sys
file = open(sys.argv[1], sys.argv[2])
print("open", flush=True)
sys.stdin.read()
"""
_LINUX = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="there is no /proc to look through")


def _identity(path: Path) -> Identity:
    status = path.stat()
    return status.st_dev, status.st_ino


@contextmanager
def _held(path: Path, mode: str) -> Iterator[int]:
    """Let another process have a file open; yields its number."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path), mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder, holder.stdout, holder.stdin:
        assert holder.stdout.readline() == b"open\n"
        yield holder.pid


def _found(path: Path) -> tuple[Writer, ...]:
    found = find_writers([_identity(path)])
    assert found is not None
    return found.holders


@_LINUX
def test_a_process_that_writes_to_a_file_is_found_under_whatever_name_it_has_by_now(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    with _held(path, "a") as pid:
        path.rename(tmp_path / "access.log.1")
        (holder,) = _found(tmp_path / "access.log.1")
        assert (holder.pid, holder.parent) == (pid, os.getpid())
        assert holder.name.startswith("python")
        assert holder.remedy == "have it reopen its log, or restart it"


@_LINUX
def test_a_tail_names_who_stayed_on_the_file_that_it_follows(tmp_path: Path) -> None:
    path, moved = tmp_path / "access.log", tmp_path / "access.log.1"
    tail = FileTail(str(path), files=LocalFiles(), clock=ManualClock(), from_start=True)
    with _held(path, "a") as pid:
        tail.read()
        (name,) = (holder.name for holder in _found(path))
        path.rename(moved)
        tail.read()
        stays = f"it is missing; {name} (process {pid}) still writes to"
        assert tail.diagnose() == f"{stays} the renamed {moved}: have it reopen its log, or restart it"
        moved.unlink()
        assert tail.diagnose() == f"{stays} the earlier file: have it reopen its log, or restart it"
    tail.close()


@_LINUX
def test_who_only_reads_is_no_writer_and_neither_are_we(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    with path.open("w"), _held(path, "r"):
        assert _found(path) == ()


def test_without_proc_nothing_is_known(tmp_path: Path) -> None:
    assert find_writers([(1, 2)], str(tmp_path / "nowhere")) is None
    assert find_writers([(1, 2)], str(tmp_path)) is None


def _process(proc: Path, pid: int, parent: int, name: str, target: Path, flags: str) -> None:
    (proc / str(pid) / "fd").mkdir(parents=True)
    (proc / str(pid) / "fdinfo").mkdir()
    (proc / str(pid) / "fd" / "7").symlink_to(target)
    (proc / str(pid) / "fdinfo" / "7").write_text(f"pos:\t0\nflags:\t{flags}\nmnt_id:\t1\n")
    (proc / str(pid) / "stat").write_text(f"{pid} ({name}) S {parent} 1 1")


def test_of_a_master_and_its_workers_the_master_is_named_with_what_to_send_it(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.touch()
    for pid, parent in ((100, 1), (101, 100), (102, 100)):
        _process(tmp_path / "proc", pid, parent, "nginx", log, "02001")
    _process(tmp_path / "proc", 90, 1, "less", log, "0100000")
    assert find_writers([_identity(log)], str(tmp_path / "proc")) == Found((Writer(100, 1, "nginx"),), True)
    assert Writer(100, 1, "nginx").remedy == "kill -USR1 100"
    assert Writer(5, 1, "rsyslogd").remedy == "kill -HUP 5"


def test_a_master_whose_descriptors_only_root_may_see_is_named_all_the_same(tmp_path: Path) -> None:
    log, other = tmp_path / "access.log", tmp_path / "other"
    log.touch()
    other.touch()
    _process(tmp_path / "proc", 100, 1, "nginx", other, "02001")
    for pid in (101, 102):
        _process(tmp_path / "proc", pid, 100, "nginx", log, "02001")
    assert find_writers([_identity(log)], str(tmp_path / "proc")) == Found((Writer(100, 1, "nginx"),), True)


def test_no_advice_names_a_signal_that_ends_a_server() -> None:
    assert Writer(5, 1, "haproxy").remedy == "have it reopen its log, or restart it"


def test_a_name_of_a_process_is_shown_harmless(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.touch()
    _process(tmp_path / "proc", 100, 1, "a) S 9 \x1b[2J", log, "02001")
    found = find_writers([_identity(log)], str(tmp_path / "proc"))
    assert found == Found((Writer(100, 1, "a) S 9 \\x1b[2J"),), True)


_AT_PATH = FileStatus((1, 10), 0, 0)
_NGINX = Writer(42, 1, "nginx")


def _explain(
    writers: dict[Identity, Writer],
    *,
    everyone: bool = True,
    at_path: FileStatus | Obstacle = _AT_PATH,
    old: bool = True,
) -> str:
    def find(identities: Collection[Identity]) -> Found | None:
        return Found(tuple(writers[identity] for identity in identities if identity in writers), everyone)

    older = [((1, 8), "/logs/access.log.2"), ((1, 9), "/logs/access.log.1")] if old else []
    newest = [] if isinstance(at_path, Obstacle) else [((1, 10), "/logs/access.log")]
    return explain_silence(at_path, [*older, *newest], find)


def test_a_writer_that_stayed_on_the_renamed_file_is_named_with_what_to_do() -> None:
    stays = "nginx (process 42) still writes to the renamed /logs/access.log.1: kill -USR1 42"
    assert _explain({(1, 9): _NGINX}) == stays
    assert _explain({(1, 9): _NGINX}, at_path=MISSING) == f"it is missing; {stays}"


def test_a_writer_that_stayed_is_named_although_another_has_the_new_file() -> None:
    other = Writer(50, 1, "python3")
    assert _explain({(1, 9): _NGINX, (1, 10): other}).startswith("nginx (process 42) still writes to the renamed")
    assert _explain({(1, 9): _NGINX, (1, 10): _NGINX}) == (
        "no traffic: nginx (process 42) has it open and writes nothing"
    )


def test_a_writer_to_a_file_that_is_not_beside_it_any_more_is_named() -> None:
    found = explain_silence(MISSING, [((1, 9), None)], lambda identities: Found((_NGINX,), True))
    assert found == ("it is missing; nginx (process 42) still writes to the earlier file: kill -USR1 42")


def test_a_file_that_is_gone_or_barred_is_said() -> None:
    assert _explain({}, at_path=MISSING) == "it is missing"
    assert _explain({}, at_path=DENIED) == "it cannot be read (permission denied)"
    assert _explain({}, at_path=MISSING, everyone=False) == (
        "it is missing; only root can see whether others still write to the earlier file"
    )


def test_a_writer_that_writes_nothing_means_no_traffic() -> None:
    assert _explain({(1, 10): _NGINX}) == "no traffic: nginx (process 42) has it open and writes nothing"


def test_a_file_without_a_writer_is_reported_as_far_as_processes_can_be_examined() -> None:
    assert _explain({}) == "no process has it open for writing: its writer has ended, or writes elsewhere"
    assert _explain({}, everyone=False, old=False) == (
        "it is there and readable; only root can see which processes of other users write to it"
    )
    nobody_knows = explain_silence(_AT_PATH, [], lambda identities: None)
    assert nobody_knows == "it is there and readable: no traffic, or its writer writes elsewhere"


@_LINUX
def test_who_is_read_by_commands_in_another_thread_is_told_the_same(tmp_path: Path) -> None:
    path, moved = tmp_path / "access.log", tmp_path / "access.log.1"
    tail = FileTail(str(path), files=CommandFiles(), clock=ManualClock(), from_start=True)
    with _held(path, "a") as pid:
        tail.read()
        path.rename(moved)
        path.touch()
        tail.read()
        tail.read()
        said = explain_silence_of(str(path), tail.position(), LocalFiles())
        (name,) = (holder.name for holder in _found(moved))
        assert said.startswith(f"{name} (process {pid}) still writes to the renamed {moved}: ")
    path.unlink()
    assert explain_silence_of(str(path), None, LocalFiles()) == "it is missing"
    tail.close()
