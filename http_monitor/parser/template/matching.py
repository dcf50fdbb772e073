"""Finds the fields of a template in single lines, whatever bytes they contain."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from http_monitor.arrow import groups_of
from http_monitor.parser.template.regex import exact_pieces, lenient_pattern, lenient_pieces, strict_pattern
from http_monitor.parser.template.template import Place, Template

Found = tuple[bytes | None, ...]
"""The text of each field of a template, in order; None for a missing optional field."""
Span = tuple[int, int]
"""Position of a field's first byte, from 0, and the position after its last one; -1 for both if it is missing."""


class Start(NamedTuple):
    """The part of a line that fits."""

    parts: int
    """Number of parts of the template that were found."""
    spans: tuple[Span, ...]
    """Places of the fields among them."""
    stop: int
    """Position after the last of these parts."""


class Matcher:
    """Matches lines one by one, in time linear in the line. It has no state."""

    def __init__(self, template: Template) -> None:
        """Compile a template."""
        parts = template.parts
        self._parts = parts
        self._exact = template.exact
        self._strict = strict_pattern(template)
        self._pieces = [] if template.exact else lenient_pieces(parts)
        self._lenient = "" if template.exact else lenient_pattern(self._pieces, parts)
        self._groups = [f"p{number}" for number, part in enumerate(parts) if isinstance(part, Place)]
        self._marks = [mark for part in parts if isinstance(part, bytes) for mark in part.split()]
        """Texts that follow one another in each line that fits a lenient template."""

    def match(self, lines: Sequence[bytes], *, strict: bool = True) -> list[Found | None]:
        """Return the fields of each line; None for a line that does not fit.

        Args:
            lines: Lines without their line ends.
            strict: Try the faster expression first; the result is the same without.
        """
        pattern = self._strict if strict else None
        found: list[Found | None] = [None] * len(lines)
        others = []
        for index, line in enumerate(lines):
            match = pattern.fullmatch(line) if pattern else None
            if match is not None:
                found[index] = match.groups()
            elif not self._exact and self._has_marks(line):
                others.append(index)
        if not others:
            return found
        for index, groups in zip(others, _extract([lines[index] for index in others], self._lenient), strict=True):
            if groups is not None:
                found[index] = tuple(groups[name] for name in self._groups)
        return found

    def _has_marks(self, line: bytes) -> bool:
        """Return whether a line may fit. Arrow compiles its expression at each call, which takes longer than this."""
        at = 0
        for mark in self._marks:
            at = line.find(mark, at) + len(mark)
            if at < len(mark):
                return False
        return True

    def whole(self, line: bytes) -> Start | None:
        """Return the places of the fields of a line; None if it does not fit."""
        match = self._strict.fullmatch(line) if self._strict else None
        if match is not None:
            return Start(len(self._parts), _spans(match), len(line))
        groups = None if self._exact else _extract([line], self._lenient)[0]
        return None if groups is None else self._start(groups, len(self._parts))

    def longest_start(self, line: bytes) -> Start:
        """Return the longest part of a line that fits."""
        if self._exact:
            return self._exact_start(line)
        # If some parts fit, all but the last of them fit too.
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
    """Return the named groups of each line; None if it does not match."""
    found: Any = groups_of(pa.array(lines, pa.binary()), pattern)
    groups: list[dict[str, bytes] | None] = found.to_pylist()
    return groups
