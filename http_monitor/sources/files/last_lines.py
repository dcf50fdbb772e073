"""Reads the last lines of a file."""

from http_monitor.sources.files.access import Files
from http_monitor.sources.files.regular_file import Obstacle

_LF = b"\n"
_SAMPLE_BYTES = 64 << 10


def tail_sample(files: Files, path: str, limit: int) -> list[bytes]:
    """Return up to `limit` whole lines, each with its LF, from the last 64 KiB of a file; [] if unreadable."""
    opened = files.open(path)
    if isinstance(opened, Obstacle):
        return []
    handle, status = opened
    # One more byte shows whether the sample begins at the start of a line.
    start = max(0, status.size - _SAMPLE_BYTES - 1)
    try:
        data = handle.read(start, _SAMPLE_BYTES + 1)
    except OSError:
        return []
    finally:
        handle.close()
    lines = [line + _LF for line in data.split(_LF)[:-1]]
    return lines[1 if start else 0 :][-limit:] if limit > 0 else []
