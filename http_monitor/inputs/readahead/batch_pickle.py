"""Pickles what holds batches: their memory beside it, and without the columns in which no line has anything."""

import io
import pickle
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from http_monitor.records import SCHEMA


def pickled(thing: object) -> list[memoryview]:
    """Return an object as pieces of bytes: its pickle, then the memory that it names."""
    memory: list[pickle.PickleBuffer] = []
    stream = io.BytesIO()
    _Pickler(stream, protocol=5, buffer_callback=memory.append).dump(thing)
    return [stream.getbuffer(), *(piece.raw() for piece in memory)]


def unpickled(pieces: Sequence[Any]) -> Any:
    """Return the object of which these are the pieces, whatever holds their bytes; it goes on using that memory."""
    return pickle.loads(pieces[0], buffers=pieces[1:])


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:
        """Leave out of a batch what is null in all rows: most logs have half of the columns."""
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
