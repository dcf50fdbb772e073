"""Integers and texts, compressed."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from http_monitor.arrow import are_null
from http_monitor.records import Int64s

Ints = npt.NDArray[np.signedinteger[Any]]
_SMALL_BYTES = 64
"""What is smaller is not compressed."""


_WIDE_BYTES = 4


@cache
def _codec(is_quick: bool = False) -> Any:
    # Any: the stubs of pyarrow do not know compression levels. With higher levels it takes longer and is no smaller.
    return pa.Codec("lz4_raw") if is_quick else pa.Codec("zstd", 1)


@dataclass(frozen=True, slots=True)
class PackedInts:
    """Integers of one width."""

    count: int
    dtype: np.dtype[Any]
    data: bytes | None
    """None: all are the same."""
    value: int = 0
    """That one."""
    is_compressed: bool = True
    planes: bool = False
    """All first bytes come first, then all second ones: smaller, and for wide numbers also quicker to unpack."""
    is_quick: bool = False

    @staticmethod
    def pack(values: Ints, *, is_quick: bool = False, planes: bool = False) -> "PackedInts":
        """Return at least one integer, compressed in the least width that holds them all.

        Args:
            values: The integers.
            is_quick: They are needed often: unpacked in less time, and stored in more memory.
            planes: Most often only a few of them are needed; so it is with wide ones anyway.
        """
        values = narrow(values)
        first = int(values[0])
        if int(values.min()) == int(values.max()):
            return PackedInts(len(values), values.dtype, None, first)
        planes = values.itemsize >= _WIDE_BYTES or (planes and values.itemsize > 1)
        if planes:
            raw: Any = np.ascontiguousarray(values.view(np.uint8).reshape(-1, values.itemsize).T)
        else:
            raw = np.ascontiguousarray(values)
        if raw.nbytes < _SMALL_BYTES:
            return PackedInts(len(values), values.dtype, raw.tobytes(), 0, False, planes)
        data: bytes = _codec(is_quick).compress(pa.py_buffer(raw), asbytes=True)
        return PackedInts(len(values), values.dtype, data, 0, True, planes, is_quick)

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return _OBJECT_BYTES + (0 if self.data is None else len(self.data))

    def unpack(self, rows: Int64s | None = None) -> Ints:
        """Return the integers, or those at some places."""
        if self.data is None:
            return np.full(self.count if rows is None else len(rows), self.value, self.dtype)
        raw: Any = self.data
        if self.is_compressed:
            raw = _codec(self.is_quick).decompress(raw, self.count * self.dtype.itemsize)
        values: Ints
        if not self.planes:
            values = np.frombuffer(raw, self.dtype)
            return values if rows is None else values.take(rows)
        planes = np.frombuffer(raw, np.uint8).reshape(self.dtype.itemsize, -1)
        parts = np.empty((self.count if rows is None else len(rows), len(planes)), np.uint8)
        for number, plane in enumerate(planes):
            parts[:, number] = plane if rows is None else plane.take(rows)
        values = parts.reshape(-1).view(self.dtype)
        return values


_OBJECT_BYTES = 200
"""About what the objects around the data take."""


@dataclass(frozen=True, slots=True)
class PackedTexts:
    """Texts, some of which may be None."""

    lengths: PackedInts
    """-1 for None."""
    data: bytes
    size: int

    @staticmethod
    def pack(values: "pa.Array[Any]") -> "PackedTexts":
        """Return at least one text of an array of binary, compressed."""
        offsets = text_offsets(values)
        lengths = np.diff(offsets)
        if values.null_count:
            lengths[are_null(values)] = -1
        _, _, data = values.buffers()
        if data is None:
            return PackedTexts(PackedInts.pack(lengths), b"", 0)
        start, stop = int(offsets[0]), int(offsets[-1])
        packed: bytes = _codec().compress(data.slice(start, stop - start), asbytes=True)
        return PackedTexts(PackedInts.pack(lengths), packed, stop - start)

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return _OBJECT_BYTES + self.lengths.nbytes + len(self.data)

    def unpack(self) -> "pa.Array[Any]":
        """Return the texts as an array of binary."""
        lengths = self.lengths.unpack().astype(np.int32)
        absent = lengths < 0
        some_absent = bool(absent.any())
        offsets = np.zeros(len(lengths) + 1, np.int32)
        np.cumsum(np.maximum(lengths, 0) if some_absent else lengths, out=offsets[1:])
        data = _codec().decompress(self.data, self.size) if self.size else pa.py_buffer(b"")
        valid = pa.py_buffer(np.packbits(~absent, bitorder="little").data) if some_absent else None
        return pa.Array.from_buffers(pa.binary(), len(lengths), [valid, pa.py_buffer(offsets.data), data])


def text_offsets(values: Any) -> npt.NDArray[np.int32]:
    """Return where each text of an array of binary begins in its data, and where the last one ends."""
    found = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
    return found if len(found) else np.zeros(1, np.int32)


def narrow(values: Ints) -> Ints:
    """Return integers in the least width that holds them all."""
    if values.itemsize == 1 or not len(values):
        return values
    least, greatest = int(values.min()), int(values.max())
    for kind in (np.int8, np.int16, np.int32):
        if np.dtype(kind).itemsize >= values.itemsize:
            break
        if np.iinfo(kind).min <= least and greatest <= np.iinfo(kind).max:
            return values.astype(kind)
    return values
