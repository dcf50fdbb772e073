"""Access to files through the commands ls, wc, tail and head, wherever these can be run."""

import errno
import os
from collections.abc import Sequence
from typing import NoReturn

from http_monitor.sources.files.access import FileStatus, Handle, Identity, Listing
from http_monitor.sources.files.regular_file import DIRECTORY, MISSING, SPECIAL, Obstacle, obstacle
from http_monitor.sources.remote.command_output import count, entries, error_of, row
from http_monitor.sources.remote.command_runner import Commands, Said, Unreachable
from http_monitor.sources.rotation.rotated_names import is_compressed

# POSIX only, as in BusyBox: the inode, the name itself, numeric users, symbolic links followed.
_ROW = ("ls", "-ldinL")
_GNU_ROW = (*_ROW, "--time-style=+%s%N")
# BusyBox provides whole seconds, if it was built with that option.
_FULL_ROW = (*_ROW, "--full-time")
_ENTRIES = ("ls", "-1Ai")
_AHEAD_BYTES = 1 << 20
_MAX_COUNTED = 16


class Moved(OSError):
    """Another file is now at the path of this one."""

    def __init__(self) -> None:
        super().__init__(errno.ESTALE, "another file has its name")


class CommandFiles:
    """Files that are read by commands: on this machine, or on another through a prefix such as ``ssh web1``.

    ls provides the inode, the size and, if possible, the time; wc counts the bytes after a change (except that of
    BusyBox, which reads everything); head reads the beginning; tail seeks to an offset and reads on from there. The
    device is not known and is 0.

    After a command could not be run, all others are refused until `take_failure`, because a missing answer must not
    lead to conclusions. The owner must therefore check for a failure after each look, and discard the results of the
    look if there was one (as `PolledSource` does).

    One thread owns it; only `stop` may be called by another.

    Args:
        via: The words of the prefix; empty: run the commands on this machine.
        timeout_s: Maximum time that a command may stay silent.
    """

    def __init__(self, via: Sequence[str] = (), timeout_s: float = 10.0) -> None:
        self._commands = Commands(via, timeout_s)
        self._row: Sequence[str] | None = None
        self._failure: Unreachable | None = None
        self._counted: dict[str, FileStatus] = {}

    def take_failure(self) -> Obstacle | None:
        """Return the obstacle if commands could not be run since the last call, and allow the next ones; else None."""
        failure, self._failure = self._failure, None
        return failure.obstacle if failure else None

    def stop(self) -> None:
        """End the running command, and refuse all others."""
        self._commands.stop()

    def look(self, path: str) -> FileStatus | Obstacle:
        """Return the status of the regular file at a path, or why there is none."""
        try:
            status = self.status(path)
            if isinstance(status, Obstacle) or status == self._counted.get(path):
                return status
            # The wc of BusyBox would read the whole file.
            if self._row is _GNU_ROW and self._count(path) != status.size:
                # It has grown or was replaced. Identity and size must be of the same moment.
                status = self.status(path)
        except Unreachable as error:
            return error.obstacle
        except OSError as error:
            return obstacle(error)
        if not isinstance(status, Obstacle):
            self._counted[path] = status
            while len(self._counted) > _MAX_COUNTED:
                del self._counted[next(iter(self._counted))]
        return status

    def open(self, path: str) -> tuple[Handle, FileStatus] | Obstacle:
        """Open the regular file at a path, or return why there is none; the handle is the path with its identity.

        A file that fails only when it is read counts as open, as it does on this machine.

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
        """Return the files in a directory, except names with line feeds, which rotation never makes.

        Raises:
            Unreachable: the commands cannot be run.
        """
        try:
            # The slash at the end makes ls list the target of a symbolic link.
            said = self._run_command([*_ENTRIES, "--", os.path.join(directory or os.curdir, "")])
            # Files that disappear during the listing make ls fail, but the rest of the output is valid.
            if said.code and error_of("ls", said.errors) is None:
                raise self._commands.unreachable(said)
        except Unreachable as error:
            self._fail(error)
        return Listing(entries(said.output))

    def target(self, path: str) -> str:
        """Return a path with its symbolic links resolved; the path itself if that fails.

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

    def has_room(self, spare: int) -> bool:
        """Tell whether a file can be opened besides: commands keep none open."""
        del spare
        return True

    def status(self, path: str) -> FileStatus | Obstacle:
        """Return the status of a path from ls alone, or why it is no regular file.

        Raises:
            OSError: there is no file, or its status cannot be read.
        """
        if self._row is None:
            self._row = self._find_row()
        found = row(self.answer([*self._row, "--", path]).output)
        if found.kind == "-":
            return found.status
        if found.kind == "l":  # some versions show a broken link as itself
            return MISSING
        return DIRECTORY if found.kind == "d" else SPECIAL

    def answer(self, words: Sequence[str], most: int | None = None) -> Said:
        """Run a command and return its output.

        Raises:
            Unreachable: it cannot be run.
            OSError: it failed for the reason it gave.
        """
        try:
            said = self._run_command(words, most)
            if said.code:
                raise error_of(words[0], said.errors) or self._commands.unreachable(said)
        except Unreachable as error:
            self._fail(error)
        return said

    def _run_command(self, words: Sequence[str], most: int | None = None) -> Said:
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
        """Return the variant of ls that provides the most."""
        version = self._output_of("ls", "--version")
        if b"\r\n" in version:
            self._fail(Unreachable("a terminal in between changes line ends: omit -t"))
        if b"GNU coreutils" in version:
            return _GNU_ROW
        return _FULL_ROW if self._output_of(*_FULL_ROW, "--", "/") else _ROW

    def _output_of(self, *words: str) -> bytes:
        """Return the output of a command that may not support the given options."""
        try:
            return self.answer(words).output
        except Unreachable:
            raise
        except OSError:
            return b""


class CommandHandle:
    """A path with the identity of the file that was opened there; holds nothing open."""

    def __init__(self, files: CommandFiles, path: str, identity: Identity) -> None:
        self._files = files
        self._path = path
        self._identity = identity
        # An archive is read in small consecutive pieces, and is never written to.
        self._least = _AHEAD_BYTES if is_compressed(path) else 0
        self._start = 0
        self._ahead = b""

    def status(self) -> FileStatus:
        """Return the present status. Raises `Moved` if another file is at the path."""
        status = self._files.status(self._path)
        if isinstance(status, Obstacle) or status.identity != self._identity:
            raise Moved
        return status

    def read(self, offset: int, most: int) -> bytes:
        """Return up to `most` bytes from the offset on. Raises `Moved` if another file is at the path."""
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
        # The path led to this file when it was opened and still does, so the bytes read in between are of this file.
        self.status()
        if self._least:
            self._start, self._ahead = offset, said.output
        return said.output[:most]

    def close(self) -> None:
        """Drop what was read ahead."""
        self._ahead = b""
