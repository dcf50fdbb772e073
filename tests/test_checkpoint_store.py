import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.checkpoint.file_format import (
    DamagedError,
    Saved,
    SnapshotHead,
    pack_frame,
    unpack_frames,
    unpack_snapshot,
)
from http_monitor.checkpoint.location import default_directory, key_of
from http_monitor.checkpoint.lock import OpenResult, open_store
from http_monitor.checkpoint.open import open_state
from http_monitor.checkpoint.store import FileStore
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.settings import Settings
from tests.checkpointed import at, here
from tests.examples import examples
from tests.program import ROOT

_WRITES = st.lists(st.tuples(st.booleans(), st.binary(max_size=40)), min_size=1, max_size=8)


def _opened(directory: Path, key: str = "set") -> tuple[FileStore, Saved | None]:
    opened = open_store(str(directory), key)
    assert opened.notices == ()
    assert opened.store is not None
    return opened.store, opened.saved


def _snapshot(state: bytes) -> bytes:
    head = SnapshotHead(1)
    head.add(state)
    return head.pack() + state


def _write(store: FileStore, writes: list[tuple[bool, bytes]]) -> list[Saved]:
    """Write, beginning with a snapshot; return what could be found after each write."""
    found: list[Saved] = []
    for whole, data in [(True, b"first"), *writes]:
        if whole:
            # In parts or in one: it makes no difference.
            store.snapshot([data[:3], b"", data[3:]])
            found.append(Saved(data, ()))
        else:
            store.append(data)
            found.append(Saved(found[-1].snapshot, (*found[-1].increments, data)))
    return found


def test_there_is_nothing_at_first(tmp_path: Path) -> None:
    store, saved = _opened(tmp_path / "new" / "state")
    assert saved is None
    store.close()
    store.close()


@settings(max_examples=examples(60), deadline=None)
@given(writes=_WRITES)
def test_what_was_written_is_found(tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[bool, bytes]]) -> None:
    directory = tmp_path_factory.mktemp("state")
    store, _ = _opened(directory)
    expected = _write(store, writes)[-1]
    store.close()
    store, saved = _opened(directory)
    assert saved == expected
    names = sorted(path.name for path in (directory / "set").iterdir())
    assert len(names) == 3
    assert (names[0].startswith("journal-"), names[1:]) == (True, ["lock", "snapshot"])
    store.close()


@settings(max_examples=examples(80), deadline=None)
@given(writes=_WRITES, cut=st.integers(0, 400))
def test_a_journal_that_a_kill_cut_off_gives_what_was_whole(
    tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[bool, bytes]], cut: int
) -> None:
    directory = tmp_path_factory.mktemp("state")
    store, _ = _opened(directory)
    last = _write(store, writes)[-1]
    store.close()
    (journal,) = (directory / "set").glob("journal-*")
    kept = journal.read_bytes()[:cut]
    journal.write_bytes(kept)
    whole = 0
    for number in range(len(last.increments) + 1):
        if len(b"".join(map(pack_frame, last.increments[:number]))) <= len(kept):
            whole = number
    store, saved = _opened(directory)
    assert saved == Saved(last.snapshot, last.increments[:whole])
    store.close()


@settings(max_examples=examples(120), deadline=None)
@given(writes=_WRITES, place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), which=st.booleans())
def test_no_damage_gives_what_was_never_written(
    tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[bool, bytes]], place: float, flip: int, which: bool
) -> None:
    directory = tmp_path_factory.mktemp("state")
    store, _ = _opened(directory)
    found = _write(store, writes)
    store.close()
    (journal,) = (directory / "set").glob("journal-*")
    damaged = journal if which else directory / "set" / "snapshot"
    data = bytearray(damaged.read_bytes())
    if not data:
        return
    data[int(place * len(data))] ^= flip
    damaged.write_bytes(data)
    opened = open_store(str(directory), "set")
    assert opened.store is not None
    assert opened.saved is None or opened.saved in found
    if not which:
        assert opened.saved is None
    opened.store.close()


