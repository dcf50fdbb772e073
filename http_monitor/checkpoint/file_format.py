"""The bytes of a snapshot and of the journal beside it, with checks of both."""

import struct
from dataclasses import dataclass
from hashlib import blake2b

MAGIC = b"http_monitor checkpoint 1\n"
_HEAD = struct.Struct("<QQ16s")
_FRAME = struct.Struct("<Q16s")
_DIGEST_BYTES = 16


class DamagedError(ValueError):
    """Bytes that were not written like that; the text says what is wrong."""


class SnapshotHead:
    """What stands in a snapshot file before the state, which is given part by part, so that it is never there whole.

    Args:
        generation: Number of the snapshot, which its journal has too.
    """

    def __init__(self, generation: int) -> None:
        self._generation = generation
        self._length = 0
        self._digest = _new_digest(generation)

    def add(self, part: bytes) -> None:
        """Learn of the next part."""
        self._length += len(part)
        self._digest.update(part)

    def packed(self) -> bytes:
        """Return the head for the parts so far; its length is always the same."""
        return MAGIC + _HEAD.pack(self._generation, self._length, self._digest.digest())


def unpack_snapshot(data: bytes) -> tuple[int, bytes]:
    """Return (generation, state). Raises DamagedError unless there is a `SnapshotHead` of that state before it."""
    if not data.startswith(MAGIC):
        raise DamagedError("it is not of this program, or of another version")
    start = len(MAGIC) + _HEAD.size
    if len(data) < start:
        raise DamagedError("it is cut off")
    generation, length, digest = _HEAD.unpack_from(data, len(MAGIC))
    state = data[start:]
    if len(state) != length:
        raise DamagedError("it is cut off" if len(state) < length else "it is longer than it says")
    found = _new_digest(generation)
    found.update(state)
    if found.digest() != digest:
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


def _new_digest(generation: int) -> blake2b:
    # The generation too: with a wrong one the journal would not be found, and nobody would miss it.
    return blake2b(digest_size=_DIGEST_BYTES, salt=generation.to_bytes(16, "little"))


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint as it was found."""

    snapshot: bytes
    increments: tuple[bytes, ...]
    """What was appended after it, in order, up to the first that is not whole."""
