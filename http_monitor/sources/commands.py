"""Reaches files through the commands ls, wc, tail and head, wherever these can be run."""

import errno
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from http_monitor.sources.files import FileStatus, Handle, Identity
from http_monitor.sources.opening import DIRECTORY, MISSING, SPECIAL, Obstacle, obstacle
from http_monitor.sources.rotated import is_compressed
from http_monitor.sources.running import Commands, Said, Unreachable
from http_monitor.units import visible

# POSIX alone, as in BusyBox: the inode, the name itself, numbers for users, symbolic links followed.
_ROW = ("ls", "-ldinL")
_GNU_ROW = (*_ROW, "--time-style=+%s%N")
_ENTRIES = ("ls", "-1Ai")
_ENTRY = re.compile(rb" *([0-9]+) (.+)")
_NO_DEVICE = 0
_AHEAD_BYTES = 1 << 20
_MOST_COUNTED = 16
# The words of glibc and of musl (strerror), in the locale C.
_REASONS = {
    "No such file or directory": errno.ENOENT,
    "Not a directory": errno.ENOTDIR,
    "Is a directory": errno.EISDIR,
    "Permission denied": errno.EACCES,
    "Operation not permitted": errno.EPERM,
    "Too many levels of symbolic links": errno.ELOOP,
    "Symbolic link loop": errno.ELOOP,
    "Stale file handle": errno.ESTALE,
    "Input/output error": errno.EIO,
    "I/O error": errno.EIO,
}


class Moved(OSError):
    """Another file stands where this one was opened."""

    def __init__(self) -> None:
        super().__init__(errno.ESTALE, "another file has its name")


@dataclass(frozen=True, slots=True)
class _Row:
    """What ls says of a path."""

    kind: str
    """The letter that its mode begins with."""
    status: FileStatus


class CommandFiles:
    """The files that commands can read: of this machine, or of another through a prefix such as ``ssh web1``.

    ls tells the inode, the size and, where it is GNU's, the time; wc counts the bytes when they have changed, head
    reads the beginning, tail what comes after an offset, to which it seeks. The device cannot be told and is 0.

    After a command could not be run at all, every other is refused, until `take_failure`: what was concluded from
    an answer that did not come must not count. So whoever reads files through this asks after each look whether it
    failed, and forgets what the look has found if so (`PolledSource` does).

    One thread owns it; only `stop` may be called by another.

    Args:
        via: The words of the prefix; none: the commands of this machine.
        timeout_s: So long a command may say nothing.
    """

    def __init__(self, via: Sequence[str] = (), timeout_s: float = 10.0) -> None:
        self._commands = Commands(via, timeout_s)
        self._gnu: bool | None = None
        self._failure: Unreachable | None = None
        self._counted: dict[str, FileStatus] = {}

    def take_failure(self) -> Obstacle | None:
        """Return why commands could not be run since this was last asked, and allow the next; None if they could."""
        failure, self._failure = self._failure, None
        return failure.obstacle if failure else None

    def stop(self) -> None:
        """End the command that is running, and refuse all others."""
        self._commands.stop()

    def look(self, path: str) -> FileStatus | Obstacle:
        """Return the status of the regular file that the path leads to, or why there is none."""
        try:
            status = self.status(path)
            if isinstance(status, Obstacle) or status == self._counted.get(path):
                return status
            # The wc of BusyBox reads all that it counts.
            if self._is_gnu() and self._count(path) != status.size:
                # It grew, or is another file by now. Identity and size have to be of one moment.
                status = self.status(path)
        except Unreachable as error:
            return error.obstacle
        except OSError as error:
            return obstacle(error)
        if not isinstance(status, Obstacle):
            self._counted[path] = status
            while len(self._counted) > _MOST_COUNTED:
                del self._counted[next(iter(self._counted))]
        return status

    def open(self, path: str) -> tuple[Handle, FileStatus] | Obstacle:
        """Return a handle, which is the path and the identity that the file there had.

        Raises:
            Unreachable: the commands cannot be run.
        """
        try:
            status = self.status(path)
            if isinstance(status, Obstacle):
                return status
            handle = CommandHandle(self, path, status.identity)
            handle.read(0, 1)
        except Unreachable:
            raise
        except OSError as error:
            return obstacle(error)
        return handle, status

    def listing(self, directory: str) -> dict[str, Identity]:
        """Return what stands in a directory, by name; names with line feeds, of which rotation makes none, left out.

        Raises:
            Unreachable: the commands cannot be run.
        """
        found: dict[str, Identity] = {}
        try:
            # With a slash at its end, a symbolic link to a directory is the directory.
            said = self.answer([*_ENTRIES, "--", os.path.join(directory or os.curdir, "")])
        except Unreachable:
            raise
        except OSError:
            return found
        name = ""
        for line in said.output.split(b"\n")[:-1]:
            entry = _ENTRY.fullmatch(line)
            if entry is None:  # the line before was only the beginning of a name
                found.pop(name, None)
                continue
            name = os.fsdecode(entry[2])
            found[name] = _NO_DEVICE, int(entry[1])
        return found

    def target(self, path: str) -> str:
        """Return the path with its symbolic links resolved; as it is, where that cannot be found out.

        Raises:
            Unreachable: the commands cannot be run.
        """
        try:
            said = self.answer(["readlink", "-f", "--", path])
        except Unreachable:
            raise
        except OSError:
            return path
        return os.fsdecode(said.output.removesuffix(b"\n")) or path

    def status(self, path: str) -> FileStatus | Obstacle:
        """Return what ls alone says of a path, or why it is not that of a regular file.

        Raises:
            OSError: there is nothing, or it cannot be told.
        """
        gnu = self._is_gnu()
        row = _row(self.answer([*(_GNU_ROW if gnu else _ROW), "--", path]).output, timed=gnu)
        if row.kind == "-":
            return row.status
        if row.kind == "l":  # some show a link that leads nowhere as itself
            return MISSING
        return DIRECTORY if row.kind == "d" else SPECIAL

    def answer(self, words: Sequence[str], most: int | None = None) -> Said:
        """Run a command and return what it said.

        Raises:
            Unreachable: it cannot be run.
            OSError: it failed, for the reason that it gave.
        """
        if self._failure is not None:
            raise self._failure
        try:
            said = self._commands.run(words, most)
            if said.code:
                raise self._error(words[0], said)
        except Unreachable as error:
            self._failure = error
            self._gnu = None
            raise
        return said

    def _count(self, path: str) -> int:
        said = self.answer(["wc", "-c", "--", path])
        first = said.output.split(None, 1)[:1]
        if not first or not first[0].isdigit():
            raise _not_understood("wc", said.output)
        return int(first[0])

    def _is_gnu(self) -> bool:
        if self._gnu is None:
            try:
                said = self.answer(["ls", "--version"])
            except Unreachable:
                raise
            except OSError:  # BusyBox and BSD know no such option
                self._gnu = False
            else:
                if b"\r\n" in said.output:
                    self._failure = Unreachable("a terminal in between changes line ends: leave out -t")
                    raise self._failure
                self._gnu = b"GNU coreutils" in said.output
        return self._gnu

    def _error(self, name: str, said: Said) -> OSError:
        """Return the error that the command or, where it said nothing, its prefix reported."""
        text = said.errors.decode("utf-8", "surrogateescape")
        # Whoever runs the command may say "Permission denied" too, and may add a word of its own behind.
        own = re.search(rf"^(?:\S*/)?{name}: .*", text, re.MULTILINE | re.DOTALL)
        if own is None and name == "readlink" and not text:  # it says nothing of what it cannot resolve
            return OSError(errno.ENOENT, "cannot be resolved")
        if own is None:
            return self._commands.unreachable(said)
        for line in own[0].splitlines():
            reason = line.rpartition(": ")[2].strip()
            if reason in _REASONS:
                return OSError(_REASONS[reason], reason)
        return OSError(errno.EIO, visible(said.errors.strip())[:120])


