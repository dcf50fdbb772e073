"""Tells whether enough descriptors are left to open another file."""

import errno
import os
from typing import Literal

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_SPARE = {
    "list": 2,
    # For short use: directories, archives, checkpoints.
    "go on": 8,
    # Rotated files and their successors are open together.
    "begin": 16,
}
"""Number of descriptors kept free, by what one is needed for."""


def has_room(purpose: Literal["list", "go on", "begin"]) -> bool:
    """Return whether a descriptor can be opened with enough left for what is more urgent.

    Args:
        purpose: List a directory, follow a path on, or follow another path.
    """
    try:
        descriptor = os.open(os.devnull, os.O_RDONLY)
    except OSError as error:
        return error.errno not in _NO_ROOM
    os.close(descriptor)
    # The system returns the lowest free descriptor; a limit of -1 means no limit.
    most = (1 << 63) if resource is None else resource.getrlimit(resource.RLIMIT_NOFILE)[0] % (1 << 63)
    return descriptor + _SPARE[purpose] < most
