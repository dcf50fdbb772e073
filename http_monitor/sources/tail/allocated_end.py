"""NULs at the end of a file: servers allocate a log ahead, and fill it in place."""

from http_monitor.sources.files.access import Handle
from http_monitor.sources.tail.proof import Proof

_NUL = b"\0"


class AllocatedEnd:
    """Tells an end that was allocated ahead from a hole, behind which there is data."""

    def __init__(self) -> None:
        self.nul_end = 0
        """What stands between the offset and there was NUL."""
        self._hole_end = 0
        """Before that NULs are no such end: data was seen behind them."""

    def without(self, fresh: bytes, offset: int) -> bytes:
        """Return what can be taken of what stands behind the offset: up to NULs that may be filled in place.

        NULs with data behind them are looked at twice before they are taken for a hole: who fills a file in place
        may be between two pages of it.
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
        """Look for data behind the NULs of a file of that size; returns how many bytes were looked at.

        Raises:
            OSError: it cannot be read.
        """
        data = handle.read(self.nul_end, min(most, size - self.nul_end))
        rest = data.lstrip(_NUL)
        if rest:
            self._hole_end, self.nul_end = self.nul_end + len(data) - len(rest), 0
        else:
            self.nul_end += len(data)
        return len(data)

    def is_filled(self, proof: Proof, handle: Handle, offset: int, size: int) -> bool:
        """Tell whether something stands behind the offset now where NULs were; then it is to be read.

        Raises:
            Truncated: what stands before it is not what was read there.
            OSError: the file cannot be read.
        """
        self.nul_end = min(self.nul_end, size)
        if self.nul_end <= offset or proof.read_behind(handle, offset, 1) in (b"", _NUL):
            return False
        self.nul_end = 0
        return True
