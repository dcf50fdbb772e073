"""Logs found in a configuration, and reading of its files with limits."""

import fnmatch
import glob
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass

from http_monitor.errors import UsageError
from http_monitor.units import visible_text

MAX_BYTES = 8 << 20
"""Greatest size of a configuration file."""
MAX_BYTES_IN_ALL = 64 << 20
MAX_FILES = 2_000
_MAX_NAMES = 100_000
"""Limit of the names in the directories searched for patterns."""
_MAX_REASON = 400
"""Longest text of an error: a word of a configuration may be millions of characters long."""


@dataclass(frozen=True, slots=True)
class LogUse:
    """One log of a server."""

    path: str
    """As in the configuration; a part known only to the server is ``*``, and nothing else is a pattern."""
    bases: tuple[str, ...]
    """Directories from which a relative path may start, the likeliest first."""
    format: str
    """As for ``--format``."""
    name: str
    """Name of the format in the configuration; empty if it is written in place."""
    file: str
    """The file that defines the format, or uses a format built into the server."""
    line: int
    conditional: bool = False
    """Only some requests are logged."""


def refusal(file: str, line: int | None, reason: str) -> UsageError:
    """Return an error for a configuration that cannot be used."""
    place = visible_text(file) if line is None else f"{visible_text(file)} line {line}"
    shown = visible_text(reason[: _MAX_REASON + 1])
    shown = shown if len(shown) <= _MAX_REASON else f"{shown[:_MAX_REASON]}…"
    return UsageError(f"--format-from: {place}: {shown}")


class Stopped(Exception):
    """The user has stopped the program."""


class Files:
    """Reads the regular files of one configuration, with limits on number and time.

    Args:
        stopping: Whether the user has stopped the program.
    """

    def __init__(self, stopping: Callable[[], bool] = lambda: False) -> None:
        self._stopping = stopping
        self._count = self._bytes = self._looked_at = 0

    def check(self) -> None:
        """Raise Stopped if the user has stopped the program."""
        if self._stopping():
            raise Stopped

    def text(self, path: str, *, file: str, line: int | None) -> str:
        """Return a file of a configuration, bytes that are not UTF-8 as surrogates.

        Args:
            path: Path of the file.
            file: The file that names it, for errors; `line` likewise.
            line: None: the user named it.

        Raises:
            UsageError: it cannot be read, or the configuration exceeds the limits.
            Stopped: the user has stopped the program.
        """
        self.check()
        self._count += 1
        if self._count > MAX_FILES:
            raise refusal(file, line, f"includes {path}, more than {MAX_FILES:,} files, perhaps in a loop")
        what = "cannot be read" if line is None else f"{path} cannot be read"
        try:
            data = _read_regular(path)
        except OSError as error:
            raise refusal(file, line, f"{what} ({error.strerror})") from None
        if data is None:
            raise refusal(file, line, f"{what} (no regular file)")
        self._bytes += len(data)
        if len(data) > MAX_BYTES:
            raise refusal(path, None, f"has more than {MAX_BYTES >> 20} MiB, which is no configuration")
        if self._bytes > MAX_BYTES_IN_ALL:
            raise refusal(file, line, f"includes more than {MAX_BYTES_IN_ALL >> 20} MiB, which is no configuration")
        return data.decode("utf-8", "surrogateescape")

    def glob(self, pattern: str, *, file: str, line: int) -> list[str]:
        """Return the paths that match a pattern, sorted.

        Args:
            pattern: Absolute, with wildcards in any of its parts.
            file: The file that contains it, for errors; `line` likewise.
            line: Line of the pattern.

        Raises:
            UsageError: too many names would have to be searched.
            Stopped: the user has stopped the program.
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
        """Return the sorted names in a directory; none if it cannot be read. Raises as `glob`."""
        self.check()
        try:
            names = sorted(os.listdir(directory))
        except OSError:
            return []
        self._looked_at += 1 + len(names)
        if self._looked_at > _MAX_NAMES:
            raise refusal(file, line, f"includes {pattern}, which needs more than {_MAX_NAMES:,} names to be examined")
        return names


def _read_regular(path: str) -> bytes | None:
    """Return the bytes of a regular file, at most one over the limit; None for any other. Raises OSError."""
    # Opening a pipe would wait for its writer, and opening a device may have any effect.
    if not stat.S_ISREG(os.stat(path).st_mode):
        return None
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    with open(descriptor, "rb") as handle:
        return handle.read(MAX_BYTES + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
