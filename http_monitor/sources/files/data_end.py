"""Finds the end of the data in a file, and the status of a path before anything else of a run is imported."""

from dataclasses import replace

from http_monitor.sources.files.access import Files, FileStatus, Handle
from http_monitor.sources.files.regular_file import Obstacle

_NUL = b"\0"
_MAX_ALLOCATED_BYTES = 256 << 20


def data_end(handle: Handle, size: int) -> int:
    """Return where the data of a file of that size ends: before the NULs at its end, if there are any.

    Servers allocate the end of a log ahead and fill it in place. At most 256 MiB of NULs are searched.

    Raises:
        OSError: it cannot be read.
    """
    end, step = size, 1
    while end > max(0, size - _MAX_ALLOCATED_BYTES):
        start = max(0, end - step)
        data = handle.read(start, end - start).rstrip(_NUL)
        if data:
            return start + len(data)
        end, step = start, min(1 << 20, step * 64)
    return end if end <= 0 else size


def look_at_data(files: Files, path: str) -> FileStatus | Obstacle:
    """Return the status of the file at a path now; its size is that of its data, without an end allocated ahead."""
    found = files.look(path)
    if isinstance(found, Obstacle) or not found.size:
        return found
    opened = files.open(path)
    if isinstance(opened, Obstacle):
        return found
    handle, status = opened
    try:
        return replace(status, size=data_end(handle, status.size))
    except OSError:
        return found
    finally:
        handle.close()
