"""Files in memory, on which a writer takes its steps whenever a reader asks for something: every race at will."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from http_monitor.sources.files.access import FileStatus, Handle, Listing
from http_monitor.sources.files.regular_file import MISSING, Obstacle

_DEVICE = 1
_FIRST_NS = 1_700_000_000_000_000_000


@dataclass(eq=False)
class File:
    """A file, whatever its names."""

    number: int
    data: bytearray = field(default_factory=bytearray)
    mtime_ns: int = 0
    handles: int = 0

    @property
    def status(self) -> FileStatus:
        return FileStatus((_DEVICE, self.number), len(self.data), self.mtime_ns)


class SimulatedFiles:
    """A directory of files, as `Files`.

    Args:
        between: Called before everything that a reader asks for.
    """

    def __init__(self, between: Callable[[], None]) -> None:
        self.names: dict[str, File] = {}
        self.now_ns = _FIRST_NS
        self._between = between
        self._files: list[File] = []

    # What writers do.

    def create(self, name: str) -> File:
        there = {file.number for file in self._files if file.handles or file in self.names.values()}
        # The number of a file that is gone is soon another one's.
        number = next(number for number in count(1) if number not in there)
        self._files = [file for file in self._files if file.number in there]
        file = self.names[name] = File(number, mtime_ns=self.now_ns)
        self._files.append(file)
        return file

    def append(self, name: str, data: bytes) -> None:
        self.names[name].data += data
        self.names[name].mtime_ns = self.now_ns

    def truncate(self, name: str) -> None:
        self.names[name].data.clear()
        self.names[name].mtime_ns = self.now_ns

    def rename(self, name: str, to: str) -> None:
        self.names[to] = self.names.pop(name)

    def unlink(self, name: str) -> None:
        del self.names[name]

    # What readers do.

    def look(self, path: str) -> FileStatus | Obstacle:
        self._between()
        file = self.names.get(path)
        return MISSING if file is None else file.status

    def open(self, path: str) -> tuple[Handle, FileStatus] | Obstacle:
        self._between()
        file = self.names.get(path)
        return MISSING if file is None else (_Opened(file, self._between), file.status)

    def listing(self, directory: str) -> Listing:
        """Return the directory, entry by entry: who renames meanwhile is missed, or seen twice."""
        found = Listing()
        for name in tuple(self.names):
            self._between()
            file = self.names.get(name)
            if file is not None and os.path.dirname(name) == directory:
                found[os.path.basename(name)] = _DEVICE, file.number
        return found

    def target(self, path: str) -> str:
        return path

    def has_room(self, spare: int) -> bool:
        del spare
        return True


class _Opened:
    def __init__(self, file: File, between: Callable[[], None]) -> None:
        self._file: File | None = file
        file.handles += 1
        self._between = between

    def status(self) -> FileStatus:
        return self._now().status

    def read(self, offset: int, most: int) -> bytes:
        return bytes(self._now().data[offset : offset + most])

    def close(self) -> None:
        if self._file is not None:
            self._file.handles -= 1
        self._file = None

    def _now(self) -> File:
        self._between()
        if self._file is None:
            raise OSError(errno.EBADF, "closed")
        return self._file
