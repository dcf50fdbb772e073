"""Checks that the fields of a template look as its expressions say, without a loop over the rows."""

import re

import numpy as np

from http_monitor.parser.chunks.arrays import Bools
from http_monitor.parser.chunks.chunk import Chunk
from http_monitor.parser.chunks.key_columns import matching
from http_monitor.parser.chunks.numbers import numbers
from http_monitor.parser.chunks.spans import Span, dashes_in, span_keys
from http_monitor.parser.template.regex import typed_pattern
from http_monitor.parser.template.scan import Walked
from http_monitor.parser.template.slot import DIGITS, ELSE_ANYTHING, NUMBER, SIGNED, STATUS, STATUS_OR_NONE
from http_monitor.parser.template.template import Place, Template
from http_monitor.parser.template.time_column import TIMES_THAT_LOOK_SO

_DASH = ord("-")
_NUMBERS = (NUMBER, DIGITS, SIGNED)
_STATUSES = (STATUS, STATUS_OR_NONE)
_COUNTS = (NUMBER, DIGITS)


class Looks:
    """What the fields of a template have to look like, but for those that their column checks itself."""

    def __init__(self, template: Template) -> None:
        """Take the template."""
        typed = [
            place for place in template.places if place.slot.kind == "typed" and not _is_checked_by_its_column(place)
        ]
        self._numbers = [place for place in typed if place.slot.looks in _NUMBERS and not place.optional]
        self._others = [
            # What else there may be is for the reader of single lines.
            (place, re.compile(typed_pattern(place).replace(ELSE_ANYTHING, "").encode(), re.DOTALL))
            for place in typed
            if place not in self._numbers
        ]

    def good(self, chunk: Chunk, walked: Walked) -> Bools:
        """Return in which lines all of them look so."""
        good = np.ones(len(walked.line), np.bool_)
        for place, pattern in self._others:
            span = walked.spans[place.index]
            good &= matching(span_keys(chunk, span), pattern) | (place.optional & (span.stop == span.start))
        for place in self._numbers:
            good &= _are_numbers(chunk, walked.spans[place.index], place.slot.looks)
        return good


def _is_checked_by_its_column(place: Place) -> bool:
    role, looks = place.slot.field.role, place.slot.looks
    if role == "time":
        return looks in TIMES_THAT_LOOK_SO
    return looks in (_STATUSES if role == "status" else _COUNTS if role in ("size", "bytes_in") else ())


def _are_numbers(chunk: Chunk, span: Span, looks: str) -> Bools:
    """Return which fields are digits, at most 16, with what else their expression allows."""
    if looks == SIGNED:
        signed = (chunk.bytes_at(span.start) == _DASH) & (span.stop > span.start)
        return numbers(chunk, Span(span.start + signed, span.stop))[1]
    good = numbers(chunk, span)[1]
    return good | dashes_in(chunk, span) if looks == NUMBER else good
