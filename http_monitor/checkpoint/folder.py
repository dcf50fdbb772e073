"""Holds a directory open, so that all operations apply to that directory even if its path now leads elsewhere."""

import contextlib
import os
import stat
from typing import Self

from http_monitor.units import visible_text

_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BY_DESCRIPTOR = {os.open, os.mkdir, os.stat, os.unlink, os.rename} <= os.supports_dir_fd
"""Windows opens no directories; it has neither a sticky bit nor a directory shared by all users."""
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_MODE = 0o700


class RefusedError(Exception):
    """A directory is not used; the text says why."""


class Folder:
    """An open directory, which this object owns, and the files in it.

    Args:
        path: Path of the directory.
        descriptor: Its descriptor; None: this system accesses directories by path only.
    """

    def __init__(self, path: str, descriptor: int | None) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def open_shared(cls, path: str) -> Self:
        """Open or create a directory to which others may add files without being able to remove ours.

        Raises:
            OSError: the directory cannot be opened or created.
            RefusedError: other users may have unknown rights in it.
        """
        _check_links_above(path)
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

    def open_inner(self, name: str) -> "Folder":
        """Open or create a subdirectory that only this user can write to; do not follow a link in its place.

        Raises:
            OSError: the directory cannot be opened or created.
            RefusedError: another user may write to it, or it is a link.
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
        """Open or create a file, and return its descriptor. Raises OSError."""
        try:
            return os.open(self._at(name), flags, mode, dir_fd=self._descriptor)
        except OSError as error:
            error.filename = os.path.join(self.path, name)
            raise

    def status(self, name: str) -> os.stat_result:
        """Return the status of a file, or of a link itself. Raises OSError."""
        return os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)

    def replace(self, name: str, other: str) -> None:
        """Rename a file, replacing the one that has the new name. Raises OSError."""
        os.replace(self._at(name), self._at(other), src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)

    def unlink(self, name: str) -> None:
        """Remove a file. Raises OSError."""
        os.unlink(self._at(name), dir_fd=self._descriptor)

    def names(self) -> list[str]:
        """Return the names in the directory. Raises OSError."""
        return os.listdir(self.path if self._descriptor is None else self._descriptor)

    def sync(self) -> None:
        """Make new names survive a power failure, if the system can synchronise directories."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.fsync(self._descriptor)

    def is_at_its_path(self) -> bool:
        """Return whether the path still leads to this directory."""
        try:
            return os.path.samestat(os.stat(self.path), self._status())
        except OSError:
            return False

    def close(self) -> None:
        """Close the descriptor; repeated calls are harmless."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _at(self, name: str) -> str:
        return name if self._descriptor is not None else os.path.join(self.path, name)

    def _status(self) -> os.stat_result:
        return os.stat(self.path if self._descriptor is None else self._descriptor)


def _check_links_above(path: str) -> None:
    """Refuse a path whose symbolic links others may have planted: links of other users in directories open to all.

    Linux has the same rule (protected_symlinks), if it is enabled.
    """
    above = os.path.dirname(path.rstrip(os.sep))
    while above and above != os.path.dirname(above):
        with contextlib.suppress(OSError):  # a missing path will be created, an unreadable one cannot be opened
            found, around = os.lstat(above), os.stat(os.path.dirname(above) or os.curdir)
            if stat.S_ISLNK(found.st_mode) and _others_may_write(around) and found.st_uid != around.st_uid:
                _check_owner(found, f"the link {visible_text(above)}")
        above = os.path.dirname(above)


def _check_owner(status: os.stat_result, shown: str) -> None:
    if hasattr(os, "geteuid") and status.st_uid not in (os.geteuid(), 0):
        raise RefusedError(f"{shown} belongs to another user")


def _others_may_write(status: os.stat_result) -> bool:
    return hasattr(os, "geteuid") and bool(status.st_mode & _OTHERS_MAY_WRITE)
