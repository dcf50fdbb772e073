"""Writes an export to a new file."""

import contextlib
import os
from typing import Literal

from http_monitor.errors import RefusedError
from http_monitor.paths import whole_path
from http_monitor.units import local, visible_text

Form = Literal["csv", "json", "txt"]
FORMS: tuple[Form, ...] = ("csv", "json", "txt")
"""What a file is named for; ``txt`` is the block list."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
_MODE = 0o666
"""Less what the user's mask takes away."""


def default_path(folder: str, form: Form, at_us: int) -> str:
    """Return ``http-monitor-HHMMSS.csv`` in a folder, in local time, with ``-2``, ``-3`` … while there is one already.

    Args:
        folder: The folder; empty: the working directory.
        form: Of the file.
        at_us: The wall clock.
    """
    stem = os.path.join(folder, f"http-monitor-{local(at_us):%H%M%S}")
    path, number = f"{stem}.{form}", 1
    while os.path.lexists(path):
        number += 1
        path = f"{stem}-{number}.{form}"
    return path


def write_new(path: str, text: str) -> str:
    """Write a file that does not exist yet; a link is one that does. A leading ``~`` is the user's home.

    Returns:
        Its absolute path.

    Raises:
        RefusedError: It exists, or it cannot be written; then there is no part of it either.
    """
    path = whole_path(os.path.expanduser(path))
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
