"""The files of a command line: their names, and the commands through which they are reached."""

import os
import re
from collections.abc import Iterable

from http_monitor.choices import GivenFile

_NAMED = re.compile(r"([A-Za-z0-9._-]{1,64})=(.+)", re.ASCII | re.DOTALL)
_PATHS = ("/", ".", "~")
_STDIN = "-"


def files_of(
    in_order: Iterable[tuple[str, str]], default: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[GivenFile, ...]]:
    """Return the files by their keys, and the names and commands of some of them.

    A command is for the files after it, up to the next command. If no file follows the last one, it is for the files
    before it that have none.

    Args:
        in_order: (``files`` or ``given``, text) as they were given.
        default: The files if none is given.
    """
    found: list[tuple[str, str | None]] = []
    via: str | None = None
    used = True
    for kind, text in in_order:
        if kind == "given":
            via, used = text, False
        else:
            found.append((text, via))
            used = True
    if not found:
        found = [(path, via) for path in default]
    elif not used:
        found = [(text, via if of_file is None else of_file) for text, of_file in found]
    named = [(*_name_and_path(text), of_file) for text, of_file in found]
    files = [(server, path, None if path == _STDIN else of_file) for server, path, of_file in named]
    keys = tuple(_key(server, path, of_file, files) for server, path, of_file in files)
    given = [
        GivenFile(key, path, server, of_file)
        for key, (server, path, of_file) in zip(keys, files, strict=True)
        if server is not None or of_file is not None
    ]
    return keys, tuple(dict.fromkeys(given))


def _key(server: str | None, path: str, via: str | None, files: Iterable[tuple[str | None, str, str | None]]) -> str:
    """Return what a file is called; one path on several machines is several files, each called by its machine too."""
    others = {(other, command) for other, of, command in files if of == path and command != via}
    if via is None or not others:
        return path
    is_unique = server is not None and all(other != server for other, _ in others)
    return f"{server if is_unique else via}:{path}"


def _name_and_path(text: str) -> tuple[str | None, str]:
    """Return the name and the path of ``NAME=PATH``; a text that exists as a file, or begins like a path, is a path."""
    match = None if text.startswith(_PATHS) else _NAMED.fullmatch(text)
    if match is None or os.path.lexists(text):
        return None, text
    return match[1], match[2]
