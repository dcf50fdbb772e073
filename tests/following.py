"""A log and its tail, for tests of what happens to files; the same on every way to them."""

import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from http_monitor.clock import ManualClock
from http_monitor.sources.files.access import Files, FileStatus, Handle, Listing, LocalFiles
from http_monitor.sources.files.regular_file import DENIED, Obstacle
from http_monitor.sources.known.position import TailPosition
from http_monitor.sources.remote.command_files import CommandFiles
from http_monitor.sources.tail.claims import Claims
from http_monitor.sources.tail.tail import FileTail, TailLimits

WAYS: dict[str, Callable[[], Files]] = {"direct": LocalFiles, "wc-tail": CommandFiles}
"""Every reader, by the name that the user gives it."""
GRACE_S = 10


def line(number: int, *, length: int = 100) -> bytes:
    """Return a line that no other number has, long enough to tell files apart."""
    return b"line %06d " % number + b"x" * (length - 13) + b"\n"


def lines(first: int, last: int) -> bytes:
    return b"".join(line(number) for number in range(first, last + 1))


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


class Following:
    """A tail on a path, what it has given, and its life over restarts."""

    def __init__(
        self,
        path: Path,
        files: Files,
        *,
        from_start: bool = True,
        read_bytes: int = 1_000_000,
        limit: int = 1_000,
        seen: bool | FileStatus = False,
        claims: Claims | None = None,
        clock: ManualClock | None = None,
    ) -> None:
        self.path = path
        self.files = files
        self.clock = clock or ManualClock(1_700_000_000_000_000)
        self.claims = claims or Claims()
        self._options: dict[str, Any] = {"from_start": from_start, "limits": TailLimits(limit, read_bytes, GRACE_S)}
        if seen:
            self._options["seen"] = seen if isinstance(seen, FileStatus) else files.look(str(path))
        self.tail = self._new(None)
        self.notices: list[str] = []

    def _new(self, resume: TailPosition | None) -> FileTail:
        return FileTail(
            str(self.path),
            files=self.files,
            clock=self.clock,
            resume=resume,
            claims=self.claims,
            **self._options,
        )

    def read(self) -> bytes:
        """Look once."""
        chunk = self.tail.read()
        self.notices += [notice.text.removeprefix(f"{self.path}: ") for notice in chunk.notices]
        return chunk.data

    def read_to_end(self) -> bytes:
        """Look until a look reaches the end."""
        data = b""
        for _ in range(1_000):
            chunk = self.tail.read()
            self.notices += [notice.text.removeprefix(f"{self.path}: ") for notice in chunk.notices]
            data += chunk.data
            if chunk.at_end:
                return data
        raise AssertionError("never reaches the end")

    def pass_grace(self) -> None:
        """Let enough time pass for a renamed file to be released."""
        self.clock.advance(GRACE_S)

    def kill(self) -> TailPosition:
        """End without a word; returns what a checkpoint would have kept."""
        position = TailPosition.from_json(json.loads(json.dumps(self.tail.position())))
        self.tail.close()
        return position

    def resume(self, position: TailPosition, claims: Claims | None = None) -> None:
        """Begin again where that checkpoint says."""
        self.claims = claims or Claims()
        self.tail = self._new(position)

    def restart(self) -> None:
        self.resume(self.kill())

    @property
    def counters(self) -> tuple[int, bool, int, int]:
        """Return (lost bytes, maybe lost, rotations, truncations)."""
        health = self.tail.health()
        return health.lost_bytes, health.maybe_lost, health.rotations, health.truncations

    def close(self) -> None:
        self.tail.close()


Follow = Callable[..., Following]
"""Begins to follow a path; takes what `Following` takes."""


def rotate(path: Path) -> Path:
    """Rename a log and those that were renamed before, as logrotate does; returns where it is now."""
    number = 1
    while path.with_name(f"{path.name}.{number}").exists():
        number += 1
    for old in range(number - 1, 0, -1):
        path.with_name(f"{path.name}.{old}").rename(path.with_name(f"{path.name}.{old + 1}"))
    return path.rename(path.with_name(f"{path.name}.1"))


def copytruncate(path: Path) -> Path:
    """Copy a log to a name of its own and truncate it, as logrotate does."""
    copy = path.with_name(f"{path.name}.1")
    shutil.copy2(path, copy)
    os.truncate(path, 0)
    return copy


def compress(path: Path) -> Path:
    """Replace a file by its archive, with its times, as gzip does."""
    archive = path.with_name(f"{path.name}.gz")
    archive.write_bytes(gzip.compress(path.read_bytes()))
    status = path.stat()
    os.utime(archive, ns=(status.st_atime_ns, status.st_mtime_ns))
    path.unlink()
    return archive


def move_out(path: Path) -> None:
    """Move a file to another directory: as good as deleted, but no other file gets its inode."""
    (path.parent / "elsewhere").mkdir()
    path.rename(path.parent / "elsewhere" / path.name)


class Denying:
    """A way to files that is denied to some paths, as it may be to others than root, or while too many are open."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.denied: set[str] = set()
        self.crowded = False

    @property
    def bars(self) -> bool:
        """Whether there is anything in the way."""
        return self.crowded or bool(self.denied)

    def clear(self) -> None:
        """Let nothing be in the way."""
        self.crowded = False
        self.denied.clear()

    def look(self, path: str) -> FileStatus | Obstacle:
        return self._files.look(path)

    def open(self, path: str) -> tuple[Handle, FileStatus] | Obstacle:
        return DENIED if path in self.denied else self._files.open(path)

    def listing(self, directory: str) -> Listing:
        return self._files.listing(directory)

    def target(self, path: str) -> str:
        return self._files.target(path)

    def has_room(self, spare: int) -> bool:
        return not self.crowded and self._files.has_room(spare)
