"""Fields of many lines: where each begins and ends."""

from dataclasses import dataclass

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Bytes, Ints
from http_monitor.parser.chunks.chunk import Chunk
from http_monitor.parser.chunks.key_columns import (
    Keys,
    keys_between,
)

_DASH = ord("-")


@dataclass(frozen=True, slots=True)
class Span:
    """One field of many lines: [start, stop) in the chunk, by line."""

    start: Ints
    stop: Ints

    def only(self, keep: Bools | Ints) -> "Span":
        """Return the field of the selected lines."""
        return Span(self.start[keep], self.stop[keep])

    def where(self, choice: Bools, other: "Span") -> "Span":
        """Return this field for the chosen lines, and the other field for the others."""
        return Span(np.where(choice, self.start, other.start), np.where(choice, self.stop, other.stop))


def span_keys(chunk: Chunk, span: Span, absent: Bools | None = None) -> Keys:
    """Return fields as keys."""
    return keys_between(chunk.data, span.start, span.stop, absent)


def dashes_in(chunk: Chunk, span: Span) -> Bools:
    """Return a mask of the fields that are a dash."""
    return are_dashes(chunk.bytes, span)


def are_dashes(every: Bytes, span: Span) -> Bools:
    """Return the same for fields of another text, given its bytes."""
    dashes: Bools = (span.stop == span.start + 1) & (every.take(span.start, mode="clip") == _DASH)
    return dashes
