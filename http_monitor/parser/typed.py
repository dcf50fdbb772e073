"""Makes the columns of `records.SCHEMA` from the fields of a template, without a loop over the rows."""

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from http_monitor.parser.arrays import Bools, Ints
from http_monitor.parser.chunk import Chunk
from http_monitor.parser.clf_time import CLF_BYTES
from http_monitor.parser.columns import (
    dashes_in,
    plain_methods,
    sections,
    span_keys,
    tunnels,
    vhost_names,
    without_query,
)
from http_monitor.parser.field import Role
from http_monitor.parser.keys import Keys, codes, distinct, matching, no_keys
from http_monitor.parser.lengths import durations_of
from http_monitor.parser.marks import Marks
from http_monitor.parser.meaning import NO_STATUS
from http_monitor.parser.moments import (
    CLOCK_BYTES,
    DAY_BYTES,
    Times,
    clf_times,
    day_times,
    epoch_times,
    iso_times,
    local_times,
)
from http_monitor.parser.pattern import typed_pattern
from http_monitor.parser.regular import Span, numbers
from http_monitor.parser.slot import (
    CLF_BARE,
    CLF_BRACKETED,
    CLF_LOCAL,
    DIGITS,
    EPOCH_WITH_MS,
    ISO_UTC,
    NUMBER,
    SIGNED,
    STATUS,
    STATUS_OR_NONE,
)
from http_monitor.parser.targets import paths, split_requests
from http_monitor.parser.template import Place, Template
from http_monitor.parser.walk import Walked
from http_monitor.parser.writings import read_time
from http_monitor.records import SCHEMA

