"""Stores a snapshot and its journal in a directory of their own."""

import contextlib
import errno
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from http_monitor.checkpoint.file_format import (
    DamagedError,
    Saved,
    SnapshotHead,
    pack_frame,
    unpack_frames,
    unpack_snapshot,
)
from http_monitor.checkpoint.folder import Folder
from http_monitor.report import Notice
from http_monitor.units import visible_text

SNAPSHOT, JOURNAL, LOCK = "snapshot", "journal-", "lock"
_NEW = "snapshot.new"
_MAX_DAMAGED = 5
# A planted link must not redirect our writing; each flag exists only where it has a meaning.
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_WRITE = os.O_WRONLY | os.O_CREAT | _SAFE
_MODE = 0o600


@dataclass(slots=True)
class LockedFolder:
    """The locked directory of a checkpoint."""

    folder: Folder
    lock: int
    """A descriptor that keeps the lock until it is closed."""

    def is_there(self) -> bool:
        """Return whether the next process would find this directory and this lock."""
        try:
            same_lock = os.path.samestat(self.folder.status(LOCK), os.fstat(self.lock))
        except OSError:
            return False
        return same_lock and self.folder.is_at_its_path()

    def release(self) -> None:
        """Release the lock; repeated calls are harmless."""
        self.folder.close()
        lock, self.lock = self.lock, -1
        if lock >= 0:
            os.close(lock)


