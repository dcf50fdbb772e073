"""Compares files by fingerprints of their first bytes, and of the bytes before an offset."""

from dataclasses import replace

from http_monitor.sources.files.access import Handle
from http_monitor.sources.files.data_end import data_end
from http_monitor.sources.known.position import FilePosition, head_of, print_of

HEAD_BYTES = 1_024
"""Number of first bytes of a file in a fingerprint, as far as they were seen."""
MARKER_BYTES = 1_024
"""Number of bytes before the offset in a fingerprint."""
_NUL = b"\0"
ENOUGH_BYTES = 64
"""With fewer known bytes, files that begin alike are only taken for one if their sizes are equal."""


def fits(handle: Handle, position: FilePosition) -> bool:
    """Return whether an open file begins with what was read up to a position.

    Takes two small reads, whatever the size of the file; an archive must be inflated up to the offset.

    Raises:
        OSError: it cannot be read.
    """
    # The head is compared first: it rules out most files, without inflating an archive further.
    head = handle.read(0, position.head.length)
    # Lines may be identical; if the head was cut off, the bytes before the offset decide.
    known = position.head.of_first(len(head) if position.marker.length >= ENOUGH_BYTES else position.head.length)
    if known is None or print_of(head[: known.length]) != known:
        return False
    start = position.offset - position.marker.length
    return print_of(handle.read(start, position.marker.length)) == position.marker


def end_of(path: str, handle: Handle) -> FilePosition:
    """Return the position at the end of a file as it is now.

    Raises:
        OSError: it cannot be read.
    """
    status = handle.status()
    size = status.size
    marker = handle.read(max(0, size - MARKER_BYTES), min(MARKER_BYTES, size))
    if marker.endswith(_NUL):
        size = data_end(handle, size)
        marker = handle.read(max(0, size - MARKER_BYTES), min(MARKER_BYTES, size))
    return replace(
        FilePosition.of_unread(path, replace(status, size=size), size),
        head=head_of(handle.read(0, min(HEAD_BYTES, size))),
        marker=print_of(marker),
    )


def is_copy(handle: Handle, position: FilePosition, least: int = ENOUGH_BYTES) -> bool:
    """Return whether another file certainly has the content of the file of a position.

    Args:
        handle: The other file.
        position: The known position.
        least: With fewer known bytes, both files must have the same size.

    Raises:
        OSError: it cannot be read.
    """
    if not position.head.length or not fits(handle, position):
        return False
    # One byte more shows whether a short file is longer than the other one.
    known = max(position.head.length, position.marker.length)
    return known >= least or len(handle.read(0, position.size + 1)) == position.size


def is_part(handle: Handle, position: FilePosition) -> bool:
    """Return whether a file contains only a beginning of what was read up to a position.

    It is an unfinished or interrupted copy, or an archive of a file that has grown since.

    Raises:
        OSError: it cannot be read.
    """
    size = handle.status().size
    if position.head.length < ENOUGH_BYTES or size > position.offset:
        return False
    known = position.head.of_first(size)
    return known is not None and print_of(handle.read(0, known.length)) == known
