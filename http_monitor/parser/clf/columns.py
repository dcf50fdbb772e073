"""Makes the columns of `records.SCHEMA` from the fields of regular lines, without a loop over the rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import arrow_of
from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.parser.chunks.chunk import Chunk
from http_monitor.parser.chunks.key_columns import (
    Keys,
    codes,
    distinct,
    distinct_bytes,
    keys_between,
    keys_of,
    no_keys,
    recode,
)
from http_monitor.parser.chunks.spans import Span, dashes_in, span_keys
from http_monitor.parser.clf.regular_lines import Fields, find_fields
from http_monitor.parser.clf.variants import Shape
from http_monitor.parser.fields.hosts import client_of, is_address
from http_monitor.parser.fields.request import CONNECT, METHOD, SECTION_CONNECT
from http_monitor.parser.fields.time_columns import clf_times
from http_monitor.parser.fields.vhost import is_named_port, vhost_name
from http_monitor.records import LACKS_AGENT, SCHEMA

_NOT_OF_PATHS = (CONNECT, b"-")
_NOT_IN_NAMES = (b":", b",", b'"', b"[")
_QUESTION, _SLASH = (ord(char) for char in "?/")


@dataclass(frozen=True, slots=True)
class RegularRows:
    """The rows of the regular lines of a chunk, in file order."""

    batch: pa.RecordBatch
    """Schema `records.SCHEMA`."""
    line: Ints
    """For each row, the index of its line in the chunk."""
    vhost: Bools
    """Whether each row begins with a vhost."""
    pair: Bools
    """Whether each row has referer and agent."""


def regular_rows(chunk: Chunk, shape: Shape) -> RegularRows:
    """Return the rows of the regular, well-formed lines."""
    fields = find_fields(chunk, shape)
    time_us, good = clf_times(chunk, fields.time)
    method = span_keys(chunk, fields.method)
    good &= plain_methods(method)
    if not good.all():
        fields, time_us = fields.only(good), time_us[good]
        method = span_keys(chunk, fields.method)
    vhost = _vhosts(chunk, fields, shape)
    host = fields.second.where(vhost, fields.first)
    user = fields.user_from_fourth.where(vhost, fields.user_from_third)
    path = span_keys(chunk, without_query(chunk, fields.target))
    no_pair = ~fields.pair
    hosts, forwarded = clients(span_keys(chunk, host))
    batch = pa.RecordBatch.from_arrays(
        [
            arrow_of(time_us, SCHEMA.field("time").type),
            hosts,
            sections(path),
            path,
            method,
            span_keys(chunk, user, dashes_in(chunk, user)),
            span_keys(chunk, fields.referer, no_pair | dashes_in(chunk, fields.referer)),
            span_keys(chunk, fields.agent, no_pair | dashes_in(chunk, fields.agent)),
            arrow_of(fields.status, pa.int16()),
            arrow_of(fields.size, pa.int64(), fields.size_null),
            pa.nulls(len(time_us), pa.int64()),  # duration_us
            pa.nulls(len(time_us), pa.int64()),  # upstream_us
            pa.nulls(len(time_us), pa.int64()),  # bytes_in
            vhost_names(span_keys(chunk, fields.first, ~vhost)),
            no_keys(len(time_us)),  # cache
            no_keys(len(time_us)),  # tls
            forwarded,
            no_keys(len(time_us)),  # source
            no_keys(len(time_us)),  # server
            fill_lacks(np.where(no_pair, LACKS_AGENT, 0)),
        ],
        schema=SCHEMA,
    )
    return RegularRows(batch, fields.line, vhost, fields.pair)


def fill_lacks(fields: Ints) -> "pa.Array[Any]":
    """Return the column `lacks` for lines that lack these fields."""
    column: pa.Array[Any] = arrow_of(fields.astype(np.int8), pa.int8(), fields == 0)
    return column


def sections(path: Keys) -> Keys:
    """Return the sections of endpoints; one that does not begin with a slash is the endpoint of a CONNECT.

    Computed once per distinct endpoint.
    """
    data, edges = distinct_bytes(path)
    if len(edges) < 2:
        return no_keys(len(path))
    every = np.frombuffer(data, np.uint8)
    second = first_from(np.flatnonzero(every == _SLASH), edges[:-1] + 1, edges[1:])
    names = keys_between(data, edges[:-1], second)
    tunnels = every.take(edges[:-1], mode="clip") != _SLASH
    if tunnels.any():
        codes_of = np.where(tunnels, len(names.dictionary), codes(names)).astype(np.int32)
        values = pa.concat_arrays([names.dictionary, pa.array([SECTION_CONNECT], pa.binary())])
        names = pa.DictionaryArray.from_arrays(arrow_of(codes_of, pa.int32()), values)
    return recode(path, names)


def clients(fields: Keys) -> tuple[Keys, Keys]:
    """Return (clients, unverified addresses before them) for host fields that may be lists of addresses.

    Computed once per distinct field.
    """
    data, _ = distinct_bytes(fields)
    if not any(byte in data for byte in _NOT_IN_NAMES):
        return fields, no_keys(len(fields))
    found = [client_of(field) for field in distinct(fields)]
    forwarded = [client.forwarded for client in found]
    if all(each is None for each in forwarded):
        return recode(fields, keys_of([client.host for client in found])), no_keys(len(fields))
    return recode(fields, keys_of([client.host for client in found])), recode(fields, keys_of(forwarded))


def vhost_names(fields: Keys) -> Keys:
    """Return the vhosts without their ports; computed once per distinct field."""
    return recode(fields, keys_of([vhost_name(field) for field in distinct(fields)]))


def plain_methods(method: Keys) -> Bools:
    """Return a mask of the methods whose target is a path."""
    if not len(method):
        return np.empty(0, np.bool_)
    plain = np.array(
        [METHOD.fullmatch(key) is not None and key not in _NOT_OF_PATHS for key in distinct(method)], np.bool_
    )
    good: Bools = plain.take(codes(method))
    return good


def tunnels(method: Keys) -> Bools:
    """Return a mask of the methods that are CONNECT, whose target is an authority."""
    if not len(method):
        return np.empty(0, np.bool_)
    found: Bools = np.array([key == CONNECT for key in distinct(method)], np.bool_).take(codes(method))
    return found


def _vhosts(chunk: Chunk, fields: Fields, shape: Shape) -> Bools:
    """Return a mask of the lines that begin with a vhost; decided once per distinct field."""
    if shape.vhost != "auto":
        return np.full(len(fields.line), shape.vhost == "always")
    vhost = fields.four.copy()
    if vhost.any():
        first = span_keys(chunk, fields.first.only(fields.four))
        second = span_keys(chunk, fields.second.only(fields.four))
        named = np.array([is_named_port(key) for key in distinct(first)])
        ip = np.array([is_address(key) for key in distinct(second)])
        vhost[vhost] = named[codes(first)] | ip[codes(second)]
    return vhost


def without_query(chunk: Chunk, target: Span) -> Span:
    """Return the targets up to their question marks."""
    questions = np.flatnonzero(chunk.bytes == _QUESTION)
    return Span(target.start, first_from(questions, target.start, target.stop))


def first_from(positions: Ints, start: Ints, stop: Ints) -> Ints:
    """Return for each span the first of the ascending positions in it; its end if there is none."""
    if not len(positions):
        return stop
    beyond = np.append(positions, np.iinfo(np.int64).max)
    first: Ints = np.minimum(beyond.take(np.searchsorted(positions, start)), stop)
    return first