def test_after_a_failed_write_the_old_checkpoint_is_still_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = _opened(tmp_path)
    store.snapshot([b"old"])
    store.append(b"more")
    real = os.write

    def full(descriptor: int, data: memoryview) -> int:
        if len(data) > 10:
            return real(descriptor, data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        store.snapshot([b"new" * 100])
    assert not (tmp_path / "set" / "snapshot.new").exists()
    with pytest.raises(OSError, match="No space left"):
        store.append(b"even more" * 100)
    monkeypatch.undo()
    with pytest.raises(OSError, match="no snapshot to append to"):
        store.append(b"too late")
    store.close()
    store, saved = _opened(tmp_path)
    assert saved == Saved(b"old", (b"more",))
    store.snapshot([b"newest"])
    store.append(b"again")
    store.close()
    store, saved = _opened(tmp_path)
    assert saved == Saved(b"newest", (b"again",))
    store.close()


def test_a_truncated_checkpoint_is_set_aside_and_named(tmp_path: Path) -> None:
    store, _ = _opened(tmp_path)
    store.snapshot([b"state"])
    store.close()
    path = tmp_path / "set" / "snapshot"
    path.write_bytes(path.read_bytes()[:-1])
    damaged = path.read_bytes()
    opened = open_store(str(tmp_path), "set")
    (notice,) = opened.notices
    aside = tmp_path / "set" / "snapshot.damaged-1"
    assert notice.text == f"checkpoint: it is cut off; set aside as {aside}; this run begins without it"
    assert (opened.saved, aside.read_bytes(), path.exists()) == (None, damaged, False)
    assert opened.store is not None
    opened.store.close()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is not of this program, or of another version"),
        (b"http_monitor checkpoint 2\n" + b"x" * 100, "it is not of this program, or of another version"),
        (b"\0" * 1_000, "it is not of this program, or of another version"),
        (_snapshot(b"state") + b"x", "it is longer than it says"),
        (_snapshot(b"state")[:-5] + b"STATE", "its checksum is wrong"),
        (_snapshot(b"")[:30], "it is cut off"),
    ],
)
def test_a_foreign_or_corrupted_checkpoint_is_set_aside(tmp_path: Path, content: bytes, reason: str) -> None:
    _opened(tmp_path)[0].close()
    (tmp_path / "set" / "snapshot").write_bytes(content)
    opened = open_store(str(tmp_path), "set")
    (notice,) = opened.notices
    assert notice.text.startswith(f"checkpoint: {reason}; set aside as ")
    assert opened.saved is None
    assert opened.store is not None
    opened.store.close()


def test_only_the_last_few_damaged_ones_are_kept(tmp_path: Path) -> None:
    for number in range(8):
        store, _ = _opened(tmp_path)
        store.snapshot([b"%d" % number])
        store.set_aside("for a test")
        os.utime(
            sorted((tmp_path / "set").glob("*damaged*"), key=lambda path: path.stat().st_mtime_ns)[-1], (number,) * 2
        )
        store.close()
    kept = sorted(unpack_snapshot(path.read_bytes())[1] for path in (tmp_path / "set").glob("snapshot.damaged-?"))
    assert len(kept) == 5
    assert b"7" in kept


def test_a_frame_in_the_midst_of_the_journal_that_is_damaged_is_said() -> None:
    frames = [pack_frame(data) for data in (b"one", b"two", b"three")]
    assert unpack_frames(b"".join(frames)) == ([b"one", b"two", b"three"], False)
    broken = frames[1][:-1] + b"x"
    assert unpack_frames(frames[0] + broken + frames[2]) == ([b"one"], True)
    with pytest.raises(DamagedError):
        unpack_snapshot(frames[0])


def test_a_second_run_of_the_same_set_goes_without_and_says_who_has_it(tmp_path: Path) -> None:
    store, _ = _opened(tmp_path)
    second = open_store(str(tmp_path), "set")
    assert second.store is None
    (notice,) = second.notices
    who = f"process {os.getpid()}"
    assert notice.text == f"no state is kept: {who} already follows the same files, and keeps their state"
    other, _ = _opened(tmp_path, "another set")
    other.close()
    store.close()
    third, _ = _opened(tmp_path)
    third.close()


_HOLDER = """
import sys
from http_monitor.checkpoint.lock import open_store
opened = open_store(sys.argv[1], "set")
opened.store.snapshot([b"of the other"])
print("held", flush=True)
sys.stdin.read()
"""


def test_a_disk_that_is_full_at_the_start_is_no_reason_to_keep_no_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        opened = open_store(str(tmp_path), "set")
    assert (opened.notices, opened.saved) == ((), None)
    assert opened.store is not None
    opened.store.snapshot([b"later"])
    opened.store.close()


