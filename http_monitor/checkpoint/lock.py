"""Opens the checkpoint of a set of files, or says why a run has to do without."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

from http_monitor.checkpoint.file_format import Saved
from http_monitor.checkpoint.folder import Folder, RefusedError
from http_monitor.checkpoint.store import LOCK, SNAPSHOT, FileStore, Held, saved_in
from http_monitor.report import Notice
from http_monitor.units import visible_text

try:
    import fcntl
except ImportError:  # Windows: nothing there is released by itself when a process is killed, so nothing is locked
    fcntl = None  # type: ignore[assignment]

_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE_MODE = 0o600
_MOST_OTHERS = 16


@dataclass(frozen=True, slots=True)
class Opened:
    """A checkpoint as it was found."""

    store: FileStore | None
    """Where to write; None: the run goes without."""
    saved: Saved | None = None
    """What to go on with; None: nothing."""
    notices: tuple[Notice, ...] = ()


def open_store(directory: str, key: str) -> Opened:
    """Open the checkpoint of that key; never raises for what the disk is, or who else is there.

    Args:
        directory: Where all checkpoints are; made if it is missing.
        key: The name of this one.
    """

    def hold() -> Held:
        try:
            return _held(directory, key)
        except RefusedError as refused:
            raise OSError(None, str(refused)) from refused

    try:
        held = _held(directory, key)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _without(f"{visible_text(error.filename or os.path.join(directory, key))}: {reason}")
    except RefusedError as refused:
        return _without(str(refused))
    store = FileStore(held, hold)
    saved, notices = store.read()
    return Opened(store, saved, tuple(notices))


def others(directory: str, key: str, most: int = _MOST_OTHERS) -> Iterator[Saved]:
    """Yield what other runs have left there, the newest first; what cannot be read is left out, and nothing changed."""
    try:
        shared = Folder.shared(directory)
    except (OSError, RefusedError):
        return
    try:
        found = []
        for name in shared.names():
            with contextlib.suppress(OSError):
                found.append((os.stat(os.path.join(directory, name, SNAPSHOT)).st_mtime_ns, name))
        for _, name in sorted(found, reverse=True)[:most]:
            if name != key:
                with contextlib.suppress(OSError, RefusedError), contextlib.closing(shared.inner(name)) as folder:
                    saved = saved_in(folder)
                    if saved is not None:
                        yield saved
    finally:
        shared.close()


def _without(reason: str) -> Opened:
    return Opened(None, notices=(Notice(f"no state is kept: {reason}", "warning", "no-state"),))


def _held(directory: str, key: str) -> Held:
    """Open the directory of a checkpoint, and keep others out.

    Raises:
        OSError: it cannot be.
        RefusedError: it is not safe, or somebody else has it.
    """
    shared = Folder.shared(directory)
    try:
        folder = shared.inner(key)
    finally:
        shared.close()
    try:
        return Held(folder, _lock(folder))
    except BaseException:
        folder.close()
        raise


def _lock(folder: Folder) -> int:
    """Return a descriptor that keeps others out until it is closed, also by a kill."""
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
            raise RefusedError(f"{who} follows the same files already, and keeps theirs") from None
    # Who it is matters to nobody else, and a disk that is full now may not be when the checkpoint is written.
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, b"%d" % os.getpid())
    return descriptor
