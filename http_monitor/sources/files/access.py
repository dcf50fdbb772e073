"""Access to files: the protocol, and its implementation in this process."""

import errno
import os
import stat
from bisect import bisect_left
from dataclasses import dataclass
from typing import Protocol

from http_monitor.clock import Clock
from http_monitor.paths import real_path
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
_MAX_LISTED = 16
_NS_PER_S = 1_000_000_000

Identity = tuple[int, int]
"""Device and inode."""


@dataclass(frozen=True, slots=True)
class FileStatus:
    """The status of a regular file, known without reading it."""

    identity: Identity
    size: int
    mtime_ns: int | None
    """None if this access cannot provide it."""


class Listing(dict[str, Identity]):
    """The files in a directory by name; not changed once it has been searched."""

    is_complete = True
    """Whether the directory could be read to its end."""
    _names: list[str] | None = None

    def list_prefixed(self, stem: str) -> list[str]:
        """Return the names with a prefix, in time proportional to their number."""
        if self._names is None:
            self._names = sorted(self)
        names = self._names
        start = end = bisect_left(names, stem)
        while end < len(names) and names[end].startswith(stem):
            end += 1
        return names[start:end]


class Handle(Protocol):
    """An open file. Every method but `close` raises OSError if the file can no longer be reached."""

    def status(self) -> FileStatus:
        """Return the present status."""
        ...

    def read(self, offset: int, most: int) -> bytes:
        """Return up to `most` bytes from the offset on; fewer only at the end of the file."""
        ...

    def close(self) -> None:
        """Close the file; repeated calls are harmless."""
        ...


class Files(Protocol):
    """Access to files: in this process, or through commands on another machine.

    If the connection is lost, every method but `look` raises OSError.
    """

    def look(self, path: str) -> FileStatus | Obstacle:
        """Return the status of the regular file at a path, or why there is none."""
        ...

    def open(self, path: str) -> tuple[Handle, FileStatus] | Obstacle:
        """Open the regular file at a path, or return why there is none."""
        ...

    def listing(self, directory: str) -> Listing:
        """Return the files in a directory; empty if it cannot be listed."""
        ...

    def target(self, path: str) -> str:
        """Return the path with its symbolic links resolved."""
        ...

    def has_room(self, spare: int) -> bool:
        """Return whether a file can be opened that leaves room for at least `spare` others; no path is needed."""
        ...


@dataclass(frozen=True, slots=True)
class _Listed:
    """The stored listing of a directory."""

    changed: tuple[int, int, int]
    """Identity of the directory, and its time of change."""
    at_us: int
    names: Listing


class LocalFiles:
    """The files of this machine, read in this process; an open file can be read however it is renamed."""

    def look(self, path: str) -> FileStatus | Obstacle:
        """Return the status of the regular file at a path, or why there is none."""
        found = look(path)
        return found if isinstance(found, Obstacle) else status_of(found)

    def is_still(self, path: str, status: FileStatus) -> bool:
        """Return whether a path still leads to the same regular file in the same state, as cheaply as possible."""
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
        """Open the regular file at a path; other kinds of files are obstacles, and are never waited for."""
        opened = open_regular(path)
        if isinstance(opened, Obstacle):
            return opened
        descriptor, status = opened
        return LocalHandle(descriptor), status_of(status)

    def has_room(self, spare: int) -> bool:
        """Return whether another file can be opened with at least `spare` descriptors left."""
        try:
            descriptor = os.open(os.devnull, os.O_RDONLY)
        except OSError as error:
            return error.errno not in _NO_ROOM
        os.close(descriptor)
        # The system returns the lowest free descriptor; a limit of -1 means no limit.
        return resource is None or descriptor + spare < resource.getrlimit(resource.RLIMIT_NOFILE)[0] % (1 << 63)

    def __init__(self, clock: Clock | None = None) -> None:
        """With a clock, an unchanged directory is listed at most once every few seconds."""
        self._clock = clock
        self._listed: dict[str, _Listed] = {}

    def listing(self, directory: str) -> Listing:
        """Return the files in a directory, without symbolic links."""
        if self._clock is None:
            return self._list(directory)
        try:
            status = os.stat(directory or os.curdir)
        except OSError:
            return self._list(directory)
        changed = status.st_dev, status.st_ino, status.st_mtime_ns
        now_us = self._clock.now_us()
        known = self._listed.get(directory)
        if known is not None and known.changed == changed and 0 <= now_us - known.at_us < _LISTED_US:
            return known.names
        names = self._list(directory)
        # A change within one tick of the file system's clock need not change the time.
        tick_us = _TICK_US if status.st_mtime_ns % _NS_PER_S else _COARSE_TICK_US
        if names.is_complete and now_us - status.st_mtime_ns // 1_000 > tick_us:
            if len(self._listed) >= _MAX_LISTED:
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
        except OSError as error:  # a partial listing is better than none, and the caller will list it again
            found.is_complete = isinstance(error, FileNotFoundError)
        return found

    def target(self, path: str) -> str:
        """Return the path with its symbolic links resolved."""
        return real_path(path)


class LocalHandle:
    """An open descriptor of this process, which it owns."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def status(self) -> FileStatus:
        """Return the present status."""
        return status_of(os.fstat(self._descriptor))

    def read(self, offset: int, most: int) -> bytes:
        """Return up to `most` bytes from the offset on."""
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        parts: list[bytes] = []
        while most > 0 and (data := os.read(self._descriptor, most)):
            parts.append(data)
            most -= len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """Close the descriptor."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def status_of(found: os.stat_result) -> FileStatus:
    """Return the part of a status that following a file needs."""
    return FileStatus((found.st_dev, found.st_ino), found.st_size, found.st_mtime_ns)