def test_a_kill_releases_the_lock(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder, holder.stdout, holder.stdin:
        assert holder.stdout.readline() == b"held\n"
        (notice,) = open_store(str(tmp_path), "set").notices
        assert f"process {holder.pid} " in notice.text
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    store, saved = _opened(tmp_path)
    assert saved == Saved(b"of the other", ())
    store.close()


def test_other_users_cannot_read_the_checkpoint(tmp_path: Path) -> None:
    store, _ = _opened(tmp_path / "state")
    store.snapshot([b"addresses of visitors"])
    store.append(b"more of them")
    modes = {
        path.name.split("-")[0]: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state" / "set").iterdir()
    }
    assert modes == {"lock": 0o600, "snapshot": 0o600, "journal": 0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state" / "set").stat().st_mode) == 0o700
    store.close()


def _refusal(opened: OpenResult) -> str:
    assert opened.store is None
    assert opened.saved is None
    (notice,) = opened.notices
    return notice.text.removeprefix("no state is kept: ")


def test_a_directory_that_others_can_write_is_not_trusted(tmp_path: Path) -> None:
    directory = tmp_path / "state"
    directory.mkdir()
    directory.chmod(0o777)
    assert _refusal(open_store(str(directory), "set")) == f"{directory} can be written by other users"


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(b"")
    assert _refusal(open_store(str(path), "set")) == f"{path}: File exists"
    assert _refusal(open_store(str(path / "below"), "set")) == f"{path / 'below'}: Not a directory"


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    store, _ = _opened(tmp_path / "state")
    (tmp_path / "state" / "set" / "snapshot.new").symlink_to(victim)
    store.snapshot([b"state"])
    assert victim.read_bytes() == b"precious"
    store.close()
    (tmp_path / "state" / "set" / "lock").unlink()
    (tmp_path / "state" / "set" / "lock").symlink_to(victim)
    assert "Too many levels of symbolic links" in _refusal(open_store(str(tmp_path / "state"), "set"))
    assert victim.read_bytes() == b"precious"


def test_the_directory_is_that_of_the_specification() -> None:
    assert default_directory({"XDG_STATE_HOME": "/state", "HOME": "/home/ann"}) == "/state/http_monitor"
    assert default_directory({"HOME": "/home/ann"}) == "/home/ann/.local/state/http_monitor"
    assert default_directory({"XDG_STATE_HOME": "relative", "HOME": "/h"}) == "/h/.local/state/http_monitor"


def test_a_set_has_one_name_in_any_order() -> None:
    assert key_of(here("/a/access.log", "/b/other.log")) == key_of(here("/b/other.log", "/a/access.log"))
    names = {
        key_of(here("/a/access.log")),
        key_of(here("/b/access.log")),
        key_of(at("ssh web1", "/a/access.log")),
        key_of(at("ssh web2", "/a/access.log")),
        key_of(here("/a/access.log", "/b/access.log")),
        key_of(here("/a/*.log")),
    }
    assert len(names) == 6


def test_a_relative_path_is_of_this_directory_but_elsewhere_of_that_one() -> None:
    assert key_of(here("access.log")) == key_of(here(os.path.abspath("access.log")))
    assert key_of(at("ssh web1", "access.log")) != key_of(at("ssh web1", os.path.abspath("access.log")))


def test_where_the_working_directory_is_gone_whole_paths_have_their_names_and_relative_ones_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = key_of(here("/a/access.log", "/b/../*.log"))

    def getcwd() -> str:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    monkeypatch.setattr(os, "getcwd", getcwd)
    assert key_of(here("/a/access.log", "/b/../*.log")) == before
    opened = open_state(Settings(files=("access.log",), state_dir="/none"), {}, ["access.log"], make_engine=_never)
    assert [notice.text for notice in opened.notices] == [
        "no state is kept: the working directory is gone, and the path begins there"
    ]


def _never(chosen: Settings) -> MetricsAggregator:
    raise AssertionError(f"an engine is made of {chosen}")


@given(st.lists(st.text(min_size=1).filter(lambda text: "\0" not in text), min_size=1, max_size=3))
def test_a_name_is_safe_as_that_of_a_file(paths: list[str]) -> None:
    name = key_of(at("x", *paths))
    assert "/" not in name
    assert len(name) <= 57
    assert name.isascii()
