"""Takes samples of files, from which formats are detected."""

import os
from collections.abc import Sequence
from contextlib import closing

from http_monitor.sources.files.access import Handle, LocalFiles
from http_monitor.sources.files.last_lines import tail_sample
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.replay import ReplayFile
from http_monitor.sources.rotation.rotated_names import is_compressed
from http_monitor.units import visible_text

_LF = b"\n"
_LINES = 100
_BYTES = 64 << 10


def head_of(path: str, limit: int) -> bytes:
    """Return the first lines of a file, inflated if it is an archive; b"" if it is unreadable or empty.

    Args:
        path: The path of the file.
        limit: The longest line, in bytes without its LF.
    """
    source = ReplayFile(path, limit=limit, read_bytes=_BYTES)
    try:
        return source.read().data
    finally:
        source.close()


def last_lines_of(path: str) -> bytes:
    """Return a sample of the last lines of an uncompressed file."""
    return b"".join(tail_sample(LocalFiles(), path, _LINES))


def ends_of(path: str, handle: Handle) -> tuple[bytes, bytes]:
    """Return (the first lines, the last lines) of an open file; no last lines of an archive, which must be inflated.

    Raises:
        OSError: it cannot be read.
    """
    data = handle.read(0, _BYTES)
    head = first_lines(data[: data.rfind(_LF) + 1])
    size = handle.status().size
    if size <= len(data) or is_compressed(path):
        return head, head
    # The first of them may be incomplete.
    lines = handle.read(size - _BYTES, _BYTES).split(_LF)[1:-1][-_LINES:]
    return head, b"".join(line + _LF for line in lines)


def lines_at(path: str, offset: int) -> tuple[bytes, bytes]:
    """Return (the first lines of a file, the lines at an offset); b"" for both if it is unreadable."""
    opened = LocalFiles().open(path)
    if isinstance(opened, Obstacle):
        return b"", b""
    with closing(opened[0]) as handle:
        try:
            first, there = handle.read(0, _BYTES), handle.read(offset, _BYTES)
        except OSError:
            return b"", b""
    return first[: first.rfind(_LF) + 1], first_lines(there[: there.rfind(_LF) + 1])


def first_lines(data: bytes) -> bytes:
    """Return a sample of the first of some complete lines; blank ones are included."""
    end = count = 0
    while count < _LINES and end < len(data):
        stop = data.find(b"\n", end) + 1 or len(data)
        count += not data[end:stop].isspace()
        end = stop
    return data[:end]


def find_write_us(path: str | None) -> int:
    """Return when a file was last written; the present time if that is not known."""
    from http_monitor.clock import WallClock

    try:
        return WallClock().now_us() if path is None else os.stat(path).st_mtime_ns // 1_000
    except OSError:
        return WallClock().now_us()


def share_words(fits: int, lines: int) -> str:
    """Return how many lines of a sample fit."""
    return f"{fits:,} of {lines:,} lines fit" if lines > 1 else "1 line, it fits"


def where_words(paths: Sequence[str]) -> str:
    """Return words for the files, if there are several."""
    shown = visible_text(os.path.basename(paths[0]) or paths[0])
    return f" in {shown}" if len(paths) == 1 else f" in {len(paths):,} files"