_TEXTS: tuple[Role, ...] = ("user", "referer", "agent")
_SLASH, _OPEN, _CLOSE, _DASH, _DOT = (ord(char) for char in "/[]-.")
_EPOCHS: dict[str, int] = {"epoch": 6, "epoch_ms": 3, "epoch_us": 0}
_TIMES_THAT_LOOK_SO = (CLF_BARE, CLF_BRACKETED, CLF_LOCAL, ISO_UTC, EPOCH_WITH_MS)
_NUMBERS_THAT_LOOK_SO = (NUMBER, DIGITS, SIGNED)
_ROLES_OF_NUMBERS = ("status", "size", "bytes_in")


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
        self._keeps_empty = not template.exact
        self._adding_up = [place for place in template.places if place.slot.field.adds_up]
        self._numbers = [place for place in template.places if _is_number(place)]
        # What the columns do not look at closer has an expression to fit.
        self._checked = [
            (place, re.compile(typed_pattern(place).encode(), re.DOTALL))
            for place in template.places
            if place.slot.kind == "typed" and not _is_number(place) and not _is_looked_at(place)
        ]
        self.fits = bool({"request", "target", "path"} & set(self._first)) and (
            ("date" in self._first) == ("clock" in self._first)
        )

    def rows(self, chunk: Chunk, walked: Walked) -> tuple[pa.RecordBatch, Ints]:
        """Return the rows of those walked lines that need no closer look, and the indices of their lines."""
        marks = Marks(chunk)
        good = np.ones(len(walked.line), np.bool_)
        for place, pattern in self._checked:
            span = walked.spans[place.index]
            good &= matching(span_keys(chunk, span), pattern) | (place.optional & (span.stop == span.start))
        for place in self._numbers:
            good &= _looks_like_number(chunk, walked.spans[place.index], place.slot.looks)
        for place in self._more:
            span = walked.spans[place.index]
            good &= ~(dashes_in(chunk, span) | (span.stop == span.start))
        host = self._span(walked, "host")
        if host is not None:
            good &= host.stop > host.start
        time_us, fine = self._times(chunk, marks, walked)
        good &= fine
        status, fine = self._statuses(chunk, walked)
        good &= fine
        if any(place.slot.field.role == "status" for place in self._more):
            good &= status != NO_STATUS
        counts = []
        for role in ("size", "bytes_in"):
            value, absent, fine = self._counts(chunk, walked, role)
            counts.append((value, absent))
            good &= fine
        method, target, fine = self._request(chunk, marks, walked)
        good &= fine
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
            *(self._texts(chunk, walked, role) for role in _TEXTS),
            pa.array(status.astype(np.int16)),
            size,
            self._durations(chunk, marks, walked, "duration"),
            self._durations(chunk, marks, walked, "upstream"),
            bytes_in,
            vhost_names(self._texts(chunk, walked, "vhost")),
            *(self._texts(chunk, walked, role) for role in ("cache", "tls", "forwarded")),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=SCHEMA), walked.line

    def _span(self, walked: Walked, role: Role) -> Span | None:
        place = self._first.get(role)
        return None if place is None else walked.spans[place.index]

    def _times(self, chunk: Chunk, marks: Marks, walked: Walked) -> Times:
        if "date" in self._first:
            return self._days(chunk, walked)
        if "time" not in self._first:
            return np.zeros(len(walked.line), np.int64), np.ones(len(walked.line), np.bool_)
        slot = self._first["time"].slot
        span = walked.spans[self._first["time"].index]
        if slot.looks == CLF_BRACKETED:
            good = (chunk.bytes_at(span.start) == _OPEN) & (chunk.bytes_at(span.start + CLF_BYTES + 1) == _CLOSE)
            time_us, fine = clf_times(chunk, Span(span.start + 1, span.start + 1 + CLF_BYTES))
            return time_us, good & fine
        if slot.looks == EPOCH_WITH_MS:
            length, dot = span.stop - span.start, chunk.bytes_at(span.stop - 4)
            time_us, fine = epoch_times(chunk, marks, span, 6)
            return time_us, fine & (length >= 13) & (length <= 15) & (dot == _DOT)
        if slot.looks in (CLF_BARE, CLF_LOCAL, ISO_UTC):
            of_looks = {CLF_BARE: clf_times, CLF_LOCAL: local_times, ISO_UTC: _utc_times}
            return of_looks[slot.looks](chunk, span)
        if slot.field.writing in _EPOCHS:
            time_us, fine = epoch_times(chunk, marks, span, _EPOCHS[slot.field.writing])
        elif slot.field.writing == "iso":
            time_us, fine = iso_times(chunk, span)
        else:
            time_us, fine = np.zeros(len(span.start), np.int64), np.zeros(len(span.start), np.bool_)
        other = np.flatnonzero(~fine)
        if len(other):
            keys = span_keys(chunk, Span(span.start[other], span.stop[other]))
            read = [read_time(text, slot.field.writing) for text in distinct(keys)]
            values = np.array([0 if isinstance(value, str) else value for value in read], np.int64)
            time_us[other] = values.take(codes(keys))
            fine[other] = np.array([not isinstance(value, str) for value in read], np.bool_).take(codes(keys))
        return time_us, fine

    def _days(self, chunk: Chunk, walked: Walked) -> Times:
        """Return the times that are a day and a time of day in two fields."""
        day, clock = self._span(walked, "date"), self._span(walked, "clock")
        assert day is not None and clock is not None, "fields that are not in it have no columns"
        plain = (day.stop - day.start == DAY_BYTES) & (clock.stop - clock.start == CLOCK_BYTES)
        time_us, fine = day_times(chunk, day.start, clock.start)
        return time_us, plain & fine

    def _statuses(self, chunk: Chunk, walked: Walked) -> tuple[Ints, Bools]:
        span = self._span(walked, "status")
        if span is None:
            return np.full(len(walked.line), NO_STATUS, np.int64), np.ones(len(walked.line), np.bool_)
        value, good = numbers(chunk, span)
        length = span.stop - span.start
        none = (good & (value == 0) & ((length == 1) | (length == 3))) | self._absent(chunk, span)
        # -1 is left to the reader of single lines.
        return np.where(none, NO_STATUS, value), none | (good & (length == 3) & (value >= 100))

    def _counts(self, chunk: Chunk, walked: Walked, role: Role) -> tuple[Ints, Bools, Bools]:
        """Return numbers, where they are absent, and which lines have either."""
        span = self._span(walked, role)
        if span is None:
            none = np.ones(len(walked.line), np.bool_)
            return np.zeros(len(walked.line), np.int64), none, none
        value, good = numbers(chunk, span)
        absent = self._absent(chunk, span)
        return np.where(absent, 0, value), absent, good | absent

    def _absent(self, chunk: Chunk, span: Span) -> Bools:
        absent: Bools = dashes_in(chunk, span) | (span.stop == span.start)
        return absent

    def _request(self, chunk: Chunk, marks: Marks, walked: Walked) -> tuple[Span | None, Span, Bools]:
        """Return method and target where the target plainly is a path, or an authority of a CONNECT."""
        whole = self._span(walked, "request")
        if whole is None:
            target = self._span(walked, "target") or self._span(walked, "path")
            assert target is not None, "a template without one is not read by columns"
            method = self._span(walked, "method")
            good = target.stop > target.start
            if method is not None:
                good &= ~(self._absent(chunk, method) | dashes_in(chunk, target))
        else:
            method, target, good = split_requests(chunk, marks, whole)
        path, is_path = paths(chunk, marks, target)
        if method is None:
            return None, path, good & is_path
        keys = span_keys(chunk, method)
        # Where the query is a field of its own it is part of the authority, which is for the reader of single lines.
        tunnel = tunnels(keys) & (chunk.bytes_at(target.start) != _SLASH) & ("query" not in self._first)
        cut = without_query(chunk, target)
        good &= np.where(tunnel, cut.stop == target.stop, is_path & plain_methods(keys))
        return method, target.where(tunnel, path), good

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
        if role not in _TEXTS or not self._keeps_empty:
            absent |= span.stop == span.start
        return span_keys(chunk, span, absent)

    def _durations(self, chunk: Chunk, marks: Marks, walked: Walked, role: Role) -> "pa.Array[Any]":
        places = self._adding_up if role == "duration" and self._adding_up else [self._first.get(role)]
        total: Any = None
        for place in places:
            if place is None or not len(walked.line):
                nothing: pa.Array[Any] = pa.nulls(len(walked.line), pa.int64())
                return nothing
            durations = durations_of(chunk, marks, walked.spans[place.index], place.slot.field.writing)
            total = durations if total is None else pc.add(total, durations)
        found: pa.Array[Any] = total
        return found


