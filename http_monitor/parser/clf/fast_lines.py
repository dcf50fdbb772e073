"""Reads the plainest lines of the family: three fields before the time, and nothing after the last field.

They are nearly all lines of most logs. The other lines are left to `regular_lines`, which accepts more variants.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import arrow_of, encode, keep, place_of
from http_monitor.parser.chunks.arrays import Bools, Bytes, Ints
from http_monitor.parser.chunks.chunk import LF, words_of
from http_monitor.parser.chunks.key_columns import KEY, Binary, Keys, between, codes, keys_between, no_keys
from http_monitor.parser.chunks.numbers import numbers_in
from http_monitor.parser.chunks.spans import Span, are_dashes
from http_monitor.parser.clf.columns import clients, plain_methods, sections
from http_monitor.parser.clf.fast_fields import PlainFields, find_plain
from http_monitor.parser.clf.mark_matching import QUOTES as PAIRED_QUOTES
from http_monitor.parser.clf.regular_lines import escapes_in
from http_monitor.parser.clf.variants import Shape
from http_monitor.parser.fields.clf_time import CLF_BYTES, decode_times
from http_monitor.records import LACKS_AGENT, SCHEMA

_QUESTION = ord("?")
_QUOTES = 2
_SPACES, _SPACES_IN_ALL = 5, 9
"""Number of spaces in a plain line up to its request, and in a whole line without a pair."""


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The rows of the plain lines of a chunk, in file order."""

    batch: pa.RecordBatch
    """Schema `records.SCHEMA`."""
    line: Ints
    """For each row, at least one, the index of its line in the chunk, ascending."""
    lines: int
    """Number of lines in the chunk."""
    pair: bool
    """Whether the rows have referer and agent."""


def plain_rows(data: bytes, shape: Shape) -> PlainRows | None:
    """Return the rows of the plain lines; None if the first line does not look plain, or if there are none.

    A plain line is a regular one (see `regular_lines.find_fields`) with three fields before the time that ends with its
    size, or with referer and agent if the format has them.

    Args:
        data: Whole lines, each with its LF.
        shape: The format of the lines.
    """
    first = data[: data.find(b"\n")]
    quotes = first.count(b'"')
    pair = shape.pair and quotes == PAIRED_QUOTES
    if shape.vhost == "always" or not (pair or quotes == _QUOTES) or first.endswith(b"\r"):
        return None
    if first.partition(b'"')[0].count(b" ") != _SPACES or not (pair or first.count(b" ") == _SPACES_IN_ALL):
        return None
    fields = find_plain(data, pair=pair)
    line = fields.line
    if not len(line):
        return None
    batch, good = _batch(data, fields, pair=pair)
    good &= fields.stop - fields.host.start <= shape.limit
    escapes = escapes_in(data)
    if len(escapes):
        lfs = np.flatnonzero(np.frombuffer(data, np.uint8) == LF)
        good &= ~np.isin(line, np.searchsorted(lfs, escapes))
    if not good.all():
        batch, line = keep(batch, good), line[good]
    return PlainRows(batch, line, fields.lines, pair) if len(line) else None


def _batch(text: bytes, fields: PlainFields, *, pair: bool) -> tuple[pa.RecordBatch, Bools]:
    """Return lines as rows, and a mask of those whose fields are all valid.

    Args:
        text: The text that contains the lines.
        fields: The fields of the lines, at least one.
        pair: The lines have referer and agent.
    """
    count = len(fields.line)
    time_us, good = _times(text, fields.time)
    method = keys_between(text, fields.method.start, fields.method.stop)
    good &= plain_methods(method)
    path = _paths(text, fields.target)
    every = np.frombuffer(text, np.uint8)
    size, is_number = numbers_in(words_of(text), fields.size)
    is_dash = are_dashes(every, fields.size)
    good &= is_number | is_dash
    nothing = {kind: pa.nulls(count, kind) for kind in (KEY, pa.int64(), pa.int8())}
    referer = agent = nothing[KEY]
    if pair:
        referer, agent = (
            _without_dash(keys_between(text, span.start, span.stop)) for span in (fields.referer, fields.agent)
        )
    hosts, forwarded = clients(keys_between(text, fields.host.start, fields.host.stop))
    columns = {
        "time": arrow_of(time_us, SCHEMA.field("time").type),
        "host": hosts,
        "section": sections(path),
        "path": path,
        "method": method,
        "user": keys_between(text, fields.user.start, fields.user.stop, are_dashes(every, fields.user)),
        "referer": referer,
        "agent": agent,
        "status": arrow_of(fields.status, pa.int16()),
        "size_bytes": arrow_of(np.where(is_dash, 0, size), pa.int64(), is_dash),
        "forwarded": forwarded,
    }
    if not pair:
        columns["lacks"] = arrow_of(np.full(count, LACKS_AGENT, np.int8), pa.int8())
    filled: Any = [columns.get(field.name, nothing.get(field.type)) for field in SCHEMA]
    batch = pa.RecordBatch.from_arrays(filled, schema=SCHEMA)
    return batch, good


def _times(text: bytes, time: Span) -> tuple[Ints, Bools]:
    """Return the times, and a mask of the valid ones; equal neighbours are decoded once."""
    every = _bytes_of(between(text, time.start, time.stop)).reshape(-1, CLF_BYTES)
    new = np.zeros(len(every), np.bool_)
    new[0] = True
    new[1 + np.flatnonzero(every[1:].ravel() != every[:-1].ravel()) // CLF_BYTES] = True
    time_us, good = decode_times(every[new])
    run = np.cumsum(new) - 1
    return time_us[run], good[run]


def _paths(text: bytes, target: Span) -> Keys:
    """Return the targets without their queries."""
    targets = between(text, target.start, target.stop)
    questions = np.flatnonzero(_bytes_of(targets) == _QUESTION)
    if not len(questions):
        keys: Keys = encode(targets)
        return keys
    # Positions of the targets in their concatenation.
    stops = np.cumsum(target.stop - target.start)
    row = np.searchsorted(stops, questions, side="right")
    first = np.flatnonzero(np.diff(row, prepend=-1))
    row = row[first]
    stop = target.stop.copy()
    stop[row] -= stops[row] - questions[first]
    return keys_between(text, target.start, stop)


def _without_dash(keys: Keys) -> Keys:
    """Return keys with null for a dash."""
    dash = place_of(b"-", keys.dictionary)
    if dash < 0:
        return keys
    if len(keys.dictionary) == 1:
        return no_keys(len(keys))
    code = codes(keys)
    masked = arrow_of(code, pa.int32(), code == dash)
    column: Keys = pa.DictionaryArray.from_arrays(masked, keys.dictionary)
    return column


def _bytes_of(values: Binary) -> Bytes:
    """Return the concatenated bytes of a binary array made by `between`."""
    _, offsets, data = values.buffers()
    last = int(np.frombuffer(memoryview(offsets or b""), np.int32)[len(values)])
    return np.frombuffer(memoryview(data or b""), np.uint8)[:last]
