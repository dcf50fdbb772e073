"""Tells whether what was read of a file is what stands at the beginning of another, or still of the same."""

from dataclasses import replace

from http_monitor.sources.files.access import Handle
from http_monitor.sources.files.data_end import data_end
from http_monitor.sources.tail.position import FilePosition, head_of, print_of

HEAD_BYTES = 1_024
"""So many first bytes of a file are remembered, as far as they have been seen."""
MARKER_BYTES = 1_024
"""So many bytes before the offset are remembered."""
_NUL = b"\0"
ENOUGH_BYTES = 64
"""With less than that known, two files that begin alike are only taken for one if they are as long as each other."""


def fits(handle: Handle, position: FilePosition) -> bool:
    """Tell whether this open file begins with what had been seen at that position.

    Two small reads, whatever the file's size. An archive has to be inflated up to the offset for it.

    Raises:
        OSError: it cannot be read.
    """
    # The head first: it rules out most files, and an archive need not be inflated further then.
    head = handle.read(0, position.head.length)
    # Lines may be alike: where the head is cut off, what had been read has to tell.
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
    """Tell whether another file than the one of that position surely has its content.

    Args:
        handle: The other file.
        position: What is known of the one.
        least: With less than that known, both have to be of the same size.

    Raises:
        OSError: it cannot be read.
    """
    if not position.head.length or not fits(handle, position):
        return False
    # One byte beyond tells whether a short file is longer than the one it is compared with.
    known = max(position.head.length, position.marker.length)
    return known >= least or len(handle.read(0, position.size + 1)) == position.size


def is_part(handle: Handle, position: FilePosition) -> bool:
    """Tell whether a file holds nothing but a part, from its beginning, of what had been read at that position.

    That is a copy that was not finished or was cut off, or an archive of a file to which more was written.

    Raises:
        OSError: it cannot be read.
    """
    size = handle.status().size
    if position.head.length < ENOUGH_BYTES or size > position.offset:
        return False
    known = position.head.of_first(size)
    return known is not None and print_of(handle.read(0, known.length)) == known
