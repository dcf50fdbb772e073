"""The present content of a followed file, however far it has been read."""

import errno
from contextlib import suppress
from dataclasses import replace

from http_monitor.sources.known.fingerprint import end_of, fits
from http_monitor.sources.known.position import FilePosition
from http_monitor.sources.tail.tailed_file import TailedFile


def all_of(followed: TailedFile) -> FilePosition:
    """Return the position at the end of a file, as far as it can be read; it identifies copies of the file."""
    position = followed.position()
    if followed.handle is None or followed.whole:
        return position
    with suppress(OSError):
        end = end_of(followed.path, followed.handle)
        return replace(position, offset=end.size, size=end.size, pending=0, head=end.head, marker=end.marker)
    return position


def is_truncated(followed: TailedFile) -> bool:
    """Return whether a file no longer contains what was read of it; False if that cannot be determined."""
    if followed.handle is None or followed.whole:
        return False
    with suppress(OSError):
        position = followed.position()
        return followed.handle.status().size < position.offset or not fits(followed.handle, position)
    return False


def last_bytes(followed: TailedFile, length: int) -> bytes:
    """Return the present last bytes of a file.

    Raises:
        OSError: it cannot be read.
    """
    if followed.handle is None:
        raise OSError(errno.ESTALE, "out of reach")
    end = followed.handle.status().size
    return followed.handle.read(max(0, end - length), min(length, end))
