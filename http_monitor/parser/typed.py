"""Makes the columns of `records.SCHEMA` from the fields of a template, without a loop over the rows."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.parser.arrays import Bools, Ints
from http_monitor.parser.chunk import SPACE, Chunk
from http_monitor.parser.clf_time import CLF_BYTES
from http_monitor.parser.columns import (
    dashes_in,
    plain_methods,
    sections,
    span_keys,
    times_of,
    vhost_names,
    without_query,
)
from http_monitor.parser.field import Role
from http_monitor.parser.keys import Keys, codes, distinct, no_keys
from http_monitor.parser.meaning import NO_STATUS
from http_monitor.parser.pattern import typed_pattern
from http_monitor.parser.regular import Span, numbers
from http_monitor.parser.slot import CLF_BARE, CLF_BRACKETED, NUMBER, STATUS
from http_monitor.parser.template import Place, Template
from http_monitor.parser.walk import Walked
from http_monitor.parser.writings import read_duration, read_time
from http_monitor.records import SCHEMA

_KEPT_EMPTY: tuple[Role, ...] = ("user", "referer", "agent")
_SLASH, _OPEN, _CLOSE, _DASH = (ord(char) for char in "/[]-")
_KNOWN_LOOKS = (CLF_BARE, CLF_BRACKETED, NUMBER, STATUS)
"""What the columns of times, statuses and counts check themselves, more strictly."""


class Columns:
    """Makes rows of the walked lines of one template; what they say is what `Meaning.entry` says of each line."""

    def __init__(self, template: Template) -> None:
        """Take a template; `fits` says whether its columns can be made here."""
        self._first: dict[Role, Place] = {}
        self._more: list[Place] = []
        for place in template.places:
            role = place.slot.field.role
            if role is not None and role in self._first:
                self._more.append(self._first[role])
            elif role is not None:
                self._first[role] = place
        # What the columns need not look at closer has an expression to fit.
        self._checked = [
            (place, re.compile(typed_pattern(place).encode(), re.DOTALL))
            for place in template.places
            if place.slot.kind == "typed" and not (place.slot.field.role and place.slot.looks in _KNOWN_LOOKS)
        ]
        self.fits = (
            "time" in self._first
            and not {"date", "clock"} & set(self._first)
            and bool({"request", "target", "path"} & set(self._first))
            and self._slot_looks("status", STATUS)
            and self._slot_looks("size", NUMBER)
            and self._slot_looks("bytes_in", NUMBER)
        )

    def rows(self, chunk: Chunk, walked: Walked) -> tuple[pa.RecordBatch, Ints]:
        """Return the rows of those walked lines that need no closer look, and the indices of their lines."""
        good = np.ones(len(walked.line), np.bool_)
        for place, pattern in self._checked:
            span = walked.spans[place.index]
            good &= _by_text(chunk, span, lambda text, pattern=pattern: pattern.fullmatch(text) is not None)  # type: ignore[misc]
        for place in self._more:
            span = walked.spans[place.index]
            good &= ~(dashes_in(chunk, span) | (span.stop == span.start))
        host = self._span(walked, "host")
        if host is not None:
            good &= host.stop > host.start
        time_us, fine = self._times(chunk, walked)
        good &= fine
        status, fine = self._statuses(chunk, walked)
        good &= fine
        counts = []
        for role in ("size", "bytes_in"):
            value, absent, fine = self._counts(chunk, walked, role)
            counts.append((value, absent))
            good &= fine
        method, target, fine = self._request(chunk, walked)
        good &= fine
        if method is not None:
            good[good] = plain_methods(span_keys(chunk, method.only(good)))
        if not good.all():
            walked, time_us, status, target = walked.only(good), time_us[good], status[good], target.only(good)
            counts = [(value[good], absent[good]) for value, absent in counts]
            method = None if method is None else method.only(good)
        path = span_keys(chunk, without_query(chunk, target))
        count = len(walked.line)
        size, bytes_in = (pa.array(value, pa.int64(), mask=absent) for value, absent in counts)
        columns: list[Any] = [
            pa.array(time_us, SCHEMA.field("time").type),
            self._hosts(chunk, walked),
            sections(path),
            path,
            no_keys(count) if method is None else span_keys(chunk, method),
            *(self._texts(chunk, walked, role) for role in _KEPT_EMPTY),
            pa.array(status.astype(np.int16)),
            size,
            self._durations(chunk, walked, "duration"),
            self._durations(chunk, walked, "upstream"),
            bytes_in,
            vhost_names(self._texts(chunk, walked, "vhost")),
            *(self._texts(chunk, walked, role) for role in ("cache", "tls", "forwarded")),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=SCHEMA), walked.line

    def _slot_looks(self, role: Role, looks: str) -> bool:
        return role not in self._first or self._first[role].slot.looks == looks

    def _span(self, walked: Walked, role: Role) -> Span | None:
        place = self._first.get(role)
        return None if place is None else walked.spans[place.index]

    def _times(self, chunk: Chunk, walked: Walked) -> tuple[Ints, Bools]:
        slot = self._first["time"].slot
        span = walked.spans[self._first["time"].index]
        if slot.looks == CLF_BRACKETED:
            good = (chunk.bytes_at(span.start) == _OPEN) & (chunk.bytes_at(span.start + CLF_BYTES + 1) == _CLOSE)
            time_us, fine = times_of(chunk, Span(span.start + 1, span.start + 1 + CLF_BYTES))
            return time_us, good & fine
        if slot.looks == CLF_BARE:
            return times_of(chunk, span)
        keys = span_keys(chunk, span)
        read = [read_time(text, slot.field.writing) for text in distinct(keys)]
        if not read:
            return np.empty(0, np.int64), np.empty(0, np.bool_)
        values = np.array([0 if isinstance(value, str) else value for value in read], np.int64)
        fine = np.array([not isinstance(value, str) for value in read], np.bool_)
        return values.take(codes(keys)), fine.take(codes(keys))

    def _statuses(self, chunk: Chunk, walked: Walked) -> tuple[Ints, Bools]:
        span = self._span(walked, "status")
        if span is None:
            return np.full(len(walked.line), NO_STATUS, np.int64), np.ones(len(walked.line), np.bool_)
        value, good = numbers(chunk, span)
        return value, good & (value >= 100) & (value <= 999)

    def _counts(self, chunk: Chunk, walked: Walked, role: Role) -> tuple[Ints, Bools, Bools]:
        """Return numbers, where they are absent, and which lines have either."""
        span = self._span(walked, role)
        if span is None:
            none = np.ones(len(walked.line), np.bool_)
            return np.zeros(len(walked.line), np.int64), none, none
        value, good = numbers(chunk, span)
        absent = dashes_in(chunk, span)
        return np.where(absent, 0, value), absent, good | absent

    def _request(self, chunk: Chunk, walked: Walked) -> tuple[Span | None, Span, Bools]:
        """Return method and target where the target plainly is a path."""
        whole = self._span(walked, "request")
        if whole is None:
            target = self._span(walked, "target") or self._span(walked, "path")
            assert target is not None, "a template without one is not read by columns"
            good = (chunk.bytes_at(target.start) == _SLASH) & (target.stop > target.start)
            method = self._span(walked, "method")
            if method is not None:
                good &= ~dashes_in(chunk, method)
            return method, target, good
        spaces = np.flatnonzero(chunk.bytes == SPACE)
        rank = np.searchsorted(spaces, whole.start)
        spaces = np.append(spaces, [len(chunk.data)] * 3)
        first, second, third = (spaces.take(rank + number) for number in range(3))
        good = (second < whole.stop) & (third >= whole.stop) & (chunk.bytes_at(first + 1) == _SLASH)
        for number, byte in enumerate(b"HTTP/"):
            good &= chunk.bytes_at(second + 1 + number) == byte
        good &= second + 1 + len(b"HTTP/") <= whole.stop
        first, second = np.where(good, first, whole.start), np.where(good, second, whole.start)
        return Span(whole.start, first), Span(np.minimum(first + 1, second), second), good

    def _hosts(self, chunk: Chunk, walked: Walked) -> Keys:
        span = self._span(walked, "host")
        if span is not None:
            return span_keys(chunk, span)
        hosts: Keys = pa.DictionaryArray.from_arrays(
            pa.array([0] * len(walked.line), pa.int32()), pa.array([b"-"], pa.binary())
        )
        return hosts

    def _texts(self, chunk: Chunk, walked: Walked, role: Role) -> Keys:
        span = self._span(walked, role)
        if span is None:
            return no_keys(len(walked.line))
        absent = dashes_in(chunk, span)
        if role not in _KEPT_EMPTY:
            absent |= span.stop == span.start
        return span_keys(chunk, span, absent)

    def _durations(self, chunk: Chunk, walked: Walked, role: Role) -> "pa.Array[Any]":
        span = self._span(walked, role)
        nothing: pa.Array[Any] = pa.nulls(len(walked.line), pa.int64())
        if span is None or not len(walked.line):
            return nothing
        writing = self._first[role].slot.field.writing
        keys = span_keys(chunk, span)
        values: Any = pa.array([read_duration(text, writing) for text in distinct(keys)], pa.int64())
        durations: pa.Array[Any] = values.take(keys.indices)
        return durations


def _by_text(chunk: Chunk, span: Span, holds: Callable[[bytes], bool]) -> Bools:
    """Return in which lines something holds of a text, asked once for each distinct one."""
    keys = span_keys(chunk, span)
    if not len(keys):
        return np.empty(0, np.bool_)
    good: Bools = np.array([holds(text) for text in distinct(keys)], np.bool_).take(codes(keys))
    return good
