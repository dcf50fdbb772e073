"""Finds the fields of a template in single lines, whatever bytes they hold."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from http_monitor.parser.template.regex import exact_pieces, lenient_pattern, lenient_pieces, strict_pattern
from http_monitor.parser.template.template import Place, Template

Found = tuple[bytes | None, ...]
"""The text of each field of a template, in order; None for one that may be missing, and is."""
Span = tuple[int, int]
"""First byte of a field, from 0, and the byte after its last; -1 for both where it is missing."""


class Start(NamedTuple):
    """How far a line fits."""

    parts: int
    """How many parts of the template are there."""
    spans: tuple[Span, ...]
    """Where the fields among them are."""
    stop: int
    """The byte after the last of these parts."""


class Matcher:
    """Matches lines one by one, in time linear in the line. It remembers nothing."""

    def __init__(self, template: Template) -> None:
        """Compile a template."""
        parts = template.parts
        self._parts = parts
        self._exact = template.exact
        self._strict = strict_pattern(template)
        self._pieces = [] if template.exact else lenient_pieces(parts)
        self._lenient = "" if template.exact else lenient_pattern(self._pieces, parts)
        self._groups = [f"p{number}" for number, part in enumerate(parts) if isinstance(part, Place)]

    def match(self, lines: Sequence[bytes], *, strict: bool = True) -> list[Found | None]:
        """Return the fields of each line, None for one that does not fit.

        Args:
            lines: Without their line ends.
            strict: Try the quicker expression first; what is found is the same without.
        """
        pattern = self._strict if strict else None
        found: list[Found | None] = [None] * len(lines)
        others = []
        for index, line in enumerate(lines):
            match = pattern.fullmatch(line) if pattern else None
            if match is None:
                others.append(index)
            else:
                found[index] = match.groups()
        if self._exact:
            return found
        for index, groups in zip(others, _extract([lines[index] for index in others], self._lenient), strict=True):
            if groups is not None:
                found[index] = tuple(groups[name] for name in self._groups)
        return found

    def whole(self, line: bytes) -> Start | None:
        """Return where the fields of a line are; None where it does not fit."""
        match = self._strict.fullmatch(line) if self._strict else None
        if match is not None:
            return Start(len(self._parts), _spans(match), len(line))
        groups = None if self._exact else _extract([line], self._lenient)[0]
        return None if groups is None else self._start(groups, len(self._parts))

    def longest_start(self, line: bytes) -> Start:
        """Return how far a line fits at most."""
        if self._exact:
            return self._exact_start(line)
        # Where some parts fit, all but the last of them do too.
        found = Start(0, (), 0)
        low, high = 0, len(self._pieces) - 1
        while low < high:
            count = (low + high + 1) // 2
            groups = _extract([line], lenient_pattern(self._pieces[:count]))[0]
            if groups is None:
                high = count - 1
            else:
                low, found = count, self._start(groups, count)
        return found

    def _exact_start(self, line: bytes) -> Start:
        spans: list[Span] = []
        at = 0
        for number, piece in enumerate(exact_pieces(self._parts)):
            match = re.compile(piece.encode(), re.DOTALL).match(line, at)
            if match is None:
                return Start(number, tuple(spans), at)
            spans += _spans(match)
            at = match.end()
        return Start(len(self._parts), tuple(spans), at)

    def _start(self, groups: dict[str, bytes], count: int) -> Start:
        at = len(groups["start"])
        spans = []
        for number in range(count):
            stop = at + len(groups[f"p{number}"])
            if isinstance(self._parts[number], Place):
                spans.append((at, stop))
            at = stop
        return Start(count, tuple(spans), at)


def _spans(match: re.Match[bytes]) -> tuple[Span, ...]:
    return tuple(match.span(group + 1) for group in range(match.re.groups))


def _extract(lines: Sequence[bytes], pattern: str) -> list[dict[str, bytes] | None]:
    """Return the named groups of each line, None for one that does not match."""
    found: Any = pc.extract_regex(pa.array(lines, pa.binary()), pattern=pattern)
    groups: list[dict[str, bytes] | None] = found.to_pylist()
    return groups
