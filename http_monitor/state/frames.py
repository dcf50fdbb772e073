"""The bytes of a snapshot and of the journal beside it, with checks of both."""

import struct
from hashlib import blake2b

MAGIC = b"http_monitor checkpoint 1\n"
_HEAD = struct.Struct("<QQ16s")
_FRAME = struct.Struct("<Q16s")
_DIGEST_BYTES = 16


class DamagedError(ValueError):
    """Bytes that were not written like that; the text says what is wrong."""


def pack_snapshot(generation: int, state: bytes) -> bytes:
    """Return the content of a snapshot file."""
    return MAGIC + _HEAD.pack(generation, len(state), _digest_of(generation, state)) + state


def unpack_snapshot(data: bytes) -> tuple[int, bytes]:
    """Return (generation, state). Raises DamagedError for anything that `pack_snapshot` did not make."""
    if not data.startswith(MAGIC):
        raise DamagedError("it is not of this program, or of another version")
    start = len(MAGIC) + _HEAD.size
    if len(data) < start:
        raise DamagedError("it is cut off")
    generation, length, digest = _HEAD.unpack_from(data, len(MAGIC))
    state = data[start:]
    if len(state) != length:
        raise DamagedError("it is cut off" if len(state) < length else "it is longer than it says")
    if _digest_of(generation, state) != digest:
        raise DamagedError("its checksum is wrong")
    return generation, state


def pack_frame(increment: bytes) -> bytes:
    """Return what is appended to a journal."""
    return _FRAME.pack(len(increment), _digest(increment)) + increment


def unpack_frames(data: bytes) -> tuple[list[bytes], bool]:
    """Return the increments up to the first that is not whole, and whether that is a wrong one.

    One that is cut off by the end of the journal is not wrong: a kill in the midst of writing leaves it.
    """
    increments: list[bytes] = []
    at = 0
    while at + _FRAME.size <= len(data):
        length, digest = _FRAME.unpack_from(data, at)
        start = at + _FRAME.size
        if start + length > len(data):
            return increments, False
        increment = data[start : start + length]
        if _digest(increment) != digest:
            return increments, True
        increments.append(increment)
        at = start + length
    return increments, False


def _digest_of(generation: int, state: bytes) -> bytes:
    # The generation too: with a wrong one the journal would not be found, and nobody would miss it.
    return blake2b(state, digest_size=_DIGEST_BYTES, salt=generation.to_bytes(16, "little")).digest()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST_BYTES).digest()
