"""Checks the fields of a template against their expressions, without a loop over the rows."""

import re

import numpy as np

from http_monitor.parser.chunks.arrays import Bools
from http_monitor.parser.chunks.chunk import Chunk
from http_monitor.parser.chunks.key_columns import match_keys
from http_monitor.parser.chunks.numbers import numbers
from http_monitor.parser.chunks.spans import Span, dashes_in, span_keys
from http_monitor.parser.template.regex import pattern_of_typed
from http_monitor.parser.template.scan import Walked
from http_monitor.parser.template.slot import DIGITS, ELSE_ANYTHING, NUMBER, SIGNED, STATUS, STATUS_OR_NONE
from http_monitor.parser.template.template import Place, Template
from http_monitor.parser.template.time_column import TIMES_THAT_LOOK_SO

_DASH = ord("-")
_NUMBERS = (NUMBER, DIGITS, SIGNED)
_STATUSES = (STATUS, STATUS_OR_NONE)
_COUNTS = (NUMBER, DIGITS)


class Looks:
    """The expressions of the fields of a template, except those that their columns check themselves."""

    def __init__(self, template: Template) -> None:
        typed = [
            place for place in template.places if place.slot.kind == "typed" and not _is_checked_by_its_column(place)
        ]
        self._numbers = [place for place in typed if place.slot.looks in _NUMBERS and not place.optional]
        self._others = [
            # Other notations are left to reading line by line.
            (place, re.compile(pattern_of_typed(place).replace(ELSE_ANYTHING, "").encode(), re.DOTALL))
            for place in typed
            if place not in self._numbers
        ]

    def good(self, chunk: Chunk, scanned: Walked) -> Bools:
        """Return a mask of the lines in which all fields match."""
        good = np.ones(len(scanned.line), np.bool_)
        for place, pattern in self._others:
            span = scanned.spans[place.index]
            good &= match_keys(span_keys(chunk, span), pattern) | (place.optional & (span.stop == span.start))
        for place in self._numbers:
            good &= _are_numbers(chunk, scanned.spans[place.index], place.slot.looks)
        return good


def _is_checked_by_its_column(place: Place) -> bool:
    role, looks = place.slot.field.role, place.slot.looks
    if role == "time":
        return looks in TIMES_THAT_LOOK_SO
    return looks in (_STATUSES if role == "status" else _COUNTS if role in ("size", "bytes_in") else ())


def _are_numbers(chunk: Chunk, span: Span, looks: str) -> Bools:
    """Return a mask of the fields that are at most 16 digits, with what else their expression allows."""
    if looks == SIGNED:
        signed = (chunk.bytes_at(span.start) == _DASH) & (span.stop > span.start)
        return numbers(chunk, Span(span.start + signed, span.stop))[1]
    good = numbers(chunk, span)[1]
    return good | dashes_in(chunk, span) if looks == NUMBER else good
