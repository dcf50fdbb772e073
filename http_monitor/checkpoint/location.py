"""Names the directory that holds the checkpoint of a set of files."""

import glob
import os
import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b

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


def key_of(paths: Sequence[str], via: str | None) -> str:
    """Return a file name for a set of inputs, independent of their order.

    Args:
        paths: Paths and patterns as given by the user; relative ones start from the working directory if `via` is None.
                Different spellings of a path, and linked directories, give the same name.
        via: The command prefix by which they are reached on another machine.

    Raises:
        OSError: a path is relative, and the working directory is gone.
    """
    whole = sorted(set(paths if via else map(_absolute, paths)))
    text = "\0".join([via or "", *whole])
    digest = blake2b(text.encode("utf-8", "surrogateescape"), digest_size=_DIGEST_BYTES).hexdigest()
    name = _READABLE.sub("_", os.path.basename(whole[0]))[:_READABLE_CHARACTERS]
    return f"{name}-{digest}"


def _absolute(path: str) -> str:
    """Return a path or pattern with its linked directories resolved, up to the first component that is a pattern."""
    whole = os.path.normpath(path) if ".." not in path else path
    head, tail = os.path.split(whole if os.path.isabs(whole) else os.path.join(os.getcwd(), whole))
    while glob.has_magic(head) and not os.path.lexists(head):
        head, name = os.path.split(head)
        tail = os.path.join(name, tail)
    return os.path.join(os.path.realpath(head), tail)
