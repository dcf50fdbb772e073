"""Inflates a gzip stream that arrives in pieces."""

import zlib

MAGIC = b"\x1f\x8b"
"""RFC 1952, 2.3.1: the first two bytes of every member."""

_GZIP_WBITS = 31


class Inflater:
    """Inflates a gzip stream of one or more members, cut anywhere, up to its first flaw."""

    def __init__(self) -> None:
        self._member: zlib._Decompress | None = None
        self._members = 0
        self.flaw = ""
        """What is wrong with the stream; empty if nothing is."""

    def feed(self, data: bytes) -> bytes:
        """Return the bytes that this piece adds; b"" after a flaw."""
        parts = []
        while data and not self.flaw:
            if self._member is None:
                if self._members:
                    data = data.lstrip(b"\0")  # members may be padded, for instance to the block size of a tape
                    if not data:
                        break
                self._member = zlib.decompressobj(_GZIP_WBITS)
                self._members += 1
            before = self._member.copy()
            try:
                parts.append(self._member.decompress(data))
            except zlib.error as error:
                parts.append(_up_to_flaw(before, data))
                self.flaw = str(error).rpartition(": ")[2]
                break
            data = self._member.unused_data
            if self._member.eof:
                self._member = None
        return b"".join(parts)

    def finish(self) -> None:
        """Note the end of the stream; it is a flaw inside a member."""
        if self._member is not None and not self.flaw:
            self.flaw = "ends in the middle"


def _up_to_flaw(member: "zlib._Decompress", data: bytes) -> bytes:
    # When a piece is damaged, zlib drops what it has inflated of it; with single bytes nothing is lost.
    parts = []
    try:
        for at in range(len(data)):
            parts.append(member.decompress(data[at : at + 1]))
    except zlib.error:
        return b"".join(parts)
    return b"".join(parts)