def _is_number(place: Place) -> bool:
    """Return whether a field has to look like a number, and no column says whether it does."""
    of_number = place.slot.kind == "typed" and place.slot.looks in _NUMBERS_THAT_LOOK_SO and not place.optional
    return of_number and place.slot.field.role not in _ROLES_OF_NUMBERS


def _is_looked_at(place: Place) -> bool:
    """Return whether a column says itself whether its field looks as it has to."""
    slot = place.slot
    if slot.field.role == "time":
        return slot.looks in _TIMES_THAT_LOOK_SO
    return (slot.field.role, slot.looks) in (
        *(("status", looks) for looks in (STATUS, STATUS_OR_NONE)),
        *((role, looks) for role in ("size", "bytes_in") for looks in (NUMBER, DIGITS)),
    )


def _utc_times(chunk: Chunk, span: Span) -> Times:
    time_us, good = iso_times(chunk, span)
    return time_us, good & (chunk.bytes_at(span.stop - 1) == ord("Z"))


def _looks_like_number(chunk: Chunk, span: Span, looks: str) -> Bools:
    """Return which fields are digits, at most 16, with what else their expression allows."""
    if looks == SIGNED:
        signed = (chunk.bytes_at(span.start) == _DASH) & (span.stop > span.start)
        return numbers(chunk, Span(span.start + signed, span.stop))[1]
    good = numbers(chunk, span)[1]
    return good | dashes_in(chunk, span) if looks == NUMBER else good