class FileStore:
    """A checkpoint on disk: after a kill or a power failure each write is complete or absent.

    A snapshot is written beside the old one and then renamed; a journal belongs to the generation of one snapshot.
    Owned by one thread, and by one process at a time, as `open_store` ensures.

    Args:
        held: The locked directory of this checkpoint; `close` releases it.
        hold: Creates and locks the directory again if it was deleted. Raises OSError.
    """

    def __init__(self, held: LockedFolder, hold: Callable[[], LockedFolder]) -> None:
        self._held = held
        self._hold = hold
        self._generation = 0
        self._journal = -1

    def read(self) -> tuple[Saved | None, list[Notice]]:
        """Return the checkpoint of an earlier process, and notices for the user."""
        try:
            data = self._read(SNAPSHOT)
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
            words = "its end is damaged: resuming from before it; lines counted since then count again"
            notices.append(Notice(f"checkpoint: {words}", "warning", "checkpoint"))
        return Saved(state, tuple(increments), self._written_ns()), notices

    def snapshot(self, parts: Iterable[bytes]) -> None:
        """Replace the checkpoint by these parts. Raises OSError, and then the old one remains.

        A deleted directory is created again.
        """
        if not self._held.is_there():
            held = self._hold()
            self._held.release()
            self._held = held
        folder = self._held.folder
        generation = self._generation + 1
        journal = -1
        try:
            with contextlib.suppress(FileNotFoundError):
                folder.unlink(_NEW)
            _write_new(folder, SnapshotHead(generation), parts)
            journal = folder.open(f"{JOURNAL}{generation}", _WRITE | os.O_TRUNC | os.O_APPEND, _MODE)
            folder.replace(_NEW, SNAPSHOT)
        except OSError:
            if journal >= 0:
                os.close(journal)
            # On a full disk the room may be needed.
            with contextlib.suppress(OSError):
                folder.unlink(_NEW)
            raise
        self._close_journal()
        self._generation, self._journal = generation, journal
        folder.sync()
        self._remove_other_journals()

    def append(self, increment: bytes) -> None:
        """Append to the journal. Raises OSError, and then only a new snapshot may follow.

        Raises:
            FileNotFoundError: the earlier files were deleted.
        """
        if self._journal < 0:
            raise OSError("there is no snapshot to append to")
        if not self._is_kept():
            self._close_journal()
            raise FileNotFoundError(errno.ENOENT, "it was deleted")
        try:
            _write_all(self._journal, pack_frame(increment))
            _sync(self._journal)
        except OSError:
            self._close_journal()
            raise

    def set_aside(self, reason: str) -> Notice:
        """Rename an unusable checkpoint, so that the user can examine it; return a notice."""
        name = self._free_name()
        words = f"checkpoint: {reason}; "
        try:
            self._held.folder.replace(SNAPSHOT, name)
        except OSError as error:
            words += f"it is not used, and cannot be set aside ({error.strerror})"
            return Notice(words, "warning", "checkpoint")
        with contextlib.suppress(OSError):
            self._held.folder.replace(f"{JOURNAL}{self._generation}", f"{name}.journal")
        shown = visible_text(os.path.join(self._held.folder.path, name))
        return Notice(f"{words}set aside as {shown}; this run begins without it", "warning", "checkpoint")

    def close(self) -> None:
        """Release the lock; repeated calls are harmless."""
        self._close_journal()
        self._held.release()

    def _is_kept(self) -> bool:
        """Return whether the next process would find the files and everything appended to them."""
        try:
            self._held.folder.status(SNAPSHOT)
            return bool(os.fstat(self._journal).st_nlink) and self._held.is_there()
        except OSError:
            return False

    def _read_journal(self) -> tuple[list[bytes], bool]:
        try:
            return unpack_frames(self._read(f"{JOURNAL}{self._generation}"))
        except FileNotFoundError:
            return [], False
        except OSError:
            return [], True

    def _written_ns(self) -> int | None:
        times_ns = []
        for name in (SNAPSHOT, f"{JOURNAL}{self._generation}"):
            with contextlib.suppress(OSError):
                times_ns.append(self._held.folder.status(name).st_mtime_ns)
        return max(times_ns, default=None)

    def _close_journal(self) -> None:
        journal, self._journal = self._journal, -1
        if journal >= 0:
            # All data that matters was synchronised.
            with contextlib.suppress(OSError):
                os.close(journal)

    def _remove_other_journals(self) -> None:
        with contextlib.suppress(OSError):
            for name in self._held.folder.names():
                if name.startswith(JOURNAL) and name != f"{JOURNAL}{self._generation}":
                    self._held.folder.unlink(name)

    def _free_name(self) -> str:
        names = [f"{SNAPSHOT}.damaged-{number}" for number in range(1, _MAX_DAMAGED + 1)]
        ages = []
        for name in names:
            try:
                ages.append((self._held.folder.status(name).st_mtime_ns, name))
            except OSError:
                return name
        return min(ages)[1]

    def _read(self, name: str) -> bytes:
        return read_whole(self._held.folder, name)


def read_whole(folder: Folder, name: str) -> bytes:
    """Return the contents of a file of a checkpoint. Raises OSError."""
    descriptor = folder.open(name, os.O_RDONLY | _SAFE | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:
        return file.read()


def read_saved(folder: Folder) -> Saved | None:
    """Return the checkpoint in the directory of another run; None if it makes no sense.

    Raises:
        OSError: it cannot be read.
    """
    try:
        generation, state = unpack_snapshot(read_whole(folder, SNAPSHOT))
    except DamagedError:
        return None
    increments: list[bytes] = []
    with contextlib.suppress(OSError):
        increments, _ = unpack_frames(read_whole(folder, f"{JOURNAL}{generation}"))
    return Saved(state, tuple(increments))


def _write_new(folder: Folder, head: SnapshotHead, parts: Iterable[bytes]) -> None:
    descriptor = folder.open(_NEW, _WRITE | os.O_EXCL, _MODE)
    try:
        _write_all(descriptor, head.pack())
        for part in parts:
            head.add(part)
            _write_all(descriptor, part)
        # The header is written only when the parts are complete; the file is renamed later still.
        os.lseek(descriptor, 0, os.SEEK_SET)
        _write_all(descriptor, head.pack())
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync(descriptor: int) -> None:
    getattr(os, "fdatasync", os.fsync)(descriptor)
