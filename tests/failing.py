"""A file that cannot be read for a while, through any access: its handle is stale, or its device fails."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from http_monitor.sources.files.access import Files, LocalFiles
from http_monitor.sources.remote.command_files import CommandFiles


class Failing(Protocol):
    """An access to files that can be made to fail for one of them."""

    files: Files

    def fail(self, path: Path, code: int, *, only_reading: bool = False) -> None:
        """Let everything that asks for this file, whatever its name becomes, end with that error of the system.

        Args:
            path: Where the file is now.
            code: An errno.
            only_reading: It can be looked at and opened, as on a device with bad blocks.
        """
        ...

    def heal(self) -> None:
        """Let it be read again."""
        ...


class FailingCalls:
    """Calls to the system in this process."""

    def __init__(self, _: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files: Files = LocalFiles()
        self._inode: int | None = None
        self._calls: tuple[str, ...] = ()
        self._code = 0
        self._stale: dict[int, int] = {}
        self._stat, self._fstat = os.stat, os.fstat
        for call in ("stat", "open"):
            monkeypatch.setattr(os, call, self._by_path(call, getattr(os, call)))
        for call in ("fstat", "read", "lseek"):
            monkeypatch.setattr(os, call, self._by_descriptor(call, getattr(os, call)))
        monkeypatch.setattr(os, "close", self._closing(os.close))

    def fail(self, path: Path, code: int, *, only_reading: bool = False) -> None:
        """Let calls for this file fail."""
        self._inode = self._stat(path).st_ino
        self._code = code
        self._calls = ("read",) if only_reading else ("stat", "open", "fstat", "read")

    def make_stale(self, descriptors: list[int], code: int) -> None:
        """Let these descriptors fail until they are closed; the files can be opened anew."""
        self._stale = dict.fromkeys(descriptors, code)

    def heal(self) -> None:
        """Let all calls succeed."""
        self._inode = None

    def _by_path(self, call: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def checked(path: Any, *arguments: Any, **options: Any) -> Any:
            if self._inode is not None and call in self._calls and not isinstance(path, int):
                self._refuse(self._stat(path, dir_fd=options.get("dir_fd")).st_ino)
            return real(path, *arguments, **options)

        return checked

    def _by_descriptor(self, call: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def checked(descriptor: int, *arguments: Any) -> Any:
            if descriptor in self._stale:
                raise OSError(self._stale[descriptor], os.strerror(self._stale[descriptor]))
            if self._inode is not None and call in self._calls:
                self._refuse(self._fstat(descriptor).st_ino)
            return real(descriptor, *arguments)

        return checked

    def _closing(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def close(descriptor: int) -> None:
            self._stale.pop(descriptor, None)
            real(descriptor)

        return close

    def _refuse(self, inode: int) -> None:
        if inode == self._inode:
            raise OSError(self._code, os.strerror(self._code))


# The first argument is the file that says what fails: an inode, the commands, and the words.
_SCRIPT = """
rules=$1; shift
eval "last=\\${$#}"
if [ -s "$rules" ]; then
    IFS=/ read -r inode commands words < "$rules"
    case " $commands " in *" $1 "*)
        if [ "$(stat -L -c %i -- "$last" 2>/dev/null)" = "$inode" ]; then
            echo "$1: error reading '$last': $words" >&2; exit 1
        fi
    esac
fi
exec "$@"
"""


class FailingCommands:
    """Commands, which say what those of GNU say then."""

    def __init__(self, folder: Path, _: pytest.MonkeyPatch) -> None:
        script = folder / "failing.sh"
        script.write_text(_SCRIPT)
        self._rules = folder / "rules"
        self.files: Files = CommandFiles(["sh", str(script), str(self._rules)])

    def fail(self, path: Path, code: int, *, only_reading: bool = False) -> None:
        """Let commands for this file fail."""
        commands = "head tail" if only_reading else "ls wc head tail"
        self._rules.write_text(f"{path.stat().st_ino}/{commands}/{os.strerror(code)}\n")

    def heal(self) -> None:
        """Let all commands succeed."""
        self._rules.unlink()


FAILING: dict[str, Callable[[Path, pytest.MonkeyPatch], Failing]] = {
    "direct": FailingCalls,
    "wc-tail": FailingCommands,
}
"""By the name of the reader: given a folder for whatever it needs, and what its calls are replaced by."""
