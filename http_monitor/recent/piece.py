"""Some rows in a row, as they came or compressed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.recent.columns import ABSENT, BUCKET, NUMBERS, REST, Columns, absent_column
from http_monitor.recent.packed import Ints, PackedInts, PackedTexts
from http_monitor.records import Int64s
from http_monitor.units import US_PER_S

_OFTEN = ("status", BUCKET)
"""Columns that each table needs."""


class Piece:
    """Rows of which nothing changes any more.

    Args:
        columns: At least one row.
        texts: The lines of the rows, null for those that can be read again; None: all can.
    """

    __slots__ = ("_columns", "_texts", "count", "first_us", "last_us", "nbytes")

    def __init__(self, columns: Columns, texts: "pa.Array[Any] | None" = None) -> None:
        time = columns["time"]
        self.count = len(time)
        self.first_us = int(time.min())
        self.last_us = int(time.max())
        self._columns = columns
        self._texts = texts
        self.nbytes = sum(column.nbytes for column in columns.values()) + (0 if texts is None else texts.nbytes)

    def column(self, name: str, rows: Int64s | None = None) -> Ints:
        """Return a column of `columns.Columns`, of all rows or of some."""
        found = self._columns.get(name)
        if found is None:
            return absent_column(self._columns, name, self.count if rows is None else len(rows))
        return found if rows is None else found.take(rows)

    @property
    def names(self) -> frozenset[str]:
        """The columns that are there."""
        return frozenset(self._columns)

    def texts(self) -> "pa.Array[Any] | None":
        """Return the lines of the rows, null for those that can be read again; None: all can."""
        return self._texts


class PackedPiece(Piece):
    """Rows, compressed.

    Args:
        pieces: The rows, at least one.
    """

    __slots__ = ("_packed", "_packed_texts", "_unit_us")

    def __init__(self, pieces: Sequence[Piece]) -> None:
        columns = _join(pieces)
        super().__init__(columns)
        self._columns = {}
        since = columns["time"] - self.first_us
        self._unit_us = next(unit for unit in (US_PER_S, 1_000, 1) if not (since % unit).any())
        columns["time"] = since // self._unit_us
        columns["offset"] = _steps(columns["file"], columns["offset"])
        self._packed = {
            name: PackedInts.pack(values, is_quick=name in _OFTEN, planes=name == REST)
            for name, values in columns.items()
        }
        self._packed_texts = _pack_texts(pieces)
        self.nbytes = sum(packed.nbytes for packed in self._packed.values())
        if self._packed_texts is not None:
            self.nbytes += self._packed_texts.nbytes

    @property
    def names(self) -> frozenset[str]:
        """The columns that are there."""
        return frozenset(self._packed)

    def texts(self) -> "pa.Array[Any] | None":
        """Return the lines of the rows, null for those that can be read again; None: all can."""
        return None if self._packed_texts is None else self._packed_texts.unpack()

    def column(self, name: str, rows: Int64s | None = None) -> Ints:
        """Return a column of `columns.Columns`, of all rows or of some."""
        packed = self._packed.get(name)
        if packed is None:
            return absent_column(self._packed, name, self.count if rows is None else len(rows))
        if name == "offset":
            offsets = _from_steps(self._packed["file"].unpack(), packed.unpack())
            return offsets if rows is None else offsets.take(rows)
        values = packed.unpack(rows)
        return values.astype(np.int64) * self._unit_us + self.first_us if name == "time" else values


def _join(pieces: Sequence[Piece]) -> dict[str, Ints]:
    names = frozenset[str]().union(*(piece.names for piece in pieces))
    columns = {name: np.concatenate([piece.column(name) for piece in pieces]) for name in names}
    for name in names.intersection(NUMBERS):
        # A piece that has no such number does not say either that all are absent.
        absent = np.concatenate([piece.column(name + ABSENT) for piece in pieces])
        if absent.any():
            columns[name + ABSENT] = absent
    return columns


def _pack_texts(pieces: Sequence[Piece]) -> PackedTexts | None:
    every = [piece.texts() for piece in pieces]
    if all(texts is None for texts in every):
        return None
    lines = [
        pa.nulls(piece.count, pa.binary()) if texts is None else texts
        for piece, texts in zip(pieces, every, strict=True)
    ]
    return PackedTexts.pack(pa.concat_arrays(lines))


def _steps(file: Ints, offset: Ints) -> Int64s:
    """Return what each offset is above the one before it in its file, file by file: that is the length of a line."""
    order = np.argsort(file, kind="stable")
    ordered = offset[order].astype(np.int64)
    ordered[1:] -= ordered[:-1].copy()
    return ordered


def _from_steps(file: Ints, steps: Ints) -> Int64s:
    offsets = np.empty(len(file), np.int64)
    offsets[np.argsort(file, kind="stable")] = np.cumsum(steps, dtype=np.int64)
    return offsets
