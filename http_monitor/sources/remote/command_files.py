"""Reaches files through the commands ls, wc, tail and head, wherever these can be run."""

import errno
import os
from collections.abc import Sequence
from typing import NoReturn

from http_monitor.sources.files.access import FileStatus, Handle, Identity, Listing
from http_monitor.sources.files.regular_file import DIRECTORY, MISSING, SPECIAL, Obstacle, obstacle
from http_monitor.sources.remote.command_output import count, entries, error_of, row
from http_monitor.sources.remote.command_runner import Commands, Said, Unreachable
from http_monitor.sources.rotation.rotated_names import is_compressed

# POSIX alone, as in BusyBox: the inode, the name itself, numbers for users, symbolic links followed.
_ROW = ("ls", "-ldinL")
_GNU_ROW = (*_ROW, "--time-style=+%s%N")
# BusyBox tells whole seconds, if it was built so.
_FULL_ROW = (*_ROW, "--full-time")
_ENTRIES = ("ls", "-1Ai")
_AHEAD_BYTES = 1 << 20
_MOST_COUNTED = 16


class Moved(OSError):
    """Another file stands where this one was opened."""

    def __init__(self) -> None:
        super().__init__(errno.ESTALE, "another file has its name")


class CommandFiles:
    """The files that commands can read: of this machine, or of another through a prefix such as ``ssh web1``.

    ls tells the inode, the size and, where it can, the time; wc counts the bytes when they have changed (that of
    BusyBox is not asked), head reads the beginning, tail what comes after an offset, to which it seeks. The device
    cannot be told and is 0.

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
        self._row: Sequence[str] | None = None
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
            if self._row is _GNU_ROW and self._count(path) != status.size:
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

        What fails only when it is read is open, as it is to this machine.

        Raises:
            Unreachable: the commands cannot be run.
        """
        try:
            status = self.status(path)
            if isinstance(status, Obstacle):
                return status
        except Unreachable:
            raise
        except OSError as error:
            return obstacle(error)
        handle = CommandHandle(self, path, status.identity)
        try:
            handle.read(0, 1)
        except Unreachable:
            raise
        except OSError as error:
            if error.errno != errno.EIO:
                return obstacle(error)
        return handle, status

    def listing(self, directory: str) -> Listing:
        """Return what stands in a directory; names with line feeds, of which rotation makes none, left out.

        Raises:
            Unreachable: the commands cannot be run.
        """
        try:
            # With a slash at its end, a symbolic link to a directory is the directory.
            said = self._said([*_ENTRIES, "--", os.path.join(directory or os.curdir, "")])
            # What went while it was listed is an error to ls, and no reason not to believe the rest.
            if said.code and error_of("ls", said.errors) is None:
                raise self._commands.unreachable(said)
        except Unreachable as error:
            self._fail(error)
        return Listing(entries(said.output))

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
        if self._row is None:
            self._row = self._find_row()
        found = row(self.answer([*self._row, "--", path]).output)
        if found.kind == "-":
            return found.status
        if found.kind == "l":  # some show a link that leads nowhere as itself
            return MISSING
        return DIRECTORY if found.kind == "d" else SPECIAL

    def answer(self, words: Sequence[str], most: int | None = None) -> Said:
        """Run a command and return what it said.

        Raises:
            Unreachable: it cannot be run.
            OSError: it failed, for the reason that it gave.
        """
        try:
            said = self._said(words, most)
            if said.code:
                raise error_of(words[0], said.errors) or self._commands.unreachable(said)
        except Unreachable as error:
            self._fail(error)
        return said

    def _said(self, words: Sequence[str], most: int | None = None) -> Said:
        if self._failure is not None:
            raise self._failure
        return self._commands.run(words, most)

    def _fail(self, error: Unreachable) -> NoReturn:
        self._failure = error
        self._row = None
        raise error

    def _count(self, path: str) -> int:
        return count(self.answer(["wc", "-c", "--", path]).output)

    def _find_row(self) -> Sequence[str]:
        """Return the command that tells most of a path."""
        version = self._output_of("ls", "--version")
        if b"\r\n" in version:
            self._fail(Unreachable("a terminal in between changes line ends: leave out -t"))
        if b"GNU coreutils" in version:
            return _GNU_ROW
        return _FULL_ROW if self._output_of(*_FULL_ROW, "--", "/") else _ROW

    def _output_of(self, *words: str) -> bytes:
        """Return what a command says that may know no such option."""
        try:
            return self.answer(words).output
        except Unreachable:
            raise
        except OSError:
            return b""


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
