"""Reads the plainest lines of the family: three fields before the time, and nothing after the last field.

Nearly all lines of most logs are such. What is none is left to `regular`, which knows more kinds of lines.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from http_monitor.parser.arrays import Bools, Bytes, Ints
from http_monitor.parser.chunk import LF, QUOTE, SPACE, WORD_BYTES, words_of
from http_monitor.parser.clf_time import CLF_BYTES, decode_times
from http_monitor.parser.columns import first_from, plain_methods, sections
from http_monitor.parser.delimited import BINARY, Columns, is_splittable, split_columns
from http_monitor.parser.keys import KEY, Binary, Keys, codes, distinct, keys_between, keys_of, no_keys, recoded
from http_monitor.parser.paired import QUOTES as PAIRED_QUOTES
from http_monitor.parser.paired import paired_lines
from http_monitor.parser.regular import Span, escapes_in, numbers_in
from http_monitor.parser.shape import Shape
from http_monitor.records import SCHEMA

_DASH, _QUESTION, _SLASH, _OPEN, _CLOSE = (ord(char) for char in "-?/[]")
_STATUS_BYTES = 3
_DAY_BYTES = len("[10/Oct/2000:13:55:36")
_ZONE_BYTES = len("-0700]")

# `host ident user [day zone] "method target version" status size`
_HOST, _IDENT, _USER, _DAY, _ZONE, _METHOD, _TARGET, _VERSION, _STATUS, _SIZE = range(10)
_TYPES = [BINARY if number in (_TARGET, _SIZE) else KEY for number in range(_SIZE + 1)]
_QUOTES = 2
_SPACES = 5
"""Of a plain line, up to its request."""


@dataclass(frozen=True, slots=True)
class PlainRows:
    """The rows of the plain lines of a chunk, in file order."""

    batch: pa.RecordBatch
    """Schema `records.SCHEMA`."""
    line: Ints
    """For each row, of which there is one at least, the index of its line in the chunk, ascending."""
    lines: int
    """How many lines the chunk has."""
    pair: bool
    """Whether they have referer and agent."""


@dataclass(frozen=True, slots=True)
class _Text:
    """The values of a column of binary, one after the other."""

    every: Bytes
    buffer: "bytes | pa.Buffer"
    """The same bytes."""
    at: Span

    @property
    def length(self) -> Ints:
        return self.at.stop - self.at.start


def plain_rows(data: bytes, shape: Shape) -> PlainRows | None:
    """Return the rows of the plain lines; None where the first line is none, or none can be told.

    A plain line is a regular one (see `regular.find_fields`) of three fields before the time, which ends with its
    size, or with referer and agent where the format has them.

    Args:
        data: Whole lines, each with its LF.
        shape: The format of the lines.
    """
    first = data[: data.find(b"\n")]
    quotes = first.count(b'"')
    pair = shape.pair and quotes == PAIRED_QUOTES
    if shape.vhost == "always" or not (pair or quotes == _QUOTES):
        return None
    if first.partition(b'"')[0].count(b" ") != _SPACES or not is_splittable(data):
        return None
    if pair:
        paired = paired_lines(data, shape.limit)
        if not len(paired.line):
            return None
        fields = split_columns(paired.front, " ", _TYPES)
        lines, line = paired.lines, paired.line[fields.line]
        referer, agent = (_without_dash(keys_between(data, it.start, it.stop)) for it in paired.only(fields.line))
    else:
        fields = split_columns(data, " ", _TYPES)
        if sum(map(_longest, fields.columns)) + len(_TYPES) > shape.limit:
            return None
        lines, line = fields.lines, fields.line
        referer = agent = no_keys(len(line))
    if not len(line):
        return None
    batch, good = _batch(fields, referer, agent)
    escapes = escapes_in(data)
    if len(escapes):
        lfs = np.flatnonzero(np.frombuffer(data, np.uint8) == LF)
        good &= ~np.isin(line, np.searchsorted(lfs, escapes))
    if not good.all():
        batch, line = batch.filter(pa.array(good)), line[good]
    return PlainRows(batch, line, lines, pair) if len(line) else None


def _batch(fields: Columns, referer: Keys, agent: Keys) -> tuple[pa.RecordBatch, Bools]:
    """Return lines that have as many fields as a plain one as rows, and in which each field is what it should be.

    Args:
        fields: The fields, up to the size.
        referer: Of each line, null for none.
        agent: Likewise.
    """
    count = len(fields.line)
    good = np.ones(count, np.bool_)
    for number in (_HOST, _IDENT, _USER):
        good &= _are_names(fields.keys(number))
    time_us = _times(fields.keys(_DAY), fields.keys(_ZONE), good)
    method = _methods(fields.keys(_METHOD), good)
    version = fields.keys(_VERSION)
    good &= np.array([_is_version(word) for word in distinct(version)], np.bool_).take(codes(version))
    path = _paths(fields.columns[_TARGET], good)
    status = _statuses(fields.keys(_STATUS), good)
    size, is_dash = _sizes(fields.columns[_SIZE], good)
    nothing, none = no_keys(count), pa.nulls(count, pa.int64())
    columns = {
        "time": pa.array(time_us, SCHEMA.field("time").type),
        "host": fields.keys(_HOST),
        "section": sections(path),
        "path": path,
        "method": method,
        "user": _without_dash(fields.keys(_USER)),
        "referer": referer,
        "agent": agent,
        "status": pa.array(status),
        "size_bytes": pa.array(size, mask=is_dash),
    }
    absent = {field.name: nothing if field.type == KEY else none for field in SCHEMA}
    batch = pa.RecordBatch.from_arrays([(absent | columns)[name] for name in SCHEMA.names], schema=SCHEMA)
    return batch, good


def _times(day: Keys, zone: Keys, good: Bools) -> Ints:
    days, zones = _matrix(day.dictionary, _DAY_BYTES), _matrix(zone.dictionary, _ZONE_BYTES)
    day_of, zone_of = codes(day), codes(zone)
    if len(zones) == 1:
        pairs = np.arange(len(days)), np.zeros(len(days), np.int64)
        pair_of = day_of
    else:
        every, pair_of = np.unique(day_of.astype(np.int64) * len(zones) + zone_of, return_inverse=True)
        pairs = np.divmod(every, len(zones))
    texts = np.empty((len(pairs[0]), CLF_BYTES), np.uint8)
    texts[:, : _DAY_BYTES - 1] = days[pairs[0], 1:]
    texts[:, _DAY_BYTES - 1] = SPACE
    texts[:, _DAY_BYTES:] = zones[pairs[1], :-1]
    time_us, is_time = decode_times(texts)
    is_time &= (days[pairs[0], 0] == _OPEN) & (zones[pairs[1], -1] == _CLOSE)
    good &= is_time[pair_of]
    return time_us[pair_of]


def _matrix(values: Binary, size: int) -> Bytes:
    """Return the values of that many bytes as rows of them, other values as zeros."""
    text = _text(values)
    right = text.length == size
    if right.all():
        return text.every[text.at.start[0] : text.at.stop[-1]].reshape(len(values), size)
    rows = np.zeros((len(values), size), np.uint8)
    rows[right] = text.every[text.at.start[right][:, None] + np.arange(size)]
    return rows


def _methods(quoted: Keys, good: Bools) -> Keys:
    """Return methods without the quote in front of them."""
    values = distinct(quoted)
    good &= np.array([value.startswith(b'"') for value in values], np.bool_).take(codes(quoted))
    method = recoded(quoted, keys_of([value[1:] for value in values]))
    good &= plain_methods(method)
    return method


def _is_version(word: bytes) -> bool:
    return word.startswith(b"HTTP/") and word.find(b'"') == len(word) - 1


def _paths(target: Binary, good: Bools) -> Keys:
    """Return targets without their queries."""
    text = _text(target)
    if not len(text.every):
        good[:] = False
        return no_keys(len(target))
    good &= (text.length > 0) & (text.every.take(text.at.start, mode="clip") == _SLASH)
    quotes = np.flatnonzero(text.every == QUOTE)
    if len(quotes):
        good[np.searchsorted(text.at.stop, quotes, side="right")] = False
    queries = np.flatnonzero(text.every == _QUESTION)
    if not len(queries):
        keys: Keys = target.dictionary_encode()
        return keys
    return keys_between(text.buffer, text.at.start, first_from(queries, text.at.start, text.at.stop))


def _statuses(keys: Keys, good: Bools) -> npt.NDArray[np.int16]:
    values = distinct(keys)
    is_status = [len(value) == _STATUS_BYTES and value.isdigit() and not value.startswith(b"0") for value in values]
    good &= np.array(is_status).take(codes(keys))
    numbers = [int(value) if fits else 0 for value, fits in zip(values, is_status, strict=True)]
    return np.array(numbers, np.int16).take(codes(keys))


def _sizes(column: Binary, good: Bools) -> tuple[Ints, Bools]:
    """Return the sizes, 0 for a dash, and which are dashes."""
    text = _text(column)
    # There are eight bytes at least in front of each end then.
    padded = np.concatenate([np.zeros(WORD_BYTES, np.uint8), text.every])
    size = Span(text.at.start + WORD_BYTES, text.at.stop + WORD_BYTES)
    value, is_number = numbers_in(words_of(padded.tobytes()), size)
    is_dash = (text.length == 1) & (padded.take(size.start, mode="clip") == _DASH)
    good &= is_number | is_dash
    return np.where(is_dash, 0, value), is_dash


def _are_names(keys: Keys) -> Bools:
    """Return which keys are not empty and hold no quote."""
    text = _text(keys.dictionary)
    named = text.length > 0
    quotes = np.flatnonzero(text.every == QUOTE)
    named[np.searchsorted(text.at.stop, quotes, side="right")] = False
    are: Bools = named.take(codes(keys))
    return are


def _without_dash(keys: Keys) -> Keys:
    """Return keys with null for a dash."""
    dash = keys.dictionary.index(pa.scalar(b"-", BINARY)).as_py()
    if dash < 0:
        return keys
    if len(keys.dictionary) == 1:
        return no_keys(len(keys))
    code = codes(keys)
    masked: Any = pa.array(code, mask=code == dash)
    column: Keys = pa.DictionaryArray.from_arrays(masked, keys.dictionary)
    return column


def _longest(column: "pa.Array[Any]") -> int:
    """Return the length of the longest value of a column."""
    values = column.dictionary if isinstance(column, pa.DictionaryArray) else column
    return int(_text(values).length.max(initial=0))


def _text(column: Binary) -> _Text:
    _, offsets, data = column.buffers()
    buffer = data or b""
    edges: Ints = np.frombuffer(memoryview(offsets or b""), np.int32).astype(np.int64)
    edges = edges[column.offset : column.offset + len(column) + 1]
    return _Text(np.frombuffer(memoryview(buffer), np.uint8), buffer, Span(edges[:-1], edges[1:]))
