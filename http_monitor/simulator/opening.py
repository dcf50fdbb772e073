"""Opens the file for simulated traffic, unless it could be a real log."""

import hashlib
import os
import stat
from dataclasses import dataclass

from http_monitor.errors import RefusedError
from http_monitor.simulator.memory import MadeFile, Memory
from http_monitor.units import pluralize, visible_text

_PRIVATE = 0o600
_ATTEMPTS = 10
_FIRST_LINE_BYTES = 4096
# Without O_NONBLOCK opening a FIFO would wait for its reader.
_SAFELY = (
    os.O_APPEND
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(slots=True)
class Target:
    """An open file that may be written to; its owner closes it."""

    descriptor: int
    device: int
    inode: int
    made: MadeFile | None
    """Its entry in the memory; None if the simulator did not make it."""


def open_target(path: str, append: bool, memory: Memory) -> Target:
    """Create the file, or open it if the simulator made it, or if it is empty and the user's own.

    The open descriptor is checked, so that nothing can replace the file between check and use.

    Args:
        path: The file; its folder must exist.
        append: Write to it whatever its content (it must still be a regular file, not reached by a symbolic link).
        memory: The files that the simulator made.

    Raises:
        RefusedError: it must not be written, or cannot be.
    """
    try:
        for _ in range(_ATTEMPTS):
            target = _make(path) or _open_existing(path, append, memory)
            if target is not None:
                return target
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise _refusal(path, "its folder does not exist") from None
        raise _refusal(path, f"it cannot be opened ({error.strerror})") from None
    raise _refusal(path, "it comes and goes")


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of the first line in the beginning of a file."""
    return hashlib.sha256(data[:_FIRST_LINE_BYTES].partition(b"\n")[0]).hexdigest()


def real_path(path: str) -> str:
    """Return the absolute path, with symbolic links in its folder resolved."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def _make(path: str) -> Target | None:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _SAFELY, _PRIVATE)
    except FileExistsError:
        return None
    try:
        status = os.fstat(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return Target(descriptor, status.st_dev, status.st_ino, MadeFile(real_path(path), status.st_dev, status.st_ino))


def _open_existing(path: str, append: bool, memory: Memory) -> Target | None:
    try:
        # Even opening a device can have an effect.
        _check_kind(path, os.lstat(path).st_mode)
        # Appending needs no right to read.
        descriptor = os.open(path, (os.O_WRONLY if append else os.O_RDWR) | _SAFELY)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(descriptor)
        _check_kind(path, status.st_mode)
        target = Target(descriptor, status.st_dev, status.st_ino, None)
        # A file opened to append never becomes the simulator's own.
        if not append:
            target.made = memory.find(real_path(path), target.device, target.inode)
            _check_whose(path, status, target)
    except (OSError, RefusedError):
        os.close(descriptor)
        raise
    return target


def _check_kind(path: str, mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise _refusal(path, "it is a symbolic link, and none is followed")
    if stat.S_ISDIR(mode):
        raise _refusal(path, "it is a directory")
    if not stat.S_ISREG(mode):
        raise _refusal(path, "it is not a regular file")


def _check_whose(path: str, status: os.stat_result, target: Target) -> None:
    if status.st_size == 0:
        if not hasattr(os, "geteuid") or status.st_uid == os.geteuid():
            return
        raise _refusal(path, "it belongs to another user; name another --file, or add --traffic-append")
    beginning = os.pread(target.descriptor, _FIRST_LINE_BYTES, 0)
    if target.made is not None and target.made.first_line == digest_of(beginning):
        return
    raise _refusal(
        path,
        f"it holds {pluralize(status.st_size, 'byte')} and is not known to be made by the simulator;"
        " name another --file, or add --traffic-append",
    )


def _refusal(path: str, why: str) -> RefusedError:
    return RefusedError(f"--give-me-traffic does not write to {visible_text(path)}: {why}")
