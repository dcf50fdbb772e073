"""Finds the fields of a template in the plainly regular lines of a chunk, all lines at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from http_monitor.parser.arrays import Bools, Ints
from http_monitor.parser.chunk import BACKSLASH, QUOTE, SPACE, TAB, Chunk
from http_monitor.parser.keys import keys_between, matching
from http_monitor.parser.marks import Marks
from http_monitor.parser.pattern import typed_pattern
from http_monitor.parser.regular import Span
from http_monitor.parser.slot import DIGITS, NUMBER, OWN_QUOTES
from http_monitor.parser.template import Gap, Group, Part, Place, Template

_COLON, _DASH = ord(":"), ord("-")
# What may be in a number, and what in a time or a list, so that it need not end one.
_IN_NUMBER, _IN_OTHERS = b"0123456789-", b"0123456789-+.,:"
_MOST_SPACES = 16
"""In a gap of a line that is plainly regular."""


@dataclass(frozen=True, slots=True)
class Walked:
    """Where the fields of some lines are, in file order."""

    line: Ints
    """For each, its index among the lines of the chunk."""
    spans: tuple[Span, ...]
    """For each field of the template; empty where it is missing."""

    def only(self, keep: Bools) -> "Walked":
        """Return some of the lines."""
        return Walked(self.line[keep], tuple(span.only(keep) for span in self.spans))


class Walker:
    """Walks through the parts of a template with a position in each line.

    What it finds the strict expression finds too; of a line that it leaves out nothing is said. It leaves out those
    with an escape that matters; where the template is not exact, those with a tab, with a space more than the template
    has, and with a field that ends other than at the first byte of what follows it.
    """

    def __init__(self, template: Template) -> None:
        """Take a template, for which `fits` says whether it can be walked."""
        self._template = template
        places = template.places
        if template.exact:
            self._escaped = [QUOTE, BACKSLASH] if any(place.slot.kind == "quoted" for place in places) else []
            self.fits = all(_ends_plainly(place) for place in places)
            return
        stops = {place.stops for place in places if place.quoted and place.stops}
        self._escaped = sorted({QUOTE, BACKSLASH, *(byte for stop in stops for byte in stop)})
        self.fits = all(
            place.stops is not None
            and len(place.stops.strip(b"\t")) <= 1
            and not (place.slot.kind == "typed" and not place.slot.width and _may_go_on(place))
            and place.slot.kind != "query"
            and not place.slot.begins
            for place in places
        )

    def walk(self, chunk: Chunk, limit: int) -> Walked:
        """Return the fields of the lines that are plainly regular.

        Args:
            chunk: Whole lines.
            limit: The longest line, in bytes without its LF.
        """
        exact = self._template.exact
        usual = chunk.lfs - chunk.starts <= limit
        usual[_lines_with_escapes(chunk, self._escaped, tabs=not exact)] = False
        line = np.flatnonzero(usual)
        steps = (_ExactSteps if exact else _Steps)(chunk, chunk.starts[line], chunk.ends[line], self._template)
        steps.take(self._template.parts)
        walked = Walked(line, tuple(steps.spans))
        return walked if steps.good.all() else walked.only(steps.good)


class _Steps:
    """How far the walk has come in each line."""

    def __init__(self, chunk: Chunk, at: Ints, end: Ints, template: Template) -> None:
        self._chunk = chunk
        self._marks = Marks(chunk)
        self._at = at
        self._end = end
        self._template = template
        self.good: Bools = np.ones(len(at), np.bool_)
        """Which lines fit so far."""
        self.spans: list[Span] = []

    def take(self, parts: Sequence[Part]) -> None:
        """Walk through all parts of a template that is not exact."""
        chunk, end = self._chunk, self._end
        good, at = chunk.bytes_at(self._at) != SPACE, self._at
        quoted = False
        for number, part in enumerate(parts):
            if isinstance(part, Place):
                stop, fine = self._field(part, at)
                good &= fine
                # A line that does not fit stays where it is, so that positions ascend.
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
        """Return where a field stops that starts at these places, and in which lines it does."""
        chunk, marks, end = self._chunk, self._marks, self._end
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
            # After a space a list may go on.
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


class _ExactSteps(_Steps):
    """How far the walk has come in each line of an exact template."""

    def take(self, parts: Sequence[Part]) -> None:
        """Walk through all parts of the template."""
        self._through(parts, self.good.copy())
        last = parts[-1]
        if self._template.whole:
            self.good &= self._at == self._end
        elif isinstance(last, Place) and last.ends_itself:
            self.good &= (self._at == self._end) | (self._chunk.bytes_at(self._at) == SPACE)

    def _through(self, parts: Sequence[Part], there: Bools) -> None:
        """Walk through parts in the lines that have them; in the others their fields are empty."""
        for part in parts:
            if isinstance(part, bytes):
                self._go(self._at + len(part), self._reads(part), there)
            elif isinstance(part, Gap):
                self._over_gap(there)
            elif isinstance(part, Group):
                self._through(part.parts, there & self._begins(part))
            else:
                start, stop, behind, fine = self._found(part)
                before = self._at
                self._go(behind, fine, there)
                took = there & self.good
                self.spans.append(Span(np.where(took, start, before), np.where(took, stop, before)))

    def _go(self, to: Ints, fine: Bools, there: Bools) -> None:
        self.good &= fine | ~there
        self._at = np.where(there & self.good, to, self._at)

    def _reads(self, literal: bytes) -> Bools:
        fine: Bools = self._at + len(literal) <= self._end
        for index, byte in enumerate(literal):
            fine &= self._chunk.bytes_at(self._at + index) == byte
        return fine

    def _over_gap(self, there: Bools) -> None:
        self._go(self._at + 1, self._reads(b" "), there)
        for _ in range(_MOST_SPACES):
            more = there & self.good & (self._chunk.bytes_at(self._at) == SPACE)
            if not more.any():
                return
            self._at = self._at + more
        self.good &= ~more

    def _begins(self, group: Group) -> Bools:
        """Return in which lines there are the parts of a group, as its first one says."""
        first = group.parts[0]
        if isinstance(first, bytes):
            return self._reads(first)
        assert isinstance(first, Place), "a group begins with a literal or a field"
        start, stop, _, fine = self._found(first)
        stop = np.where(fine, stop, start)
        # What a field looks like is asked of the others later, when they are read.
        keys = keys_between(self._chunk.data, start, stop)
        return fine & matching(keys, re.compile(typed_pattern(first).encode(), re.DOTALL))

    def _found(self, place: Place) -> tuple[Ints, Ints, Ints, Bools]:
        """Return where a field starts and stops, where what follows it begins, and in which lines it is there."""
        at, end, slot = self._at, self._end, place.slot
        if slot.kind in OWN_QUOTES:
            return self._own_quotes(place)
        if slot.width:
            stop = at + slot.width
            return at, stop, stop, stop <= end
        if place.fills:
            stop = end
        elif slot.ends:
            stop = end
            for text in slot.ends:
                stop = np.minimum(stop, self._marks.after(text, at))
            if slot.kind == "typed":
                return at, stop, stop, (stop > at) & (stop < end)
        elif slot.kind == "last":
            stop = self._marks.before(place.stops or b"", np.minimum(self._marks.after(b" ", at), end))
        else:
            stop = np.minimum(self._marks.after(place.stops or b" ", at), end)
            if slot.kind == "word" and place.stops != b" ":
                stop = np.minimum(self._marks.after(b" ", at), stop)
        return at, stop, stop, (stop >= at) if slot.empty else (stop > at)

    def _own_quotes(self, place: Place) -> tuple[Ints, Ints, Ints, Bools]:
        chunk, at, end = self._chunk, self._at, self._end
        start = at + 1
        stop = self._marks.closing_after(start) if place.slot.kind == "loose" else self._marks.after(b'"', start)
        fine = (chunk.bytes_at(at) == QUOTE) & (stop < end)
        if place.slot.kind == "doubled":
            return start, stop, stop + 1, fine & (chunk.bytes_at(stop + 1) != QUOTE)
        dash = (chunk.bytes_at(at) == _DASH) & (at < end) & ((start == end) | (chunk.bytes_at(start) == SPACE))
        start, stop = np.where(dash, at, start), np.where(dash, start, stop)
        return start, stop, np.where(dash, stop, stop + 1), fine | dash


def _ends_plainly(place: Place) -> bool:
    """Return whether one byte, or what its slot says, ends a field of an exact template."""
    slot = place.slot
    if slot.kind in OWN_QUOTES or slot.width or slot.ends or place.fills:
        return True
    least = 0 if slot.kind in ("word", "typed") else 1
    return place.stops is not None and least <= len(place.stops) <= 1


def _may_go_on(place: Place) -> bool:
    """Return whether a typed field may hold the byte that ends it."""
    within = _IN_NUMBER if place.slot.looks in (NUMBER, DIGITS) else _IN_OTHERS
    return any(byte in within for byte in place.stops or b"")


def _lines_with_escapes(chunk: Chunk, escaped: list[int], *, tabs: bool) -> Ints:
    """Return the lines that have a backslash before a byte whose escape changes where a field ends, or a tab."""
    places = [np.flatnonzero(chunk.bytes == TAB)] if tabs and b"\t" in chunk.data else []
    if escaped and b"\\" in chunk.data:
        slashes = np.flatnonzero(chunk.bytes[:-1] == BACKSLASH)
        places.append(slashes[np.isin(chunk.bytes_at(slashes + 1), escaped)])
    return chunk.lines_of(np.concatenate(places)) if places else np.empty(0, np.int64)
