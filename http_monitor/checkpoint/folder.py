"""Holds a directory open, so that what is done in it is done in that one, whatever stands at its path by now."""

import contextlib
import os
import stat
from typing import Self

from http_monitor.units import visible_text

_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BY_DESCRIPTOR = {os.open, os.mkdir, os.stat, os.unlink, os.rename} <= os.supports_dir_fd
"""Windows opens no directories; there is no sticky bit either, nor a directory that everybody shares."""
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_MODE = 0o700


class RefusedError(Exception):
    """Why a directory is not used, in words."""


class Folder:
    """An open directory, which it owns, and the names in it.

    Args:
        path: Of the directory.
        descriptor: It, opened; None: this system reaches directories by their paths only.
    """

    def __init__(self, path: str, descriptor: int | None) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def shared(cls, path: str) -> Self:
        """Open, or make, a directory that others may put things into, but take none of ours away.

        Raises:
            OSError: it cannot be.
            RefusedError: who else may do what there is not known.
        """
        os.makedirs(path, mode=_MODE, exist_ok=True)
        made = cls(path, os.open(path, _DIRECTORY) if _BY_DESCRIPTOR else None)
        try:
            found = os.lstat(path)
            if stat.S_ISLNK(found.st_mode):
                _check_owner(found, f"the link {visible_text(path)}")
            status = made._status()
            _check_owner(status, visible_text(path))
            if _others_may_write(status) and not status.st_mode & stat.S_ISVTX:
                raise RefusedError(f"{visible_text(path)} can be written by other users")
        except BaseException:
            made.close()
            raise
        return made

    def inner(self, name: str) -> "Folder":
        """Open, or make, a directory in this one that is nobody else's; a link in its place is not followed.

        Raises:
            OSError: it cannot be.
            RefusedError: another user may write there, or it is a link.
        """
        path = os.path.join(self.path, name)
        shown = visible_text(path)
        with contextlib.suppress(FileExistsError):
            os.mkdir(self._at(name), _MODE, dir_fd=self._descriptor)
        try:
            descriptor = self.open(name, _DIRECTORY | _NOFOLLOW) if _BY_DESCRIPTOR else None
        except OSError as error:
            if stat.S_ISLNK(self.status(name).st_mode):
                raise RefusedError(f"{shown} is a link, which is not followed") from error
            raise
        made = Folder(path, descriptor)
        try:
            status = made._status()
            if not stat.S_ISDIR(status.st_mode):
                raise RefusedError(f"{shown} is not a directory")
            _check_owner(status, shown)
            if _others_may_write(status):
                raise RefusedError(f"{shown} can be written by other users")
        except BaseException:
            made.close()
            raise
        return made

    def open(self, name: str, flags: int, mode: int = 0) -> int:
        """Open a file, or make one, and return its descriptor. Raises OSError."""
        try:
            return os.open(self._at(name), flags, mode, dir_fd=self._descriptor)
        except OSError as error:
            error.filename = os.path.join(self.path, name)
            raise

    def status(self, name: str) -> os.stat_result:
        """Return the status of what stands there, of a link its own. Raises OSError."""
        return os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)

    def replace(self, name: str, other: str) -> None:
        """Give a file another name, which it takes from whatever has it. Raises OSError."""
        os.replace(self._at(name), self._at(other), src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)

    def unlink(self, name: str) -> None:
        """Remove a file. Raises OSError."""
        os.unlink(self._at(name), dir_fd=self._descriptor)

    def names(self) -> list[str]:
        """Return what stands in it. Raises OSError."""
        return os.listdir(self.path if self._descriptor is None else self._descriptor)

    def sync(self) -> None:
        """Let new names survive a power failure, where a directory can be synchronised at all."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.fsync(self._descriptor)

    def is_at_its_path(self) -> bool:
        """Tell whether its path still leads to it."""
        try:
            return os.path.samestat(os.stat(self.path), self._status())
        except OSError:
            return False

    def close(self) -> None:
        """Let go of it; more than once does no harm."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _at(self, name: str) -> str:
        return name if self._descriptor is not None else os.path.join(self.path, name)

    def _status(self) -> os.stat_result:
        return os.stat(self.path if self._descriptor is None else self._descriptor)


def _check_owner(status: os.stat_result, shown: str) -> None:
    if hasattr(os, "geteuid") and status.st_uid not in (os.geteuid(), 0):
        raise RefusedError(f"{shown} belongs to another user")


def _others_may_write(status: os.stat_result) -> bool:
    return hasattr(os, "geteuid") and bool(status.st_mode & _OTHERS_MAY_WRITE)
