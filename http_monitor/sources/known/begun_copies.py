"""Recognises a copy that is being made of a log: its whole content is the beginning of the present log."""

from http_monitor.sources.files.access import Handle
from http_monitor.sources.known.fingerprint import HEAD_BYTES, MARKER_BYTES
from http_monitor.sources.known.replaced_copies import MIN_BYTES, MIN_PIECES

_BLOCK_BYTES = 64 << 10
_LF = b"\n"


def is_begun_copy(copy: Handle, log: Handle, *, knows_size: bool, certain: bool) -> bool:
    """Return whether a file is a copy, finished or not, of a log's present content; an empty file is one of any log.

    copytruncate first copies a log and truncates it a moment later. If the copy is seen in between, its lines are read
    from the log, as long as they are there.

    Args:
        copy: The file.
        log: The log.
        knows_size: The size of the file is known; that of an archive being written is not.
        certain: The files must have enough in common to exclude different files that begin alike.

    Raises:
        OSError: one of them cannot be read.
    """
    first = copy.read(0, HEAD_BYTES)
    if first != log.read(0, len(first)):
        return False
    last = first if len(first) < HEAD_BYTES else _common_end(copy, log, knows_size=knows_size)
    if last is None:
        return False
    return not certain or (len(first) >= MIN_BYTES and len(set((first + last).split(_LF))) > MIN_PIECES)


def _common_end(copy: Handle, log: Handle, *, knows_size: bool) -> bytes | None:
    """Return the last bytes of a copy that is longer than the first bytes; None if the log differs there."""
    if knows_size:
        start = max(0, copy.status().size - MARKER_BYTES)
        last = copy.read(start, MARKER_BYTES)
        return last if last == log.read(start, len(last)) else None
    offset, last = HEAD_BYTES, b""
    while data := copy.read(offset, _BLOCK_BYTES):
        if data != log.read(offset, len(data)):
            return None
        offset, last = offset + len(data), data
    return last
