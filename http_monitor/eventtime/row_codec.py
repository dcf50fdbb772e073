"""Encodes rows as bytes and decodes them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import arrow_of, fill_nulls, take
from http_monitor.codec import check_list, decode_file, encode_file, integer, moment_of
from http_monitor.eventtime.rows import FATES, NEVER_US, Rows, event_times
from http_monitor.records import SCHEMA, FileOffsets, Int64s

_TIME, _LOOK, _FILE, _OFFSET = "#time", "#look", "#file", "#offset"
_AFTER = tuple(f"#{fate}_after" for fate in FATES)
_LEAD, _LEAD_US, _FILES = b"lead", b"lead_us", b"files"
_FIELDS = {
    field.name: field
    for field in (
        *SCHEMA,
        pa.field(_TIME, pa.int64(), nullable=False),
        pa.field(_LOOK, pa.int64(), nullable=False),
        pa.field(_FILE, pa.int32(), nullable=False),
        pa.field(_OFFSET, pa.int64(), nullable=False),
        *(pa.field(name, pa.int64(), nullable=False) for name in _AFTER),
    )
}


def encode_rows(rows: Rows) -> bytes:
    """Return rows as an Arrow IPC stream, with their decisions and the fates of lines between them.

    Dictionaries are reduced to the keys in use: rows may be a small part of a large batch. Columns with default values
    only (no value, no line between, the time of the line) are left out.
    """
    import json  # noqa: PLC0415 - only a run with checkpoints needs it

    columns: dict[str, pa.Array[Any]] = {
        name: _compact(column)
        for name, column in zip(SCHEMA.names, rows.batch.columns, strict=True)
        if column.null_count < len(column)
    }
    if not np.array_equal(rows.time_us, event_times(rows.batch)):
        columns[_TIME] = _int64(rows.time_us)
    if rows.looks is not None and rows.looks.any():
        columns[_LOOK] = _int64(rows.looks)
    for name, values in zip(_AFTER, () if rows.after is None else rows.after, strict=rows.after is not None):
        if values.any():
            columns[name] = _int64(values)
    lead: dict[bytes | str, bytes | str] = {
        _LEAD: json.dumps(rows.lead).encode(),
        _LEAD_US: json.dumps(rows.lead_us).encode(),
    }
    if rows.offsets is not None and len(rows):
        offsets = rows.offsets.resolve()
        columns[_FILE] = arrow_of(offsets.file.astype(np.int32), pa.int32())
        columns[_OFFSET] = _int64(offsets.offset)
        lead[_FILES] = json.dumps([encode_file(file) for file in offsets.files]).encode()
    schema = pa.schema([_FIELDS[name] for name in columns], metadata=lead)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(pa.record_batch(list(columns.values()), schema=schema))
    return sink.getvalue().to_pybytes()


def _int64(values: Int64s) -> Any:
    return arrow_of(values.astype(np.int64), pa.int64())


def decode_rows(data: bytes) -> Rows:
    """Return the encoded rows. Raises ValueError for anything else."""
    import json  # noqa: PLC0415 - as above

    try:
        with pa.ipc.open_stream(data) as reader:
            schema = reader.schema
            (batch,) = list(reader)
        if len(set(schema.names)) < len(schema) or any(
            field.name not in _FIELDS or field != _FIELDS[field.name] for field in schema
        ):
            raise ValueError("other columns than rows have")
        batch.validate(full=True)
        # Each row has a value in some column.
        count = len(batch) if len(schema) else 0
        columns = {field.name: batch.column(field.name) for field in schema}
        whole = pa.RecordBatch.from_arrays(
            [columns.get(field.name, pa.nulls(count, field.type)) for field in SCHEMA], schema=SCHEMA
        )
        checked = [*zip(SCHEMA, whole.columns, strict=True), *((field, columns[field.name]) for field in schema)]
        if any(column.null_count and not field.nullable for field, column in checked):
            raise ValueError("a row without what each row has")
        after = [_numbers(columns.get(name), count) for name in _AFTER]
        metadata = schema.metadata or {}
        lead = tuple(integer(number) for number in check_list(json.loads(metadata[_LEAD])))
        if len(lead) != len(FATES):
            raise ValueError("other counters than there are")
        return Rows(
            batch=whole,
            time_us=_numbers(columns[_TIME], count) if _TIME in columns else event_times(whole),
            after=np.array(after) if any(name in columns for name in _AFTER) else None,
            lead=lead,
            lead_us=moment_of(json.loads(metadata[_LEAD_US]), NEVER_US),
            looks=_numbers(columns[_LOOK], count) if _LOOK in columns else None,
            offsets=_offsets(columns, metadata),
        )
    except (pa.ArrowException, KeyError, TypeError, OSError, EOFError, RecursionError) as error:
        raise ValueError(f"no rows: {error}") from error


def _offsets(columns: "Mapping[str, pa.Array[Any]]", metadata: Mapping[bytes, bytes]) -> FileOffsets | None:
    """Return the places of the lines; None if they were not saved.

    Raises:
        KeyError, TypeError, ValueError: it makes no sense.
    """
    if _FILES not in metadata:
        return None
    import json  # noqa: PLC0415 - as above

    files = tuple(decode_file(file) for file in check_list(json.loads(metadata[_FILES])))
    file, offset = (np.array(columns[name].to_numpy(zero_copy_only=False)) for name in (_FILE, _OFFSET))
    if len(file) and not (file.min() >= -1 and file.max() < len(files) and offset.min() >= -1):
        raise ValueError("a place in a file that there is not")
    return FileOffsets(files, file, offset)


def _numbers(column: "pa.Array[Any] | None", count: int) -> Int64s:
    """Return a column of numbers; zeros if it was left out."""
    if column is None:
        return np.zeros(count, np.int64)
    return np.array(column.to_numpy(zero_copy_only=False), np.int64)


def _compact(column: "pa.Array[Any]") -> "pa.Array[Any]":
    """Return a dictionary column with the keys in use only; any other column unchanged."""
    if not isinstance(column, pa.DictionaryArray):
        return column
    codes = fill_nulls(column.indices, -1)
    in_use = np.zeros(len(column.dictionary), np.bool_)
    in_use[codes[codes >= 0]] = True
    if in_use.all():
        return column
    used = np.flatnonzero(in_use)
    # The last is for null, whose code is -1.
    place = np.zeros(len(in_use) + 1, np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    fresh = arrow_of(place[codes], pa.int32(), codes < 0 if column.null_count else None)
    return pa.DictionaryArray.from_arrays(fresh, take(column.dictionary, used))
