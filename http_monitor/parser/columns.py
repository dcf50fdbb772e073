"""Makes the columns of `records.SCHEMA` from the fields of regular lines, without copying rows one by one."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from http_monitor.parser.arrays import Bools, Ints
from http_monitor.parser.chunk import Chunk, words_at
from http_monitor.parser.clf_time import CLF_BYTES, decode_times
from http_monitor.parser.regular import Fields, Span, find_fields
from http_monitor.parser.request import CONNECT, METHOD
from http_monitor.parser.shape import Shape
from http_monitor.parser.vhost import is_ip, is_name_and_port
from http_monitor.records import SCHEMA

KEY = SCHEMA.field("host").type
"""The type of a key column: a dictionary of binary."""

_DASH, _QUESTION, _SLASH = (ord(char) for char in "-?/")


@dataclass(frozen=True, slots=True)
class RegularRows:
    """The rows of the regular lines of a chunk, in file order."""

    batch: pa.RecordBatch
    """Schema `records.SCHEMA`."""
    line: Ints
    """For each row the index of its line in the chunk."""
    vhost: Bools
    """Whether a vhost stands in front of it."""
    pair: Bools
    """Whether it has referer and agent."""


def regular_rows(chunk: Chunk, shape: Shape) -> RegularRows:
    """Return the rows of all lines that are plainly regular and well-formed."""
    fields = find_fields(chunk, shape)
    time_us, good = _times(chunk, fields.time)
    method = key_column(chunk, fields.method)
    plain = np.array([METHOD.fullmatch(key) is not None and key != CONNECT for key in _keys(method)], np.bool_)
    good &= plain[_indices(method)] if len(plain) else False
    if not good.all():
        fields, time_us = fields.only(good), time_us[good]
        method = key_column(chunk, fields.method)
    vhost = _vhosts(chunk, fields, shape)
    host = Span(*_either(vhost, fields.second, fields.first))
    user = Span(*_either(vhost, fields.user_from_fourth, fields.user_from_third))
    path = key_column(chunk, _without_query(chunk, fields.target))
    no_pair = ~fields.pair
    batch = pa.RecordBatch.from_arrays(
        [
            pa.array(time_us, SCHEMA.field("time").type),
            key_column(chunk, host),
            section_column(path),
            path,
            method,
            key_column(chunk, user, _dashes(chunk, user)),
            key_column(chunk, fields.referer, no_pair | _dashes(chunk, fields.referer)),
            key_column(chunk, fields.agent, no_pair | _dashes(chunk, fields.agent)),
            pa.array(fields.status.astype(np.int16)),
            pa.array(fields.size, mask=fields.size_null),
            pa.nulls(len(time_us), pa.int64()),
        ],
        schema=SCHEMA,
    )
    return RegularRows(batch, fields.line, vhost, fields.pair)


def key_column(chunk: Chunk, span: Span, absent: Bools | None = None) -> pa.DictionaryArray:
    """Return a field as keys.

    Args:
        chunk: Whose bytes they are.
        span: The field, line by line, ascending.
        absent: Where the value is null.
    """
    if absent is not None and absent.all():
        return pa.nulls(len(absent), KEY)
    return _binary(chunk.buffer, span, absent).dictionary_encode()


def section_column(path: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the sections of endpoints that all begin with a slash; worked out once for each distinct one."""
    distinct = path.dictionary
    _, offsets, values = distinct.buffers()
    if not len(distinct):
        return pa.nulls(len(path), KEY)
    edge = np.frombuffer(offsets, np.int32, len(distinct) + 1).astype(np.int64)
    start, stop = edge[:-1], edge[1:]
    slashes = np.flatnonzero(np.frombuffer(values, np.uint8, edge[-1]) == _SLASH)
    second = _first_from(slashes, start + 1, stop)
    section = _binary(values, Span(start, second), None).dictionary_encode()
    return pa.DictionaryArray.from_arrays(section.indices.take(path.indices), section.dictionary)


def _binary(buffer: pa.Buffer, span: Span, absent: Bools | None) -> pa.BinaryArray:
    # Offsets that name each field's start and stop in turn make the fields the even values over the bytes as
    # they lie, the odd values being what is between; taking the even ones is the only copy.
    count = len(span.start)
    offsets = np.empty(2 * count, np.int32)
    offsets[0::2] = span.start
    offsets[1::2] = span.stop
    values = pa.Array.from_buffers(pa.binary(), max(2 * count - 1, 0), [None, pa.py_buffer(offsets), buffer])
    return values.take(pa.array(np.arange(0, 2 * count, 2, dtype=np.int32), mask=absent))


def _times(chunk: Chunk, time: Span) -> tuple[Ints, Bools]:
    """Return the microseconds of each time, and which are times; equal neighbours are worked out once."""
    if not len(time.start):
        return np.empty(0, np.int64), np.empty(0, np.bool_)
    new = np.zeros(len(time.start), np.bool_)
    new[0] = True
    for offset in (0, 8, 16, CLF_BYTES - 8):
        word = words_at(chunk.words, time.start + offset)
        new[1:] |= word[1:] != word[:-1]
    text = chunk.bytes.take(time.start[new][:, None] + np.arange(CLF_BYTES))
    time_us, good = decode_times(text)
    run = np.cumsum(new) - 1
    return time_us[run], good[run]


def _vhosts(chunk: Chunk, fields: Fields, shape: Shape) -> Bools:
    """Return which lines have a vhost in front; the rule is asked once for each distinct field."""
    if shape.vhost != "auto":
        return np.full(len(fields.line), shape.vhost == "always")
    vhost = fields.four.copy()
    if vhost.any():
        first = key_column(chunk, fields.first.only(fields.four))
        second = key_column(chunk, fields.second.only(fields.four))
        named = np.array([is_name_and_port(key) for key in _keys(first)])
        ip = np.array([is_ip(key) for key in _keys(second)])
        vhost[vhost] = named[_indices(first)] | ip[_indices(second)]
    return vhost


def _either(choice: Bools, yes: Span, no: Span) -> tuple[Ints, Ints]:
    return np.where(choice, yes.start, no.start), np.where(choice, yes.stop, no.stop)


def _dashes(chunk: Chunk, span: Span) -> Bools:
    return (span.stop == span.start + 1) & (chunk.bytes.take(span.start) == _DASH)


def _without_query(chunk: Chunk, target: Span) -> Span:
    questions = np.flatnonzero(chunk.bytes == _QUESTION)
    return Span(target.start, _first_from(questions, target.start, target.stop))


def _first_from(positions: Ints, start: Ints, stop: Ints) -> Ints:
    """Return for each span the first of the ascending positions in it, its end where there is none."""
    if not len(positions):
        return stop
    beyond = np.append(positions, np.iinfo(np.int64).max)
    return np.minimum(beyond.take(np.searchsorted(positions, start)), stop)


def _keys(column: pa.DictionaryArray) -> list[bytes]:
    return column.dictionary.to_pylist()


def _indices(column: pa.DictionaryArray) -> Ints:
    return np.asarray(column.indices.to_numpy())
