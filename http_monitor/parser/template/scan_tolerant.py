"""Scans many lines for the parts of a template, keeping a position in each line."""

from collections.abc import Sequence

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.parser.chunks.chunk import QUOTE, SPACE, Chunk
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.spans import Span
from http_monitor.parser.template.template import Part, Place, Template

_COLON = ord(":")


class Scan:
    """The positions of a scan in many lines."""

    def __init__(self, chunk: Chunk, marks: Marks, at: Ints, end: Ints, template: Template) -> None:
        self.chunk = chunk
        self.marks = marks
        self.at = at
        self.end = end
        self.template = template
        self.good: Bools = np.ones(len(at), np.bool_)
        """Mask of the lines that fit so far."""
        self.spans: list[Span] = []

    def run(self, parts: Sequence[Part]) -> None:
        """Scan for all parts of a template that is not exact."""
        chunk, end = self.chunk, self.end
        good, at = chunk.bytes_at(self.at) != SPACE, self.at
        quoted = False
        for number, part in enumerate(parts):
            if isinstance(part, Place):
                stop, fine = self._field(part, at)
                good &= fine
                # The position in a line that does not fit is kept, so that positions ascend.
                stop = np.where(good, stop, at)
                self.spans.append(Span(at, stop))
                at = stop
            elif isinstance(part, bytes):
                for index, byte in enumerate(part):
                    good &= chunk.bytes_at(at + index) == byte
                    quoted ^= byte == QUOTE
                good &= at + len(part) <= end
                at = np.where(good, at + len(part), at)
                if part[-1] == SPACE and not quoted and number + 1 < len(parts):
                    good &= chunk.bytes_at(at) != SPACE
        if isinstance(parts[-1], Place):
            good &= (at == end) | (chunk.bytes_at(at) == SPACE) if parts[-1].ends_itself else at == end
        self.good = good

    def _field(self, place: Place, at: Ints) -> tuple[Ints, Bools]:
        """Return the ends of a field that starts at these positions, and a mask of the lines in which it ends."""
        chunk, marks, end = self.chunk, self.marks, self.end
        if place.slot.width:
            stop = at + place.slot.width
            return stop, stop <= end
        stops = (place.stops or b"").strip(b"\t")
        if stops:
            stop = marks.after(stops, at)
            good = stop < end
        else:
            stop = np.minimum(marks.after(b" ", at), end) if place.ends_itself else end
            good = np.ones(len(at), np.bool_)
        if place.slot.kind == "typed":
            # A list may continue after a space.
            good &= (chunk.bytes_at(stop) != SPACE) | (chunk.bytes_at(stop + 1) != _COLON)
        if place.quoted:
            if stops != b'"':
                good &= marks.after(b'"', at) >= stop
            return stop, good
        if place.slot.kind == "word":
            good &= marks.after(b" ", at) >= stop
        if not place.slot.empty or place.slot.kind == "typed":
            good &= stop > at
        return stop, good
