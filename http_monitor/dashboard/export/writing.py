"""Writes an export to a new file."""

import contextlib
import os

from http_monitor.errors import RefusedError
from http_monitor.paths import whole_path
from http_monitor.units import visible_text

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
_MODE = 0o666
"""Less what the user's mask takes away."""


def write_new(path: str, text: str) -> str:
    """Write a file that does not exist yet; a link is one that does.

    Returns:
        Its absolute path.

    Raises:
        RefusedError: It exists, or it cannot be written; then there is no part of it either.
    """
    path = whole_path(path)
    try:
        descriptor = os.open(path, _NEW, _MODE)
    except FileExistsError:
        raise RefusedError(f"{visible_text(path)} exists, and is not overwritten") from None
    except (OSError, ValueError) as error:
        raise _refused(path, error) from None
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(path)
        raise _refused(path, error) from None
    return path


def _refused(path: str, error: OSError | ValueError) -> RefusedError:
    # A path with a NUL byte is a ValueError.
    why = error.strerror if isinstance(error, OSError) else str(error)
    return RefusedError(f"{visible_text(path)} cannot be written: {why}")
