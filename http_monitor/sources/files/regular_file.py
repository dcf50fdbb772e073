"""Determines whether a path leads to a readable regular file, without ever waiting for it."""

import errno
import os
import stat
from dataclasses import dataclass

# A FIFO without a writer must not block the monitor, a terminal must not become its controlling one, and Windows must
# not translate line ends; each flag exists only where it has a meaning.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The reason why a path cannot be read now."""

    state: str
    """Continues a sentence after the path: ``is missing``."""
    notice: str
    """Text after the path and a colon, when waiting for it: ``missing, waiting for it``."""


MISSING = Obstacle("is missing", "missing, waiting for it")
DIRECTORY = Obstacle("is a directory", "is a directory, waiting for a file")
DENIED = Obstacle("cannot be read (permission denied)", "permission denied, waiting for it")
SPECIAL = Obstacle("is not a regular file", "not a regular file, waiting for one")
CROWDED = Obstacle("cannot be opened (too many files are open)", "too many files are open, waiting to open it")
LOOP = Obstacle("is a loop of symbolic links", "a loop of symbolic links, waiting for a file")


def look(path: str) -> os.stat_result | Obstacle:
    """Return the status of the regular file at a path, symbolic links followed; or the obstacle."""
    try:
        return _regular(os.stat(path))
    except OSError as error:
        return obstacle(error)


def open_regular(path: str) -> tuple[int, os.stat_result] | Obstacle:
    """Return a descriptor for reading, to be closed by the caller, and the status; or the obstacle."""
    found = look(path)
    if isinstance(found, Obstacle):
        return found  # a device is not even opened, since that can rewind a tape or reset a line
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        return obstacle(error)
    try:
        found = _regular(os.fstat(descriptor))
    except OSError as error:
        found = obstacle(error)
    if isinstance(found, Obstacle):
        os.close(descriptor)
        return found
    return descriptor, found


def obstacle(error: OSError) -> Obstacle:
    """Return the obstacle for an error of the operating system."""
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return MISSING
    if error.errno == errno.EISDIR:
        return DIRECTORY
    if error.errno in (errno.EACCES, errno.EPERM):
        return DENIED
    if error.errno == errno.ELOOP:
        return LOOP
    reason = error.strerror or type(error).__name__
    return Obstacle(f"cannot be read ({reason})", f"cannot be read ({reason}), trying again")


def _regular(status: os.stat_result) -> os.stat_result | Obstacle:
    if stat.S_ISREG(status.st_mode):
        return status
    return DIRECTORY if stat.S_ISDIR(status.st_mode) else SPECIAL
