"""Finds the fields of a template in the plainly regular lines of a chunk, all lines at once."""

from dataclasses import dataclass

import numpy as np

from http_monitor.parser.arrays import Bools, Ints
from http_monitor.parser.chunk import BACKSLASH, QUOTE, SPACE, TAB, Chunk
from http_monitor.parser.regular import Span
from http_monitor.parser.slot import DIGITS, NUMBER
from http_monitor.parser.template import Place, Template

_COLON = ord(":")
# What may be in a number, and what in a time or a list, so that it need not end one.
_IN_NUMBER, _IN_OTHERS = b"0123456789-", b"0123456789-+.,:"


@dataclass(frozen=True, slots=True)
class Walked:
    """Where the fields of some lines are, in file order."""

    line: Ints
    """For each, its index among the lines of the chunk."""
    spans: tuple[Span, ...]
    """For each field of the template."""

    def only(self, keep: Bools) -> "Walked":
        """Return some of the lines."""
        return Walked(self.line[keep], tuple(span.only(keep) for span in self.spans))


class Walker:
    """Walks through the parts of a template with a position in each line.

    What it finds the strict expression finds too; of a line that it leaves out nothing is said. It leaves out those
    with a tab or an escape that matters, with a space more than the template has, and with a field that ends other
    than at the first byte of what follows it.
    """

    def __init__(self, template: Template) -> None:
        """Take a template, for which `fits` says whether it can be walked."""
        self._parts = template.parts
        stops = {place.stops for place in template.places if place.quoted and place.stops}
        self._escaped = sorted({QUOTE, BACKSLASH, *(byte for stop in stops for byte in stop)})
        self.fits = all(
            place.stops is not None
            and len(place.stops.strip(b"\t")) <= 1
            and not (place.slot.kind == "typed" and not place.slot.width and _may_go_on(place))
            and place.slot.kind != "query"
            and not place.slot.begins
            for place in template.places
        )

    def walk(self, chunk: Chunk, limit: int) -> Walked:
        """Return the fields of the lines that are plainly regular.

        Args:
            chunk: Whole lines.
            limit: The longest line, in bytes without its LF.
        """
        usual = chunk.lfs - chunk.starts <= limit
        usual[_lines_with_escapes(chunk, self._escaped)] = False
        line = np.flatnonzero(usual)
        at, end = chunk.starts[line], chunk.ends[line]
        good = chunk.bytes_at(at) != SPACE
        spans: list[Span] = []
        marks = _Marks(chunk)
        quoted = False
        for number, part in enumerate(self._parts):
            if isinstance(part, Place):
                stop, fine = _field(chunk, marks, part, at, end)
                good &= fine
                # A line that does not fit stays where it is, so that positions ascend.
                stop = np.where(good, stop, at)
                spans.append(Span(at, stop))
                at = stop
                continue
            for index, byte in enumerate(part):
                good &= chunk.bytes_at(at + index) == byte
                quoted ^= byte == QUOTE
            good &= at + len(part) <= end
            at = np.where(good, at + len(part), at)
            if part[-1] == SPACE and not quoted and number + 1 < len(self._parts):
                good &= chunk.bytes_at(at) != SPACE
        if isinstance(self._parts[-1], Place):
            good &= (at == end) | (chunk.bytes_at(at) == SPACE) if self._parts[-1].ends_itself else at == end
        walked = Walked(line, tuple(spans))
        return walked if good.all() else walked.only(good)


class _Marks:
    """The places of bytes in a chunk, found when first asked for."""

    def __init__(self, chunk: Chunk) -> None:
        self._chunk = chunk
        self._places: dict[int, Ints] = {}

    def after(self, byte: int, at: Ints) -> Ints:
        """Return for each of the ascending positions the first place of a byte from there on."""
        places = self._places.get(byte)
        if places is None:
            found = np.flatnonzero(self._chunk.bytes == byte)
            places = self._places[byte] = np.append(found, len(self._chunk.data))
        return places.take(np.searchsorted(places, at))


def _may_go_on(place: Place) -> bool:
    """Return whether a typed field may hold the byte that ends it."""
    within = _IN_NUMBER if place.slot.looks in (NUMBER, DIGITS) else _IN_OTHERS
    return any(byte in within for byte in place.stops or b"")


def _field(chunk: Chunk, marks: _Marks, place: Place, at: Ints, end: Ints) -> tuple[Ints, Bools]:
    """Return where a field stops that starts at these places, and in which lines it does."""
    if place.slot.width:
        stop = at + place.slot.width
        return stop, stop <= end
    stops = (place.stops or b"").strip(b"\t")
    if stops:
        stop = marks.after(stops[0], at)
        good = stop < end
    else:
        stop = np.minimum(marks.after(SPACE, at), end) if place.ends_itself else end
        good = np.ones(len(at), np.bool_)
    if place.slot.kind == "typed":
        # After a space a list may go on.
        good &= (chunk.bytes_at(stop) != SPACE) | (chunk.bytes_at(stop + 1) != _COLON)
    if place.quoted:
        if stops != b'"':
            good &= marks.after(QUOTE, at) >= stop
        return stop, good
    if place.slot.kind == "word":
        good &= marks.after(SPACE, at) >= stop
    if not place.slot.empty or place.slot.kind == "typed":
        good &= stop > at
    return stop, good


def _lines_with_escapes(chunk: Chunk, escaped: list[int]) -> Ints:
    """Return the lines that have a tab, or a backslash before a byte whose escape changes where a field ends."""
    places = [np.flatnonzero(chunk.bytes == TAB)] if b"\t" in chunk.data else []
    if b"\\" in chunk.data:
        slashes = np.flatnonzero(chunk.bytes[:-1] == BACKSLASH)
        places.append(slashes[np.isin(chunk.bytes_at(slashes + 1), escaped)])
    return chunk.lines_of(np.concatenate(places)) if places else np.empty(0, np.int64)
