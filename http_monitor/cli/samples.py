"""Takes samples of files: the lines by which a format is found."""

from http_monitor.sources.files.access import Handle, LocalFiles
from http_monitor.sources.files.last_lines import tail_sample
from http_monitor.sources.replay import ReplayFile
from http_monitor.sources.tail.rotated_names import is_compressed

_LF = b"\n"
_LINES = 100
_BYTES = 64 << 10


def head_of(path: str, limit: int) -> bytes:
    """Return the first lines of a file, compressed or not; b"" if it is unreadable or empty.

    Args:
        path: Of the file.
        limit: The longest line, in bytes without its LF.
    """
    source = ReplayFile(path, limit=limit, read_bytes=_BYTES)
    try:
        return source.read().data
    finally:
        source.close()


def last_lines_of(path: str) -> bytes:
    """Return the last lines of a file that is not compressed, as many as a sample has."""
    return b"".join(tail_sample(LocalFiles(), path, _LINES))


def ends_of(path: str, handle: Handle) -> tuple[bytes, bytes]:
    """Return (the first lines, the last lines) of an open file; of an archive, which has to be inflated, no last ones.

    Raises:
        OSError: it cannot be read.
    """
    data = handle.read(0, _BYTES)
    head = first_lines(data[: data.rfind(_LF) + 1])
    size = handle.status().size
    if size <= len(data) or is_compressed(path):
        return head, head
    # The first of them may have begun before.
    lines = handle.read(size - _BYTES, _BYTES).split(_LF)[1:-1][-_LINES:]
    return head, b"".join(line + _LF for line in lines)


def first_lines(data: bytes) -> bytes:
    """Return the first of whole lines, as many as a sample has; blank ones come along."""
    end = count = 0
    while count < _LINES and end < len(data):
        stop = data.find(b"\n", end) + 1 or len(data)
        count += not data[end:stop].isspace()
        end = stop
    return data[:end]
