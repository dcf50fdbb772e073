"""NUL bytes at the end of a file: some servers allocate a log ahead and fill it in place."""

from http_monitor.sources.files.access import Handle
from http_monitor.sources.tail.proof import Proof

_NUL = b"\0"


class AllocatedEnd:
    """Distinguishes an end allocated ahead from a hole, which is followed by data."""

    def __init__(self) -> None:
        self.nul_end = 0
        """All bytes between the offset and this one were NUL."""
        self._hole_end = 0
        """NULs before this offset are no allocated end, since data was seen after them."""

    def without(self, fresh: bytes, offset: int) -> bytes:
        """Return the data that can be read now: up to NULs that may still be filled in place.

        NULs followed by data are checked twice before they are taken for a hole, since a server that fills a file in
        place may be between two pages.
        """
        first = fresh.find(_NUL, max(0, self._hole_end - offset))
        if first < 0:
            return fresh
        end = offset + len(fresh.rstrip(_NUL))
        if end > offset + first:
            self._hole_end = end
        else:
            self.nul_end = offset + len(fresh)
        return fresh[:first]

    def search(self, handle: Handle, size: int, most: int) -> int:
        """Search for data after the NULs of a file of this size; return the number of bytes searched.

        Raises:
            OSError: the file cannot be read.
        """
        data = handle.read(self.nul_end, min(most, size - self.nul_end))
        rest = data.lstrip(_NUL)
        if rest:
            self._hole_end, self.nul_end = self.nul_end + len(data) - len(rest), 0
        else:
            self.nul_end += len(data)
        return len(data)

    def is_filled(self, proof: Proof, handle: Handle, offset: int, size: int) -> bool:
        """Return whether NULs after the offset have been filled, so that there is something to read.

        Raises:
            Truncated: the bytes before the offset are not those that were read.
            OSError: the file cannot be read.
        """
        self.nul_end = min(self.nul_end, size)
        if self.nul_end <= offset or proof.read_behind(handle, offset, 1) in (b"", _NUL):
            return False
        self.nul_end = 0
        return True
