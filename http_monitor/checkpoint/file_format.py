"""The bytes of a snapshot and its journal, with checks of both."""

import struct
from dataclasses import dataclass, field
from hashlib import blake2b

MAGIC = b"http_monitor checkpoint 1\n"
_HEAD = struct.Struct("<QQ16s")
_FRAME = struct.Struct("<Q16s")
_DIGEST_BYTES = 16


class DamagedError(ValueError):
    """The bytes fail their checks; the text says why."""


class SnapshotHead:
    """The header of a snapshot file, computed while the state is written part by part.

    Args:
        generation: Number of the snapshot, shared with its journal.
    """

    def __init__(self, generation: int) -> None:
        self._generation = generation
        self._length = 0
        self._digest = _new_digest(generation)

    def add(self, part: bytes) -> None:
        """Add the next part to the checksum."""
        self._length += len(part)
        self._digest.update(part)

    def pack(self) -> bytes:
        """Return the header for the parts so far; its length is constant."""
        return MAGIC + _HEAD.pack(self._generation, self._length, self._digest.digest())


def unpack_snapshot(data: bytes) -> tuple[int, bytes]:
    """Return (generation, state). Raises DamagedError unless the data begins with the `SnapshotHead` of the state."""
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
    """Return the bytes to append to a journal."""
    return _FRAME.pack(len(increment), _digest(increment)) + increment


def unpack_frames(data: bytes) -> tuple[list[bytes], bool]:
    """Return the increments before the first incomplete or damaged one, and whether that one is damaged.

    An increment cut off by the end of the journal is not damaged: a kill during a write leaves it.
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
    # Includes the generation: with a wrong one, the journal would be silently missed.
    return blake2b(digest_size=_DIGEST_BYTES, salt=generation.to_bytes(16, "little"))


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint as found on disk."""

    snapshot: bytes
    increments: tuple[bytes, ...]
    """The increments appended to the snapshot, in order, up to the first damaged or incomplete one."""
    written_ns: int | None = field(default=None, compare=False)
    """Time of the last write, by the clock of its file system; None: it is not known."""
