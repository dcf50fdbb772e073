"""Walks through an exact template, whose fields end where their slots say."""

import re
from collections.abc import Sequence

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.parser.chunks.chunk import QUOTE, SPACE
from http_monitor.parser.chunks.key_columns import keys_between, matching
from http_monitor.parser.chunks.spans import Span
from http_monitor.parser.template.regex import typed_pattern
from http_monitor.parser.template.scan_tolerant import Steps
from http_monitor.parser.template.slot import OWN_QUOTES
from http_monitor.parser.template.template import Gap, Group, Part, Place

_DASH = ord("-")
_MOST_SPACES = 16
"""In a gap of a line that is plainly regular."""


class ExactSteps(Steps):
    """How far the walk has come in each line of an exact template."""

    def take(self, parts: Sequence[Part]) -> None:
        """Walk through all parts of the template."""
        self._through(parts, self.good.copy())
        last = parts[-1]
        if self.template.whole:
            self.good &= self.at == self.end
        elif isinstance(last, Place) and last.ends_itself:
            self.good &= (self.at == self.end) | (self.chunk.bytes_at(self.at) == SPACE)

    def _through(self, parts: Sequence[Part], there: Bools) -> None:
        """Walk through parts in the lines that have them; in the others their fields are empty."""
        for part in parts:
            if isinstance(part, bytes):
                self._go(self.at + len(part), self._reads(part), there)
            elif isinstance(part, Gap):
                self._over_gap(there)
            elif isinstance(part, Group):
                self._through(part.parts, there & self._begins(part))
            else:
                start, stop, behind, fine = self._found(part, self.at)
                before = self.at
                self._go(behind, fine, there)
                took = there & self.good
                self.spans.append(Span(np.where(took, start, before), np.where(took, stop, before)))

    def _go(self, to: Ints, fine: Bools, there: Bools) -> None:
        self.good &= fine | ~there
        self.at = np.where(there & self.good, to, self.at)

    def _reads(self, literal: bytes) -> Bools:
        fine: Bools = self.at + len(literal) <= self.end
        for index, byte in enumerate(literal):
            fine &= self.chunk.bytes_at(self.at + index) == byte
        return fine

    def _over_gap(self, there: Bools) -> None:
        self._go(self.at + 1, self._reads(b" "), there)
        for _ in range(_MOST_SPACES):
            more = there & self.good & (self.chunk.bytes_at(self.at) == SPACE)
            if not more.any():
                return
            self.at = self.at + more
        self.good &= ~more

    def _begins(self, group: Group) -> Bools:
        """Return in which lines there are the parts of a group, as its first one says, and a typed one behind that."""
        first, *others = group.parts
        if isinstance(first, bytes):
            reads = self._reads(first)
            second = others[0] if others else None
            if not isinstance(second, Place) or second.slot.kind != "typed":
                return reads
            return reads & self._looks(second, self.at + len(first) * reads)
        assert isinstance(first, Place), "a group begins with a literal or a field"
        return self._looks(first, self.at)

    def _looks(self, place: Place, at: Ints) -> Bools:
        """Return in which lines a field is there, and looks as it has to."""
        start, stop, _, fine = self._found(place, at)
        stop = np.where(fine, stop, start)
        # What a field looks like is asked of the others later, when they are read.
        keys = keys_between(self.chunk.data, start, stop)
        return fine & matching(keys, re.compile(typed_pattern(place).encode(), re.DOTALL))

    def _found(self, place: Place, at: Ints) -> tuple[Ints, Ints, Ints, Bools]:
        """Return where a field starts and stops, where what follows it begins, and in which lines it is there."""
        end, slot = self.end, place.slot
        if slot.kind in OWN_QUOTES:
            return self._own_quotes(place, at)
        if slot.width:
            stop = at + slot.width
            return at, stop, stop, stop <= end
        if place.fills:
            stop = end
        elif slot.ends:
            stop = end
            for text in slot.ends:
                stop = np.minimum(stop, self.marks.after(text, at))
            if slot.kind == "typed":
                return at, stop, stop, (stop > at) & (stop < end)
            if slot.then:
                # What is behind it shows whether it ends there; where it goes on, the reader of single lines says.
                return at, stop, stop, ((stop >= at) if slot.empty else (stop > at)) & (stop < end)
        elif slot.kind == "last":
            stop = self.marks.before(place.stops or b"", np.minimum(self.marks.after(b" ", at), end))
        else:
            stop = np.minimum(self.marks.after(place.stops or b" ", at), end)
            if slot.kind == "word" and place.stops != b" ":
                stop = np.minimum(self.marks.after(b" ", at), stop)
        return at, stop, stop, (stop >= at) if slot.empty else (stop > at)

    def _own_quotes(self, place: Place, at: Ints) -> tuple[Ints, Ints, Ints, Bools]:
        chunk, end = self.chunk, self.end
        start = at + 1
        stop = self.marks.closing_after(start) if place.slot.kind == "loose" else self.marks.after(b'"', start)
        fine = (chunk.bytes_at(at) == QUOTE) & (stop < end)
        if place.slot.kind == "doubled":
            return start, stop, stop + 1, fine & (chunk.bytes_at(stop + 1) != QUOTE)
        dash = (chunk.bytes_at(at) == _DASH) & (at < end) & ((start == end) | (chunk.bytes_at(start) == SPACE))
        start, stop = np.where(dash, at, start), np.where(dash, start, stop)
        return start, stop, np.where(dash, stop, stop + 1), fine | dash
