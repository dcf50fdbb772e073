"""Remembers over runs which files the simulator made, so that it writes to no others."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from http_monitor.checkpoint.location import default_directory

_MAX_FILES = 100
_NOWHERE = "neither XDG_STATE_HOME nor HOME is an absolute path"


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that the simulator made."""

    path: str
    """Absolute, its folder without symbolic links."""
    device: int
    inode: int
    first_line: str = ""
    """SHA-256 of its first line, hexadecimal; empty while nothing was written. A system may give the inode of
    a removed file to the next one; then only the content distinguishes them."""


def state_path(environ: Mapping[str, str]) -> str | None:
    """Return the path of the memory; None if there is no place for it."""
    directory = default_directory(environ)
    return None if directory is None else os.path.join(directory, "simulator.json")


class Memory:
    """The files made so far, in a small JSON file that is replaced as a whole.

    If two simulators start in the same instant, one file may be forgotten; it is refused later, not polluted.
    """

    def __init__(self, path: str | None) -> None:
        """Use the file at `path` (see `state_path`)."""
        self._path = path

    def find(self, path: str, device: int, inode: int) -> MadeFile | None:
        """Return the entry for this very file."""
        return next((f for f in self._load() if (f.path, f.device, f.inode) == (path, device, inode)), None)

    def remember(self, made: MadeFile) -> str:
        """Replace the entry for the file's path; return the reason if that fails, else an empty text."""
        if self._path is None:
            return _NOWHERE
        files = [known for known in self._load() if known.path != made.path][-_MAX_FILES + 1 :]
        files.append(made)
        try:
            _replace(self._path, json.dumps({"files": [asdict(known) for known in files]}, indent=1))
        except (OSError, ValueError) as error:
            return f"{self._path}: {_reason(error)}"
        return ""

    def _load(self) -> list[MadeFile]:
        # If the memory is unreadable, no file counts as ours, so every file is refused.
        try:
            with open(self._path or "", encoding="ascii") as file:
                state = json.load(file)
        except (OSError, ValueError, RecursionError):
            return []
        entries = state.get("files") if isinstance(state, dict) else None
        return [made for entry in entries if (made := _parse_entry(entry))] if isinstance(entries, list) else []


def _parse_entry(entry: object) -> MadeFile | None:
    match entry:
        case {"path": str(path), "device": int(device), "inode": int(inode), "first_line": str(first_line)}:
            return MadeFile(path, device, inode, first_line)
    return None


def _replace(path: str, text: str) -> None:
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=".simulator-", dir=folder)
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
        os.replace(draft, path)
    except OSError:
        os.unlink(draft)
        raise


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
