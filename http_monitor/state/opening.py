"""Opens the checkpoint of a set of files, or says why a run has to do without."""

import contextlib
import os
import stat
from dataclasses import dataclass

from http_monitor.ports import Saved
from http_monitor.report import Notice
from http_monitor.state.store import FileStore
from http_monitor.units import visible_text

try:
    import fcntl
except ImportError:  # Windows: nothing there is released by itself when a process is killed, so nothing is locked
    fcntl = None  # type: ignore[assignment]

_LOCK = "lock"
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_DIRECTORY_MODE, _FILE_MODE = 0o700, 0o600
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Opened:
    """A checkpoint as it was found."""

    store: FileStore | None
    """Where to write; None: the run goes without."""
    saved: Saved | None = None
    """What to go on with; None: nothing."""
    notices: tuple[Notice, ...] = ()


class _RefusedError(Exception):
    """Why there is no state, in words."""


def open_store(directory: str, key: str) -> Opened:
    """Open the checkpoint of that key; never raises for what the disk is, or who else is there.

    Args:
        directory: Where all checkpoints are; made if it is missing.
        key: The name of this one.
    """
    own = os.path.join(directory, key)
    try:
        os.makedirs(directory, mode=_DIRECTORY_MODE, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir(own, _DIRECTORY_MODE)
        _check_owner(directory)
        _check_owner(own)
        lock = _lock(os.path.join(own, _LOCK))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _without(f"{visible_text(error.filename or own)}: {reason}")
    except _RefusedError as refused:
        return _without(str(refused))
    store = FileStore(own, lock)
    saved, notices = store.read()
    return Opened(store, saved, tuple(notices))


def _without(reason: str) -> Opened:
    return Opened(None, notices=(Notice(f"no state is kept: {reason}", "warning"),))


def _check_owner(directory: str) -> None:
    status = os.lstat(directory)
    shown = visible_text(directory)
    if stat.S_ISLNK(status.st_mode):
        status = os.stat(directory)
    if not stat.S_ISDIR(status.st_mode):
        raise _RefusedError(f"{shown} is not a directory")
    if hasattr(os, "geteuid"):
        if status.st_uid not in (os.geteuid(), 0):
            raise _RefusedError(f"{shown} belongs to another user")
        if status.st_mode & _OTHERS_MAY_WRITE and not status.st_mode & stat.S_ISVTX:
            raise _RefusedError(f"{shown} can be written by other users")


def _lock(path: str) -> int:
    """Return a descriptor that keeps others out until it is closed, also by a kill."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _SAFE, _FILE_MODE)
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.read(descriptor, 20)
            os.close(descriptor)
            if not isinstance(error, BlockingIOError):
                raise
            who = f"process {int(owner)}" if owner.isdigit() else "another process"
            raise _RefusedError(f"{who} follows the same files already, and keeps theirs") from None
    # Who it is matters to nobody else, and a disk that is full now may not be when the checkpoint is written.
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, b"%d" % os.getpid())
    return descriptor
