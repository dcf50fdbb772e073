"""Keeps a snapshot and the journal of what came after it in a directory of their own."""

import contextlib
import os
from collections.abc import Iterable

from http_monitor.ports import Saved
from http_monitor.report import Notice
from http_monitor.state.frames import DamagedError, SnapshotHead, pack_frame, unpack_frames, unpack_snapshot
from http_monitor.units import visible_text

SNAPSHOT, JOURNAL = "snapshot", "journal-"
_NEW = "snapshot.new"
_MOST_DAMAGED = 5
# A link that somebody planted must not lead our writing elsewhere; each flag only exists where it means something.
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_WRITE = os.O_WRONLY | os.O_CREAT | _SAFE
_MODE = 0o600


class FileStore:
    """A checkpoint on disk: each write is there whole after a kill or a power failure, or not at all.

    A snapshot is written beside the old one and takes its name; a journal belongs to the generation of one snapshot.
    Owned by one thread, and by one process at a time: `open_store` sees to that.

    Args:
        directory: Of this checkpoint alone.
        lock: A descriptor that keeps others out, released by `close`.
    """

    def __init__(self, directory: str, lock: int) -> None:
        self._directory = directory
        self._lock = lock
        self._generation = 0
        self._journal = -1

    def read(self) -> tuple[Saved | None, list[Notice]]:
        """Return what an earlier process left, and what the user should know of it."""
        try:
            data = _read(self._path(SNAPSHOT))
        except FileNotFoundError:
            return None, []
        except OSError as error:
            return None, [self.set_aside(f"it cannot be read ({error.strerror})")]
        try:
            self._generation, state = unpack_snapshot(data)
        except DamagedError as error:
            return None, [self.set_aside(str(error))]
        increments, wrong = self._read_journal()
        notices = []
        if wrong:
            words = "its end is damaged: it goes on from a moment before; what was counted since counts again"
            notices.append(Notice(f"checkpoint: {words}", "warning"))
        return Saved(state, tuple(increments)), notices

    def snapshot(self, parts: Iterable[bytes]) -> None:
        """Replace everything by these parts. Raises OSError, and then the old is still there."""
        generation = self._generation + 1
        new = self._path(_NEW)
        journal = -1
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(new)
            _write_new(new, SnapshotHead(generation), parts)
            journal = os.open(self._path(f"{JOURNAL}{generation}"), _WRITE | os.O_TRUNC | os.O_APPEND, _MODE)
            os.replace(new, self._path(SNAPSHOT))
        except OSError:
            if journal >= 0:
                os.close(journal)
            # On a full disk somebody may need the room.
            with contextlib.suppress(OSError):
                os.unlink(new)
            raise
        self._close_journal()
        self._generation, self._journal = generation, journal
        _sync_directory(self._directory)
        self._remove_other_journals()

    def append(self, increment: bytes) -> None:
        """Add to the snapshot. Raises OSError, and then only a new snapshot may follow."""
        if self._journal < 0:
            raise OSError("there is no snapshot to append to")
        try:
            _write_all(self._journal, pack_frame(increment))
            _sync(self._journal)
        except OSError:
            self._close_journal()
            raise

    def set_aside(self, reason: str) -> Notice:
        """Keep what makes no sense, under another name, for whoever wants to look at it; returns what to say."""
        name = self._free_name()
        words = f"checkpoint: {reason}; "
        try:
            os.replace(self._path(SNAPSHOT), self._path(name))
        except OSError as error:
            return Notice(f"{words}it is not used, nor can it be set aside ({error.strerror})", "warning")
        with contextlib.suppress(OSError):
            os.replace(self._path(f"{JOURNAL}{self._generation}"), self._path(f"{name}.journal"))
        shown = visible_text(self._path(name))
        return Notice(f"{words}set aside as {shown}, this run begins without", "warning")

    def close(self) -> None:
        """Let another process have it; more than once does no harm."""
        self._close_journal()
        lock, self._lock = self._lock, -1
        if lock >= 0:
            os.close(lock)

    def _read_journal(self) -> tuple[list[bytes], bool]:
        try:
            return unpack_frames(_read(self._path(f"{JOURNAL}{self._generation}")))
        except FileNotFoundError:
            return [], False
        except OSError:
            return [], True

    def _close_journal(self) -> None:
        journal, self._journal = self._journal, -1
        if journal >= 0:
            # Everything that counts was synchronised.
            with contextlib.suppress(OSError):
                os.close(journal)

    def _remove_other_journals(self) -> None:
        with contextlib.suppress(OSError):
            for name in os.listdir(self._directory):
                if name.startswith(JOURNAL) and name != f"{JOURNAL}{self._generation}":
                    os.unlink(self._path(name))

    def _free_name(self) -> str:
        names = [f"{SNAPSHOT}.damaged-{number}" for number in range(1, _MOST_DAMAGED + 1)]
        ages = []
        for name in names:
            try:
                ages.append((os.lstat(self._path(name)).st_mtime_ns, name))
            except OSError:
                return name
        return min(ages)[1]

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name)


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | _SAFE | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:
        return file.read()


def _write_new(path: str, head: SnapshotHead, parts: Iterable[bytes]) -> None:
    descriptor = os.open(path, _WRITE | os.O_EXCL, _MODE)
    try:
        _write_all(descriptor, head.packed())
        for part in parts:
            head.add(part)
            _write_all(descriptor, part)
        # Only now it says how much it is of what; the file has its name later still.
        os.lseek(descriptor, 0, os.SEEK_SET)
        _write_all(descriptor, head.packed())
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync(descriptor: int) -> None:
    getattr(os, "fdatasync", os.fsync)(descriptor)


def _sync_directory(directory: str) -> None:
    """Let the new name survive a power failure, where a directory can be synchronised at all."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
