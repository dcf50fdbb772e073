"""Makes the columns of `records.SCHEMA` from the fields of a template, without a loop over the rows."""

from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import add_columns, arrow_of
from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.parser.chunks.chunk import Chunk
from http_monitor.parser.chunks.key_columns import Keys, distinct, keys_of, no_keys, recode
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.numbers import numbers
from http_monitor.parser.chunks.spans import Span, dashes_in, span_keys
from http_monitor.parser.clf.columns import clients, fill_lacks, plain_methods, sections, tunnels, vhost_names
from http_monitor.parser.fields.client_list import first_address
from http_monitor.parser.fields.duration_columns import durations_of
from http_monitor.parser.fields.entry import NO_STATUS
from http_monitor.parser.fields.field import Role
from http_monitor.parser.fields.request_columns import before_query, paths, split_requests
from http_monitor.parser.fields.strptime import reader_of
from http_monitor.parser.fields.time_columns import Times
from http_monitor.parser.fields.zones import UNZONED_US
from http_monitor.parser.template.field_checks import Looks
from http_monitor.parser.template.scan import Walked
from http_monitor.parser.template.slot import STATUS
from http_monitor.parser.template.template import Place, Template
from http_monitor.parser.template.time_column import days_of, moments_of, times_of
from http_monitor.records import LACKS_AGENT, LACKS_SIZE, SCHEMA, UNTIMED_US

_TEXTS: tuple[Role, ...] = ("user", "referer", "agent")
_MERGED: tuple[Role | None, ...] = ("host", "vhost", "cache", "tls", "forwarded")
"""Roles whose texts have the same form in every place."""
_SLASH = ord("/")
_STATUS_BYTES = 3


