"""A checkpoint is kept in the directory that was checked, and in no other, whatever others plant or take away."""

import os
import shutil
from pathlib import Path

import pytest

from http_monitor.checkpoint.file_format import Saved
from http_monitor.checkpoint.lock import open_store
from http_monitor.checkpoint.store import FileStore
from http_monitor.settings import Settings
from tests.checkpointed import Fate, Life, MemoryStore
from tests.engine_strategies import START_S, log_line

_STRANGER = 65534


def _refusal(directory: Path | str) -> str:
    opened = open_store(str(directory), "set")
    assert (opened.store, opened.saved) == (None, None)
    (notice,) = opened.notices
    return notice.text.removeprefix("no state is kept: ")


def _store(directory: Path) -> FileStore:
    opened = open_store(str(directory), "set")
    assert (opened.notices, opened.store is not None) == ((), True)
    assert opened.store is not None
    return opened.store


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A directory like /tmp."""
    directory = tmp_path / "shared"
    directory.mkdir()
    directory.chmod(0o1777)
    return directory


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    directory = tmp_path / "victim"
    directory.mkdir()
    (directory / "journal-77").write_bytes(b"mine")
    (directory / "snapshot").write_bytes(b"mine")
    return directory


def _contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_link_in_place_of_a_checkpoint_directory_is_refused_and_leads_nowhere(shared: Path, victim: Path) -> None:
    (shared / "set").symlink_to(victim)
    before = _contents(victim)
    assert _refusal(shared) == f"{shared / 'set'} is a link, which is not followed"
    assert _contents(victim) == before
    (shared / "set").unlink()
    (shared / "set").symlink_to(victim / "nowhere")
    assert _refusal(shared) == f"{shared / 'set'} is a link, which is not followed"
    assert _contents(victim) == before


def test_a_directory_swapped_for_a_link_while_it_is_used_is_not_followed(shared: Path, victim: Path) -> None:
    before = _contents(victim)
    store = _store(shared)
    store.snapshot([b"state"])
    (shared / "set").rename(shared / "away")
    (shared / "set").symlink_to(victim)
    with pytest.raises(FileNotFoundError):
        store.append(b"more")
    with pytest.raises(OSError, match="is a link, which is not followed"):
        store.snapshot([b"state"])
    assert _contents(victim) == before
    store.close()


def test_a_file_in_place_of_a_checkpoint_directory_is_refused(shared: Path) -> None:
    (shared / "set").write_bytes(b"")
    assert _refusal(shared) == f"{shared / 'set'}: Not a directory"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what belongs to others")
def test_what_belongs_to_another_user_is_refused(shared: Path, victim: Path, tmp_path: Path) -> None:
    (shared / "set").mkdir()
    os.chown(shared / "set", _STRANGER, _STRANGER)
    assert _refusal(shared) == f"{shared / 'set'} belongs to another user"
    link = tmp_path / "link"
    link.symlink_to(victim)
    os.chown(link, _STRANGER, _STRANGER, follow_symlinks=False)
    assert _refusal(link) == f"the link {link} belongs to another user"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what belongs to others")
@pytest.mark.parametrize("below", ["state", "state/", "a/b/state"])
def test_a_link_above_is_refused_where_anybody_could_plant_it(
    shared: Path, victim: Path, tmp_path: Path, below: str
) -> None:
    before = _contents(victim)
    for directory in (shared, tmp_path):
        (directory / "link").symlink_to(victim)
        os.chown(directory / "link", _STRANGER, _STRANGER, follow_symlinks=False)
    assert _refusal(f"{shared}/link/{below}") == f"the link {shared / 'link'} belongs to another user"
    assert _contents(victim) == before
    # Where only we make links, one that belongs to another user is our choice; so is one of ours among others'.
    _store(tmp_path / "link" / below).close()
    os.chown(shared / "link", 0, 0, follow_symlinks=False)
    _store(shared / "link" / "other").close()


def test_a_checkpoint_directory_that_others_can_write_is_refused_sticky_or_not(shared: Path) -> None:
    (shared / "set").mkdir()
    (shared / "set").chmod(0o1777)
    assert _refusal(shared) == f"{shared / 'set'} can be written by other users"


def test_a_link_of_ones_own_to_the_state_directory_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    store = _store(tmp_path / "link")
    store.snapshot([b"state"])
    store.close()
    assert (tmp_path / "real" / "set" / "snapshot").exists()


@pytest.mark.parametrize("what", ["all", "directory", "content", "snapshot", "journal", "lock"])
def test_what_was_deleted_while_it_was_used_is_noticed_and_made_anew(tmp_path: Path, what: str) -> None:
    directory = tmp_path / "state"
    store = _store(directory)
    store.snapshot([b"old"])
    store.append(b"more")
    if what in ("all", "directory"):
        shutil.rmtree(directory if what == "all" else directory / "set")
    else:
        for path in (directory / "set").iterdir():
            if what == "content" or path.name.startswith(what):
                path.unlink()
    with pytest.raises(FileNotFoundError, match="it was deleted"):
        store.append(b"lost")
    store.snapshot([b"new"])
    store.append(b"and more")
    second = open_store(str(directory), "set")
    assert second.store is None, "the lock was not made anew"
    store.close()
    again = open_store(str(directory), "set")
    assert (again.saved, again.notices) == (Saved(b"new", (b"and more",)), ())
    assert again.store is not None
    again.store.close()


def test_where_another_process_has_taken_what_was_deleted_nothing_is_written(tmp_path: Path) -> None:
    store = _store(tmp_path)
    store.snapshot([b"first"])
    shutil.rmtree(tmp_path / "set")
    other = _store(tmp_path)
    other.snapshot([b"of the other"])
    with pytest.raises(FileNotFoundError):
        store.append(b"more")
    with pytest.raises(OSError, match=f"process {os.getpid()} already follows the same files"):
        store.snapshot([b"second"])
    store.close()
    other.close()
    again = open_store(str(tmp_path), "set")
    assert again.saved == Saved(b"of the other", ())
    assert again.store is not None
    again.store.close()


class _Deleted(MemoryStore):
    """A checkpoint that is deleted before each append."""

    def append(self, increment: bytes) -> None:
        self.saved = None
        raise FileNotFoundError


def test_a_run_whose_checkpoint_was_deleted_says_so_and_writes_all_of_it_again() -> None:
    life = Life(Settings(from_start=True), store=_Deleted(Fate()))
    monitor = life.begin()
    monitor.step()
    life.content.extend(log_line(START_S) + b"\n")
    life.clock.advance(2)
    monitor.step()
    told = [notice.text for notice in life.runs[0].notices if notice.name == "checkpoint"]
    assert told == ["checkpoint: it was deleted while it was in use, writing it again"]
    assert life.store.writes == ["snapshot", "snapshot"]
    resumed = life.begin()
    resumed.step()
    assert (resumed.health().lines, resumed.health().accepted) == (1, 1)
