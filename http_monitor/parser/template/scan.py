"""Finds the fields of a template in the regular lines of a chunk, all lines at once."""

from dataclasses import dataclass

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.parser.chunks.chunk import BACKSLASH, QUOTE, TAB, Chunk
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.spans import Span
from http_monitor.parser.template.scan_exact import ExactScan
from http_monitor.parser.template.scan_tolerant import Scan
from http_monitor.parser.template.slot import DIGITS, NUMBER, OWN_QUOTES
from http_monitor.parser.template.template import Place, Template

# Bytes that may occur in a number, a time or a list, and therefore do not always end one.
_IN_NUMBER, _IN_OTHERS = b"0123456789-", b"0123456789-+.,:"


@dataclass(frozen=True, slots=True)
class Walked:
    """The fields of scanned lines, in file order."""

    line: Ints
    """Index of each line among those of the chunk."""
    spans: tuple[Span, ...]
    """The span of each field of the template; empty if it is missing."""

    def only(self, keep: Bools) -> "Walked":
        """Return the selected lines."""
        return Walked(self.line[keep], tuple(span.only(keep) for span in self.spans))


class Scanner:
    """Scans many lines for the parts of a template at once, keeping a position in each line.

    Its results equal those of the strict expression, but it may leave out lines that fit: those with an escape that
    matters and, if the template is not exact, those with a tab, with extra spaces, or with a field that does not end at
    the first byte of what follows it.
    """

    def __init__(self, template: Template) -> None:
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

    def scan(self, chunk: Chunk, marks: Marks, limit: int) -> Walked:
        """Return the fields of the regular lines.

        Args:
            chunk: Whole lines.
            marks: The marks of the chunk.
            limit: Maximum length of a line in bytes, without its LF.
        """
        exact = self._template.exact
        usual = chunk.lfs - chunk.starts <= limit
        usual[_lines_with_escapes(chunk, self._escaped, tabs=not exact)] = False
        line = np.flatnonzero(usual)
        scan = (ExactScan if exact else Scan)(chunk, marks, chunk.starts[line], chunk.ends[line], self._template)
        scan.run(self._template.parts)
        scanned = Walked(line, tuple(scan.spans))
        return scanned if scan.good.all() else scanned.only(scan.good)


def _ends_plainly(place: Place) -> bool:
    """Return whether one byte, or the slot, determines the end of a field of an exact template."""
    slot = place.slot
    if slot.kind in OWN_QUOTES or slot.width or slot.ends or place.fills:
        return True
    least = 0 if slot.kind in ("word", "typed") else 1
    return place.stops is not None and least <= len(place.stops) <= 1


def _may_go_on(place: Place) -> bool:
    """Return whether a typed field may contain the byte that ends it."""
    within = _IN_NUMBER if place.slot.looks in (NUMBER, DIGITS) else _IN_OTHERS
    return any(byte in within for byte in place.stops or b"")


def _lines_with_escapes(chunk: Chunk, escaped: list[int], *, tabs: bool) -> Ints:
    """Return the lines with a tab, or with a backslash before a byte whose escape changes the end of a field."""
    places = [np.flatnonzero(chunk.bytes == TAB)] if tabs and b"\t" in chunk.data else []
    if escaped and b"\\" in chunk.data:
        slashes = np.flatnonzero(chunk.bytes[:-1] == BACKSLASH)
        places.append(slashes[np.isin(chunk.bytes_at(slashes + 1), escaped)])
    return chunk.lines_of(np.concatenate(places)) if places else np.empty(0, np.int64)
