"""How files are reached: what a way to them can do, and the way of this process itself."""

import errno
import os
import stat
from bisect import bisect_left
from dataclasses import dataclass
from typing import Protocol

from http_monitor.clock import Clock
from http_monitor.sources.files.regular_file import Obstacle, look, open_regular
from http_monitor.units import US_PER_S

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_LISTED_US = 5 * US_PER_S
_TICK_US = US_PER_S // 10
_COARSE_TICK_US = 3 * US_PER_S
_MOST_LISTED = 16
_NS_PER_S = 1_000_000_000

Identity = tuple[int, int]
"""Device and inode."""


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What is known of a regular file without reading it."""

    identity: Identity
    size: int
    mtime_ns: int | None
    """None where the way to the file cannot tell it."""


class Listing(dict[str, Identity]):
    """What stands in a directory, by name; not changed once it has been searched."""

    _names: list[str] | None = None

    def beginning_with(self, stem: str) -> list[str]:
        """Return the names that begin with that, at a cost of how many these are."""
        if self._names is None:
            self._names = sorted(self)
        names = self._names
        start = end = bisect_left(names, stem)
        while end < len(names) and names[end].startswith(stem):
            end += 1
        return names[start:end]


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

    def listing(self, directory: str) -> Listing:
        """Return what stands in a directory; nothing where it cannot be listed."""
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
    names: Listing


class LocalFiles:
    """The files of this machine, read in this process; an open one stays reachable whatever its name becomes."""

    def look(self, path: str) -> FileStatus | Obstacle:
        """Return the status of the regular file that the path leads to, or why there is none."""
        found = look(path)
        return found if isinstance(found, Obstacle) else status_of(found)

    def is_still(self, path: str, status: FileStatus) -> bool:
        """Tell whether the path leads to the same regular file in the same state; costs as little as that can."""
        try:
            now = os.stat(path)
        except OSError:
            return False
        return (
            now.st_mtime_ns == status.mtime_ns
            and now.st_size == status.size
            and (now.st_dev, now.st_ino) == status.identity
            and stat.S_ISREG(now.st_mode)
        )

    def open(self, path: str) -> tuple[Handle, FileStatus] | Obstacle:
        """Open it; a FIFO, a device and a directory are obstacles, and are not waited for."""
        opened = open_regular(path)
        if isinstance(opened, Obstacle):
            return opened
        descriptor, status = opened
        return LocalHandle(descriptor), status_of(status)

    def has_room(self, spare: int) -> bool:
        """Tell whether a file can be opened and leave room for so many others, at the least."""
        try:
            descriptor = os.open(os.devnull, os.O_RDONLY)
        except OSError as error:
            return error.errno not in _NO_ROOM
        os.close(descriptor)
        # The least number that is free is given; no limit is -1.
        return resource is None or descriptor + spare < resource.getrlimit(resource.RLIMIT_NOFILE)[0] % (1 << 63)

    def __init__(self, clock: Clock | None = None) -> None:
        """Begin; with a clock a directory that has not changed is listed every few seconds at most."""
        self._clock = clock
        self._listed: dict[str, _Listed] = {}

    def listing(self, directory: str) -> Listing:
        """Return what stands in a directory, symbolic links left out."""
        if self._clock is None:
            return self._list(directory)
        try:
            status = os.stat(directory or os.curdir)
        except OSError:
            return Listing()
        changed = status.st_dev, status.st_ino, status.st_mtime_ns
        now_us = self._clock.now_us()
        known = self._listed.get(directory)
        if known is not None and known.changed == changed and 0 <= now_us - known.at_us < _LISTED_US:
            return known.names
        names = self._list(directory)
        # What changes within one tick of the file system's clock changes no time.
        tick_us = _TICK_US if status.st_mtime_ns % _NS_PER_S else _COARSE_TICK_US
        if now_us - status.st_mtime_ns // 1_000 > tick_us:
            if len(self._listed) >= _MOST_LISTED:
                self._listed.clear()
            self._listed[directory] = _Listed(changed, now_us, names)
        return names

    def _list(self, directory: str) -> Listing:
        found = Listing()
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
