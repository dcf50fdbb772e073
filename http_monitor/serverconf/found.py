"""What is read in a configuration, and how it is refused."""

import fnmatch
import glob
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass

from http_monitor.errors import UsageError
from http_monitor.units import visible_text

MOST_BYTES = 8 << 20
"""No file of a configuration is larger."""
MOST_BYTES_IN_ALL = 64 << 20
MOST_FILES = 2_000
_MOST_NAMES = 100_000
"""In the directories that patterns are looked for in."""


@dataclass(frozen=True, slots=True)
class LogUse:
    """One log that a server writes."""

    path: str
    """As the configuration has it; what is known only to the server is ``*``, and nothing else is a pattern."""
    bases: tuple[str, ...]
    """Directories that a relative path may be meant from, the likeliest first."""
    format: str
    """What ``--format`` would take."""
    name: str
    """What the configuration calls the format; empty where it stands there as it is."""
    file: str
    """Where the format is defined, or used where the server knows it by itself."""
    line: int
    conditional: bool = False
    """Not every request is written so."""


def refused(file: str, line: int | None, reason: str) -> UsageError:
    """Return the error for something in a configuration that cannot be read."""
    place = visible_text(file) if line is None else f"{visible_text(file)} line {line}"
    return UsageError(f"--format-from: {place}: {visible_text(reason)}")


class Stopped(Exception):
    """The user wants no more of it."""


class Files:
    """Reads the files of one configuration: regular ones, not too many, and none for long.

    Args:
        stopping: Whether the user wants no more.
    """

    def __init__(self, stopping: Callable[[], bool] = lambda: False) -> None:
        self._stopping = stopping
        self._count = self._bytes = self._looked_at = 0

    def check(self) -> None:
        """Raise Stopped if the user wants no more."""
        if self._stopping():
            raise Stopped

    def text(self, path: str, *, file: str, line: int | None) -> str:
        """Return a file of a configuration, bytes that are not UTF-8 as surrogates.

        Args:
            path: Of the file.
            file: Where it is named, for the error; `line` likewise.
            line: None: the user named it.

        Raises:
            UsageError: it cannot be read, or more is read than a configuration can be.
            Stopped: the user wants no more.
        """
        self.check()
        self._count += 1
        if self._count > MOST_FILES:
            raise refused(file, line, f"includes {path}, the file {MOST_FILES + 1:,}, and so on without an end")
        what = "cannot be read" if line is None else f"{path} cannot be read"
        try:
            data = _regular(path)
        except OSError as error:
            raise refused(file, line, f"{what} ({error.strerror})") from None
        if data is None:
            raise refused(file, line, f"{what} (no regular file)")
        self._bytes += len(data)
        if len(data) > MOST_BYTES:
            raise refused(path, None, f"has more than {MOST_BYTES >> 20} MiB, which is no configuration")
        if self._bytes > MOST_BYTES_IN_ALL:
            raise refused(file, line, f"includes more than {MOST_BYTES_IN_ALL >> 20} MiB, which is no configuration")
        return data.decode("utf-8", "surrogateescape")

    def matching(self, pattern: str, *, file: str, line: int) -> list[str]:
        """Return the paths that a pattern stands for, in their order.

        Args:
            pattern: Absolute, with wildcards in any of its parts.
            file: Where it stands, for the error; `line` likewise.
            line: As said.

        Raises:
            UsageError: too much would have to be looked at.
            Stopped: the user wants no more.
        """
        found = ["/"]
        for part in pattern.split("/"):
            if not part:
                continue
            if not glob.has_magic(part):
                found = [path for path in (os.path.join(above, part) for above in found) if os.path.lexists(path)]
                continue
            found = [
                os.path.join(above, name)
                for above in found
                for name in self.names(above, pattern, file=file, line=line)
                if fnmatch.fnmatchcase(name, part) and name.startswith(".") <= part.startswith(".")
            ]
        return found

    def names(self, directory: str, pattern: str, *, file: str, line: int) -> list[str]:
        """Return what is in a directory, in order; nothing where it cannot be read. Raises as `matching`."""
        self.check()
        try:
            names = sorted(os.listdir(directory))
        except OSError:
            return []
        self._looked_at += 1 + len(names)
        if self._looked_at > _MOST_NAMES:
            raise refused(file, line, f"includes {pattern}, for which more than {_MOST_NAMES:,} names are looked at")
        return names


def _regular(path: str) -> bytes | None:
    """Return the bytes of a regular file, at most one more than may be; None for any other. Raises OSError."""
    # To open a pipe would wait for whoever writes to it, and to open a device may do anything.
    if not stat.S_ISREG(os.stat(path).st_mode):
        return None
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    with open(descriptor, "rb") as handle:
        return handle.read(MOST_BYTES + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
