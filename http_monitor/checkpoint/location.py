"""Names the directory in which the checkpoint of a set of files is kept."""

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
    """Return the state directory of the user, by the XDG base directory specification; None where there is no home.

    ``$XDG_STATE_HOME/http_monitor``, else ``~/.local/state/http_monitor``; a relative path in the variable is
    ignored, as the specification says.
    """
    named = environment.get("XDG_STATE_HOME", "")
    if os.path.isabs(named):
        return os.path.join(named, _PROGRAM)
    home = environment.get("HOME", "")
    return os.path.join(home, ".local", "state", _PROGRAM) if os.path.isabs(home) else None


def key_of(paths: Sequence[str], via: str | None) -> str:
    """Return a file name for a set of inputs, the same in whatever order they are given.

    Args:
        paths: Paths and patterns as the user gave them; relative ones are of this directory, unless elsewhere. However
            one is spelled, and through whatever linked directories it leads, it is the same.
        via: The prefix by which they are reached elsewhere.
    """
    whole = sorted(set(paths if via else map(_absolute, paths)))
    text = "\0".join([via or "", *whole])
    digest = blake2b(text.encode("utf-8", "surrogateescape"), digest_size=_DIGEST_BYTES).hexdigest()
    name = _READABLE.sub("_", os.path.basename(whole[0]))[:_READABLE_CHARACTERS]
    return f"{name}-{digest}"


def _absolute(path: str) -> str:
    """Return a path, or a pattern, with its linked directories resolved, up to the first that is a pattern itself."""
    head, tail = os.path.split(os.path.join(os.getcwd(), os.path.normpath(path) if ".." not in path else path))
    while glob.has_magic(head) and not os.path.lexists(head):
        head, name = os.path.split(head)
        tail = os.path.join(name, tail)
    return os.path.join(os.path.realpath(head), tail)