class Columns:
    """Makes rows of the scanned lines of one template; the result equals `Meaning.entry` for each line."""

    def __init__(self, template: Template) -> None:
        self._first: dict[Role, Place] = {}
        self._more: list[tuple[Place, Place]] = []
        """Pairs of places with one role: the text of the second one counts if the first has none."""
        for place in template.places:
            role = place.slot.field.role
            if role is not None and role in self._first:
                self._more.append((self._first[role], place))
            elif role is not None:
                self._first[role] = place
        self._keeps_empty = not template.exact
        self._adding_up = [place for place in template.places if place.slot.field.adds_up]
        self._moments = [place for place in template.places if place.slot.field.role == "moment"]
        self._read_moment = reader_of([place.slot.field.pattern for place in self._moments])
        self._looks = Looks(template)
        self.fits = bool({"request", "target", "path"} & set(self._first)) and (
            ("date" in self._first) == ("clock" in self._first)
        )

    def rows(self, chunk: Chunk, marks: Marks, walked: Walked) -> tuple[pa.RecordBatch, Ints]:
        """Return the rows of those scanned lines that need not be read one by one, and the indices of their lines.

        Args:
            chunk: The chunk of the fields.
            marks: The marks of the chunk.
            walked: The scanned lines.
        """
        good = self._looks.good(chunk, walked)
        walked, fine = self._merge(chunk, walked)
        good &= fine
        host = self._span(walked, "host")
        if host is not None:
            # A list of addresses as in X-Forwarded-For contains more than the client.
            good &= (host.stop > host.start) & (marks.after(b",", host.start) >= host.stop)
        time_us, fine = self._times(chunk, marks, walked)
        good &= fine
        status, fine = self._statuses(chunk, walked)
        good &= fine
        if any(first.slot.field.role == "status" for first, _ in self._more):
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
        path = span_keys(chunk, before_query(marks, target))
        count = len(walked.line)
        size, bytes_in = (arrow_of(value, pa.int64(), absent) for value, absent in counts)
        columns: list[Any] = [
            arrow_of(time_us, SCHEMA.field("time").type),
            self._hosts(chunk, walked),
            sections(path),
            path,
            no_keys(count) if method is None else span_keys(chunk, method),
            *(self._texts(chunk, walked, role) for role in _TEXTS),
            arrow_of(status.astype(np.int16), pa.int16()),
            size,
            self._durations(chunk, marks, walked, "duration"),
            self._durations(chunk, marks, walked, "upstream"),
            bytes_in,
            vhost_names(self._texts(chunk, walked, "vhost")),
            *(self._texts(chunk, walked, role) for role in ("cache", "tls", "forwarded")),
            no_keys(count),  # source
            no_keys(count),  # server
            fill_lacks(self._lacks(walked)),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=SCHEMA), walked.line

    def _merge(self, chunk: Chunk, walked: Walked) -> tuple[Walked, Bools]:
        """Return the fields, using the second place of a role where the first has no text, and a mask of valid lines.

        Lines in which the second has another notation, or is empty but counts as a value, are left out.
        """
        good = np.ones(len(walked.line), np.bool_)
        spans = [*walked.spans]
        for first, other in self._more:
            absent = self._absent(chunk, spans[first.index])
            if not absent.any():
                continue
            role = first.slot.field.role
            if self._keeps_empty or role not in _MERGED or first.slot.field.writing != other.slot.field.writing:
                good &= ~absent | self._absent(chunk, spans[other.index])
            else:
                spans[first.index] = spans[first.index].where(~absent, spans[other.index])
        return Walked(walked.line, tuple(spans)), good

    def _span(self, walked: Walked, role: Role) -> Span | None:
        place = self._first.get(role)
        return None if place is None else walked.spans[place.index]

    def _times(self, chunk: Chunk, marks: Marks, walked: Walked) -> Times:
        if self._moments:
            texts = [span_keys(chunk, walked.spans[place.index]) for place in self._moments]
            return moments_of(texts, self._read_moment)
        day, clock = self._span(walked, "date"), self._span(walked, "clock")
        if day is not None and clock is not None:
            time_us, good = days_of(chunk, day, clock)
            return time_us - UNZONED_US * (self._first["date"].slot.field.writing == "utc"), good
        place = self._first.get("time")
        if place is None:
            return np.full(len(walked.line), UNTIMED_US, np.int64), np.ones(len(walked.line), np.bool_)
        return times_of(chunk, marks, place.slot, walked.spans[place.index])

    def _statuses(self, chunk: Chunk, walked: Walked) -> tuple[Ints, Bools]:
        place = self._first.get("status")
        if place is None:
            return np.full(len(walked.line), NO_STATUS, np.int64), np.ones(len(walked.line), np.bool_)
        span = walked.spans[place.index]
        value, good = numbers(chunk, span)
        length = span.stop - span.start
        is_status = good & (length == _STATUS_BYTES) & (value >= 100)
        if place.slot.looks == STATUS:
            return value, is_status
        none = (good & (value == 0) & ((length == 1) | (length == _STATUS_BYTES))) | self._absent(chunk, span)
        # -1 is left to reading line by line.
        return np.where(none, NO_STATUS, value), none | is_status

    def _counts(self, chunk: Chunk, walked: Walked, role: Role) -> tuple[Ints, Bools, Bools]:
        """Return numbers, a mask of absent ones, and a mask of lines with either."""
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
        """Return the method and target of lines whose target is plainly a path, or the authority of a CONNECT."""
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
        # With the query in a field of its own, it would be part of the authority; that is left to reading line by line.
        tunnel = tunnels(keys) & (chunk.bytes_at(target.start) != _SLASH) & ("query" not in self._first)
        is_path &= plain_methods(keys)
        if not tunnel.any():
            return method, path, good & is_path
        good &= np.where(tunnel, before_query(marks, target).stop == target.stop, is_path)
        return method, target.where(tunnel, path), good

    def _hosts(self, chunk: Chunk, walked: Walked) -> Keys:
        place = self._first.get("host")
        if place is not None:
            keys = span_keys(chunk, walked.spans[place.index])
            if place.slot.field.writing == "addresses":
                keys = recode(keys, keys_of([first_address(text) for text in distinct(keys)]))
            return clients(keys)[0]
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

    def _lacks(self, walked: Walked) -> Ints:
        """Return the column `lacks`: which of size and agent a line has no text for, not even a dash."""
        lacks = np.zeros(len(walked.line), np.int64)
        bits: dict[Role, int] = {"size": LACKS_SIZE, "agent": LACKS_AGENT}
        for role, bit in bits.items():
            span = self._span(walked, role)
            if span is None:
                lacks += bit
            elif role not in _TEXTS or not self._keeps_empty:
                lacks += bit * (span.stop == span.start)
        return lacks

    def _durations(self, chunk: Chunk, marks: Marks, walked: Walked, role: Role) -> "pa.Array[Any]":
        places = self._adding_up if role == "duration" and self._adding_up else [self._first.get(role)]
        total: Any = None
        for place in places:
            if place is None or not len(walked.line):
                nothing: pa.Array[Any] = pa.nulls(len(walked.line), pa.int64())
                return nothing
            durations = durations_of(chunk, marks, walked.spans[place.index], place.slot.field.writing)
            total = durations if total is None else add_columns(total, durations)
        found: pa.Array[Any] = total
        return found