class CommandHandle:
    """A path with the identity of the file that was found there; it holds nothing open."""

    def __init__(self, files: CommandFiles, path: str, identity: Identity) -> None:
        self._files = files
        self._path = path
        self._identity = identity
        # An archive is read in small pieces one after the other, and nobody writes to it.
        self._least = _AHEAD_BYTES if is_compressed(path) else 0
        self._start = 0
        self._ahead = b""

    def status(self) -> FileStatus:
        """Return its status now. Raises `Moved` if its name leads to another file."""
        status = self._files.status(self._path)
        if isinstance(status, Obstacle) or status.identity != self._identity:
            raise Moved
        return status

    def read(self, offset: int, most: int) -> bytes:
        """Return up to `most` bytes from there. Raises `Moved` if its name leads to another file."""
        if most <= 0:
            return b""
        skipped = offset - self._start
        if skipped >= 0 and skipped + most <= len(self._ahead):
            return self._ahead[skipped : skipped + most]
        wanted = max(most, self._least)
        if offset:
            said = self._files.answer(["tail", "-c", f"+{offset + 1}", "--", self._path], wanted)
        else:
            said = self._files.answer(["head", "-c", str(wanted), "--", self._path])
        # Its name led to this file when it was opened, and does so now: it did while the bytes were read.
        self.status()
        if self._least:
            self._start, self._ahead = offset, said.output
        return said.output[:most]

    def close(self) -> None:
        """Forget what was read ahead."""
        self._ahead = b""


def _row(output: bytes, *, timed: bool) -> _Row:
    fields = output.split(None, 6)
    if len(fields) < 6 or not fields[0].isdigit():
        raise _not_understood("ls", output)
    inode, mode, size = fields[0], fields[1].decode("utf-8", "replace"), fields[5]
    if mode[0] != "-":
        return _Row(mode[0], FileStatus((_NO_DEVICE, int(inode)), 0, None))
    if len(fields) < 7 or not size.isdigit():
        raise _not_understood("ls", output)
    time = fields[6].split(None, 1)[0]
    mtime_ns = int(time) if timed and time.isdigit() else None
    return _Row(mode[0], FileStatus((_NO_DEVICE, int(inode)), int(size), mtime_ns))


def _not_understood(name: str, output: bytes) -> OSError:
    return OSError(errno.EIO, f"{name} says '{visible(output[:80].strip())}'")
