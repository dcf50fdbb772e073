"""Names the directory that holds the checkpoint of a set of files."""

import glob
import os
import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from http_monitor.choices import GivenFile

_PROGRAM = "http_monitor"
_READABLE = re.compile(r"[^A-Za-z0-9._-]+")
_READABLE_CHARACTERS = 40
_DIGEST_BYTES = 8


def default_directory(environment: Mapping[str, str]) -> str | None:
    """Return the user's state directory by the XDG base directory specification; None if there is no home directory.

    ``$XDG_STATE_HOME/http_monitor``, else ``~/.local/state/http_monitor``; the specification requires that a relative
    path in the variable is ignored.
    """
    named = environment.get("XDG_STATE_HOME", "")
    if os.path.isabs(named):
        return os.path.join(named, _PROGRAM)
    home = environment.get("HOME", "")
    return os.path.join(home, ".local", "state", _PROGRAM) if os.path.isabs(home) else None


def key_of(files: Sequence[GivenFile]) -> str:
    """Return a file name for a set of inputs, independent of their order.

    Args:
        files: Paths and patterns as given by the user. Relative ones of this machine start from the working directory;
                different spellings of a path, and linked directories, give the same name. The names of servers have
                no part in it.
    """
    places = sorted({(file.via or "", file.path if file.via else _absolute(file.path)) for file in files})
    vias = {via for via, _ in places}
    paths = [path for _, path in places]
    # One command is for all files that it leads to.
    parts = [vias.pop(), *paths] if len(vias) == 1 else [f"{via}\0{path}" for via, path in places]
    digest = blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=_DIGEST_BYTES).hexdigest()
    name = _READABLE.sub("_", os.path.basename(paths[0]))[:_READABLE_CHARACTERS]
    return f"{name}-{digest}"


def _absolute(path: str) -> str:
    """Return a path or pattern with its linked directories resolved, up to the first component that is a pattern."""
    whole = os.path.normpath(path) if ".." not in path else path
    head, tail = os.path.split(whole if os.path.isabs(whole) else os.path.join(os.getcwd(), whole))
    while glob.has_magic(head) and not os.path.lexists(head):
        head, name = os.path.split(head)
        tail = os.path.join(name, tail)
    return os.path.join(os.path.realpath(head), tail)
