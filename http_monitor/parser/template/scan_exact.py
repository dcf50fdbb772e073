"""Scans lines for an exact template, whose fields end where their slots say."""

import re
from collections.abc import Sequence

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.parser.chunks.chunk import QUOTE, SPACE
from http_monitor.parser.chunks.key_columns import keys_between, match_keys
from http_monitor.parser.chunks.spans import Span
from http_monitor.parser.template.regex import pattern_of_typed
from http_monitor.parser.template.scan_tolerant import Scan
from http_monitor.parser.template.slot import OWN_QUOTES
from http_monitor.parser.template.template import Gap, Group, Part, Place

_DASH = ord("-")
_MAX_SPACES = 16
"""Maximum number of spaces in a gap of a regular line."""


class ExactScan(Scan):
    """The positions of a scan in the lines of an exact template."""

    def run(self, parts: Sequence[Part]) -> None:
        """Scan for all parts of the template."""
        self._through(parts, self.good.copy())
        last = parts[-1]
        if self.template.whole:
            self.good &= self.at == self.end
        elif isinstance(last, Place) and last.ends_itself:
            self.good &= (self.at == self.end) | (self.chunk.bytes_at(self.at) == SPACE)

    def _through(self, parts: Sequence[Part], there: Bools) -> None:
        """Scan for parts in the lines that have them; in the others their fields are empty."""
        for part in parts:
            if isinstance(part, bytes):
                self._advance(self.at + len(part), self._reads(part), there)
            elif isinstance(part, Gap):
                self._over_gap(there)
            elif isinstance(part, Group):
                self._through(part.parts, there & self._begins(part))
            else:
                start, stop, behind, fine = self._find_field(part, self.at)
                before = self.at
                self._advance(behind, fine, there)
                took = there & self.good
                self.spans.append(Span(np.where(took, start, before), np.where(took, stop, before)))

    def _advance(self, to: Ints, fine: Bools, there: Bools) -> None:
        self.good &= fine | ~there
        self.at = np.where(there & self.good, to, self.at)

    def _reads(self, literal: bytes) -> Bools:
        fine: Bools = self.at + len(literal) <= self.end
        for index, byte in enumerate(literal):
            fine &= self.chunk.bytes_at(self.at + index) == byte
        return fine

    def _over_gap(self, there: Bools) -> None:
        self._advance(self.at + 1, self._reads(b" "), there)
        for _ in range(_MAX_SPACES):
            more = there & self.good & (self.chunk.bytes_at(self.at) == SPACE)
            if not more.any():
                return
            self.at = self.at + more
        self.good &= ~more

    def _begins(self, group: Group) -> Bools:
        """Return a mask of the lines that have a group, judged by its first part and a typed part after that."""
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
        """Return a mask of the lines in which a field is present and matches its expression."""
        start, stop, _, fine = self._find_field(place, at)
        stop = np.where(fine, stop, start)
        # Other fields are checked later, when they are read.
        keys = keys_between(self.chunk.data, start, stop)
        return fine & match_keys(keys, re.compile(pattern_of_typed(place).encode(), re.DOTALL))

    def _find_field(self, place: Place, at: Ints) -> tuple[Ints, Ints, Ints, Bools]:
        """Return (start, stop, start of what follows) of a field, and a mask of the lines that have it."""
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
                # What follows shows whether the field ends there; if not, the line is left to reading line by line.
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
        stop = self.marks.find_closing(start) if place.slot.kind == "loose" else self.marks.after(b'"', start)
        fine = (chunk.bytes_at(at) == QUOTE) & (stop < end)
        if place.slot.kind == "doubled":
            return start, stop, stop + 1, fine & (chunk.bytes_at(stop + 1) != QUOTE)
        dash = (chunk.bytes_at(at) == _DASH) & (at < end) & ((start == end) | (chunk.bytes_at(start) == SPACE))
        start, stop = np.where(dash, at, start), np.where(dash, start, stop)
        return start, stop, np.where(dash, stop, stop + 1), fine | dash
