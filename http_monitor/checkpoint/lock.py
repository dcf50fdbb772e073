"""Opens and locks the checkpoint of a set of files, or explains why a run has none."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

from http_monitor.checkpoint.file_format import Saved
from http_monitor.checkpoint.folder import Folder, RefusedError
from http_monitor.checkpoint.store import LOCK, SNAPSHOT, FileStore, LockedFolder, read_saved
from http_monitor.report import Notice
from http_monitor.units import visible_text

try:
    import fcntl
except ImportError:  # Windows has no lock that is released when a process is killed, so nothing is locked
    fcntl = None  # type: ignore[assignment]

_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE_MODE = 0o600
_MAX_OTHERS = 16


@dataclass(frozen=True, slots=True)
class OpenResult:
    """The result of opening a checkpoint."""

    store: FileStore | None
    """The storage to write to; None: the run keeps no state."""
    saved: Saved | None = None
    """The checkpoint to resume from; None: there is none."""
    notices: tuple[Notice, ...] = ()


def open_store(directory: str, key: str) -> OpenResult:
    """Open the checkpoint of a key; unusable disks and other processes cause a notice, never an error.

    Args:
        directory: Directory of all checkpoints; created if it is missing.
        key: Name of this checkpoint.
    """

    def hold() -> LockedFolder:
        try:
            return _lock_folder(directory, key)
        except RefusedError as refused:
            raise OSError(None, str(refused)) from refused

    try:
        held = _lock_folder(directory, key)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _run_without(f"{visible_text(error.filename or os.path.join(directory, key))}: {reason}")
    except RefusedError as refused:
        return _run_without(str(refused))
    store = FileStore(held, hold)
    saved, notices = store.read()
    return OpenResult(store, saved, tuple(notices))


def others(directory: str, key: str, most: int = _MAX_OTHERS) -> Iterator[Saved]:
    """Yield the checkpoints of other runs, newest first; skip unreadable ones, and change nothing."""
    try:
        shared = Folder.open_shared(directory)
    except (OSError, RefusedError):
        return
    with contextlib.closing(shared):
        found = []
        for name in shared.names():
            with contextlib.suppress(OSError):
                found.append((os.stat(os.path.join(directory, name, SNAPSHOT)).st_mtime_ns, name))
        for _, name in sorted(found, reverse=True)[:most]:
            if name != key:
                with contextlib.suppress(OSError, RefusedError), contextlib.closing(shared.open_inner(name)) as folder:
                    saved = read_saved(folder)
                    if saved is not None:
                        yield saved


def _run_without(reason: str) -> OpenResult:
    return OpenResult(None, notices=(Notice(f"no state is kept: {reason}", "warning", "no-state"),))


def _lock_folder(directory: str, key: str) -> LockedFolder:
    """Open and lock the directory of a checkpoint.

    Raises:
        OSError: it cannot be opened or locked.
        RefusedError: it is not safe, or another process has it.
    """
    with contextlib.closing(Folder.open_shared(directory)) as shared:
        folder = shared.open_inner(key)
    with contextlib.ExitStack() as if_not_locked:
        if_not_locked.callback(folder.close)
        locked = LockedFolder(folder, _lock(folder))
        if_not_locked.pop_all()
        return locked


def _lock(folder: Folder) -> int:
    """Return a descriptor that locks the directory until it is closed, if only by a kill."""
    descriptor = folder.open(LOCK, os.O_RDWR | os.O_CREAT | _SAFE, _FILE_MODE)
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.read(descriptor, 20)
            os.close(descriptor)
            if not isinstance(error, BlockingIOError):
                raise
            who = f"process {int(owner)}" if owner.isdigit() else "another process"
            raise RefusedError(f"{who} already follows the same files, and keeps their state") from None
    # Our process id only helps other processes' messages, and a full disk may have room for the checkpoint later.
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, b"%d" % os.getpid())
    return descriptor
