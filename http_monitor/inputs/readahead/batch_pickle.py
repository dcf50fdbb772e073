"""Pickles objects with batches: their buffers out of band, and without columns that are null in all rows."""

import io
import pickle
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from http_monitor.records import SCHEMA


def pickle_pieces(thing: object) -> list[memoryview]:
    """Return an object as pieces of bytes: its pickle, then its buffers."""
    memory: list[pickle.PickleBuffer] = []
    stream = io.BytesIO()
    _Pickler(stream, protocol=5, buffer_callback=memory.append).dump(thing)
    return [stream.getbuffer(), *(piece.raw() for piece in memory)]


def unpickle_pieces(pieces: Sequence[Any]) -> Any:
    """Return the object from its pieces; it keeps using their memory."""
    return pickle.loads(pieces[0], buffers=pieces[1:])


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:
        """Leave out columns that are null in all rows: in most logs half of them."""
        if not isinstance(obj, pa.RecordBatch):
            return NotImplemented
        columns = [None if column.null_count == len(column) else column for column in obj.columns]
        return _batch_of, (len(obj), columns)


def _batch_of(count: int, columns: "Sequence[pa.Array[Any] | None]") -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [
            pa.nulls(count, field.type) if column is None else column
            for field, column in zip(SCHEMA, columns, strict=True)
        ],
        schema=SCHEMA,
    )
