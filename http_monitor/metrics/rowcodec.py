"""Writes rows down, and reads them back as they were."""

import json
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.metrics.rows import Rows
from http_monitor.metrics.saving import integer
from http_monitor.records import SCHEMA

_TIME, _AHEAD = "#time", "#ahead"
_MALFORMED, _OVERSIZED, _FILTERED = "#malformed_after", "#oversized_after", "#filtered_after"
_LEAD = b"lead"
_COLUMNS = (
    pa.field(_TIME, pa.int64(), nullable=False),
    pa.field(_AHEAD, pa.bool_(), nullable=False),
    pa.field(_MALFORMED, pa.int64(), nullable=False),
    pa.field(_OVERSIZED, pa.int64(), nullable=False),
    pa.field(_FILTERED, pa.int64(), nullable=False),
)


def encode_rows(rows: Rows) -> bytes:
    """Return rows as an Arrow IPC stream, with their decisions and the lines between them that are no rows.

    Of a dictionary only the keys in use are written: rows may be a small part of a large batch.
    """
    columns = [_compact(column) for column in rows.batch.columns]
    columns += [pa.array(rows.time_us), pa.array(rows.ahead)]
    columns += [pa.array(rows.malformed_after), pa.array(rows.oversized_after), pa.array(rows.filtered_after)]
    lead = json.dumps([rows.lead_malformed, rows.lead_oversized, rows.lead_filtered]).encode()
    schema = pa.schema([*SCHEMA, *_COLUMNS], metadata={_LEAD: lead})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(pa.record_batch(columns, schema=schema))
    return sink.getvalue().to_pybytes()


def decode_rows(data: bytes) -> Rows:
    """Return the rows that were encoded. Raises ValueError for anything else."""
    try:
        with pa.ipc.open_stream(data) as reader:
            schema = reader.schema
            if schema.remove_metadata() != pa.schema([*SCHEMA, *_COLUMNS]).remove_metadata():
                raise ValueError("other columns than rows have")
            (batch,) = list(reader)
        batch.validate(full=True)
        if any(batch.column(field.name).null_count for field in schema if not field.nullable):
            raise ValueError("a row without what each row has")
        lead_malformed, lead_oversized, lead_filtered = json.loads((schema.metadata or {})[_LEAD])
        return Rows(
            batch=batch.select(SCHEMA.names),
            time_us=batch.column(_TIME).to_numpy(zero_copy_only=False),
            ahead=np.array(batch.column(_AHEAD).to_numpy(zero_copy_only=False), np.bool_),
            malformed_after=batch.column(_MALFORMED).to_numpy(zero_copy_only=False),
            oversized_after=batch.column(_OVERSIZED).to_numpy(zero_copy_only=False),
            filtered_after=batch.column(_FILTERED).to_numpy(zero_copy_only=False),
            lead_malformed=integer(lead_malformed, least=0),
            lead_oversized=integer(lead_oversized, least=0),
            lead_filtered=integer(lead_filtered, least=0),
        )
    except (pa.ArrowException, KeyError, TypeError, OSError, EOFError, RecursionError) as error:
        raise ValueError(f"no rows: {error}") from error


def _compact(column: "pa.Array[Any]") -> "pa.Array[Any]":
    """Return a dictionary column with the keys in use only; any other as it is."""
    if not isinstance(column, pa.DictionaryArray):
        return column
    codes = column.indices
    used = np.unique(codes.drop_null().to_numpy(zero_copy_only=False))
    if len(used) == len(column.dictionary):
        return column
    place = np.zeros(len(column.dictionary), np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    fresh = pa.array(
        place[codes.fill_null(0).to_numpy(zero_copy_only=False)],
        pa.int32(),
        mask=codes.is_null().to_numpy(zero_copy_only=False),
    )
    return pa.DictionaryArray.from_arrays(fresh, column.dictionary.take(pa.array(used)))
