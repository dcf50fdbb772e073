"""Finds the end of a file within its replacement, since some logs are replaced by copies of themselves."""

from collections.abc import Callable, Iterator

from http_monitor.sources.files.access import Handle
from http_monitor.sources.known.fingerprint import HEAD_BYTES, MARKER_BYTES
from http_monitor.sources.known.position import FilePosition, print_of

MIN_BYTES = 256
"""With fewer bytes in common, files are not taken for copies of each other, since lines may be identical."""
_MAX_SEARCHED_BYTES = 64 << 20
_BLOCK_BYTES = 1 << 20
_MAX_PLACES = 64
MIN_PIECES = 3
_LF = b"\n"

Before = Callable[[int], bytes]
"""Returns up to this many bytes before the end of the earlier file, as far as they are known."""


def end_in(handle: Handle, size: int, end: int, before: Before, head: bytes) -> int | None:
    """Return the place of an earlier file's end within a file; None if it is not certain.

    It is at the same place in a copy that has grown, and nearer to the beginning in one that was trimmed. Lines may be
    identical: if the last bytes occur in several places, one of them must share far more bytes before it.

    Args:
        handle: The file.
        size: Its size.
        end: Size of the earlier file.
        before: Returns the bytes before that end.
        head: The first bytes of the earlier file, as far as they are known.

    Raises:
        OSError: the file cannot be read.
    """
    marker = before(MARKER_BYTES)
    if len(marker) < MIN_BYTES:
        return None
    if end <= size and handle.read(end - len(marker), len(marker)) == marker:
        first = handle.read(0, min(HEAD_BYTES, end))
        if head and first.startswith(head) and len(set((first + marker).split(_LF))) > MIN_PIECES:
            return end
    found: list[tuple[int, int]] = []
    for place in _places(handle, size, marker[-MIN_BYTES:]):
        if len(found) == _MAX_PLACES:
            return None
        found.append((_common(handle, place, before), place))
    found.sort(reverse=True)
    if not found or (len(found) > 1 and found[0][0] < 2 * found[1][0]):
        return None
    common, place = found[0]
    # A flood of identical requests may end one log and begin the next.
    return place if len(set(before(common).split(_LF))) >= MIN_PIECES else None


def end_by_print(handle: Handle, size: int, position: FilePosition) -> int | None:
    """Return the place within a file of what was read last at a position, given only its hashes.

    Raises:
        OSError: the file cannot be read.
    """
    length = position.marker.length
    if length < MIN_BYTES:
        return None
    found = None
    for start, data in _blocks(handle, size, length + position.pending):
        at = len(data)
        while (at := data.rfind(_LF, 0, at)) >= 0:
            place = at + 1 + position.pending
            if length <= place <= len(data) and print_of(data[place - length : place]) == position.marker:
                if found is not None and found != start + place:
                    return None  # identical lines
                found = start + place
    return found


def begins_in(handle: Handle, before: Before) -> bool:
    """Return whether the first line of a file is among the last lines of an earlier one.

    Raises:
        OSError: the file cannot be read.
    """
    first, ending, _ = handle.read(0, HEAD_BYTES).partition(_LF)
    return bool(first) and _LF + first + ending in _LF + before(_BLOCK_BYTES)


def lines_in(handle: Handle, size: int) -> int:
    """Return the number of lines in the last 64 MiB of a file.

    Raises:
        OSError: the file cannot be read.
    """
    return sum(data.count(_LF) for _, data in _blocks(handle, size, 0))


def _places(handle: Handle, size: int, pattern: bytes) -> Iterator[int]:
    """Yield the ends of all occurrences of a pattern, the last one first."""
    for start, data in _blocks(handle, size, len(pattern) - 1):
        at = len(data)
        while (at := data.rfind(pattern, 0, at)) >= 0:
            yield start + at + len(pattern)
            at += len(pattern) - 1


def _blocks(handle: Handle, size: int, overlap: int) -> Iterator[tuple[int, bytes]]:
    """Yield (start, block) from the end of a file backwards; each block includes the start of the next one."""
    end = size
    least = max(0, size - _MAX_SEARCHED_BYTES)
    while end > least:
        start = max(least, end - _BLOCK_BYTES)
        yield start, handle.read(start, min(size, end + overlap) - start)
        end = start


def _common(handle: Handle, place: int, before: Before) -> int:
    """Return how many bytes before a place equal those before the end of the earlier file, up to 1 MiB."""
    length = MARKER_BYTES
    while True:
        theirs = before(length)
        ours = handle.read(max(0, place - length), min(place, length))
        most = min(len(ours), len(theirs))
        if ours[len(ours) - most :] != theirs[len(theirs) - most :]:
            return _same_end(ours[len(ours) - most :], theirs[len(theirs) - most :])
        if most < length or length >= _BLOCK_BYTES:
            return most
        length *= 4


def _same_end(one: bytes, other: bytes) -> int:
    """Return the length of the common suffix of two strings of equal length."""
    least, most = 0, len(one)
    while least < most:
        middle = (least + most + 1) // 2
        if one[len(one) - middle :] == other[len(other) - middle :]:
            least = middle
        else:
            most = middle - 1
    return least
