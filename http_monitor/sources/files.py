"""How files are reached: what a way to them can do, and the way of this process itself."""

import os
from dataclasses import dataclass
from typing import Protocol

from http_monitor.clock import Clock
from http_monitor.sources.opening import Obstacle, look, open_regular
from http_monitor.units import US_PER_S

_LISTED_US = US_PER_S
_UNCHANGED_US = 3 * US_PER_S
_MOST_LISTED = 16

Identity = tuple[int, int]
"""Device and inode."""


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What is known of a regular file without reading it."""

    identity: Identity
    size: int
    mtime_ns: int | None
    """None where the way to the file cannot tell it."""


class Handle(Protocol):
    """An open file. Every method but `close` raises OSError when the file cannot be reached any more."""

    def status(self) -> FileStatus:
        """Return its status now."""
        ...

    def read(self, offset: int, most: int) -> bytes:
        """Return up to `most` bytes from there; fewer only where the file ends."""
        ...

    def close(self) -> None:
        """Let go of it; more than once does no harm."""
        ...


class Files(Protocol):
    """A way to files: in this process, or through commands on another machine.

    Where the way itself can be cut, every method but `look` raises OSError then.
    """

    def look(self, path: str) -> FileStatus | Obstacle:
        """Return the status of the regular file that the path leads to, or why there is none."""
        ...

    def open(self, path: str) -> tuple[Handle, FileStatus] | Obstacle:
        """Open it."""
        ...

    def listing(self, directory: str) -> dict[str, Identity]:
        """Return what stands in a directory, by name; nothing where it cannot be listed."""
        ...

    def target(self, path: str) -> str:
        """Return the path with its symbolic links resolved."""
        ...


@dataclass(frozen=True, slots=True)
class _Listed:
    """A directory as it was listed."""

    changed: tuple[int, int, int]
    """Which it is, and when it was changed."""
    at_us: int
    names: dict[str, Identity]


class LocalFiles:
    """The files of this machine, read in this process; an open one stays reachable whatever its name becomes."""

    def look(self, path: str) -> FileStatus | Obstacle:
        """Return the status of the regular file that the path leads to, or why there is none."""
        found = look(path)
        return found if isinstance(found, Obstacle) else status_of(found)

    def open(self, path: str) -> tuple[Handle, FileStatus] | Obstacle:
        """Open it; a FIFO, a device and a directory are obstacles, and are not waited for."""
        opened = open_regular(path)
        if isinstance(opened, Obstacle):
            return opened
        descriptor, status = opened
        return LocalHandle(descriptor), status_of(status)

    def __init__(self, clock: Clock | None = None) -> None:
        """Begin; with a clock a directory that has not changed for a while is listed once a second at most."""
        self._clock = clock
        self._listed: dict[str, _Listed] = {}

    def listing(self, directory: str) -> dict[str, Identity]:
        """Return what stands in a directory, by name, symbolic links left out."""
        if self._clock is None:
            return self._list(directory)
        try:
            status = os.stat(directory or os.curdir)
        except OSError:
            return {}
        changed = status.st_dev, status.st_ino, status.st_mtime_ns
        now_us = self._clock.now_us()
        known = self._listed.get(directory)
        if known is not None and known.changed == changed and 0 <= now_us - known.at_us < _LISTED_US:
            return known.names
        names = self._list(directory)
        # What changes within one tick of the file system's clock changes no time.
        if now_us - status.st_mtime_ns // 1_000 > _UNCHANGED_US:
            if len(self._listed) >= _MOST_LISTED:
                self._listed.clear()
            self._listed[directory] = _Listed(changed, now_us, names)
        return names

    def _list(self, directory: str) -> dict[str, Identity]:
        found: dict[str, Identity] = {}
        try:
            with os.scandir(directory or os.curdir) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    found[entry.name] = status.st_dev, status.st_ino
        except OSError:  # what could be read is better than nothing, and the caller looks again
            return found
        return found

    def target(self, path: str) -> str:
        """Return the path with its symbolic links resolved."""
        return os.path.realpath(path)


class LocalHandle:
    """A descriptor of this process, which it owns."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def status(self) -> FileStatus:
        """Return its status now."""
        return status_of(os.fstat(self._descriptor))

    def read(self, offset: int, most: int) -> bytes:
        """Return up to `most` bytes from there."""
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        parts: list[bytes] = []
        while most > 0 and (data := os.read(self._descriptor, most)):
            parts.append(data)
            most -= len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """Let go of the descriptor."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def status_of(found: os.stat_result) -> FileStatus:
    """Return the part of a status that following a file needs."""
    return FileStatus((found.st_dev, found.st_ino), found.st_size, found.st_mtime_ns)
