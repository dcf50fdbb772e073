"""Reads many decimal numbers at once."""

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.parser.chunks.chunk import Chunk
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.numbers import numbers
from http_monitor.parser.chunks.spans import Span

_MOST_WHOLE = 10**12
"""In seconds that is still within 63 bits of microseconds."""
_MOST_DECIMALS = 9


def decimals(chunk: Chunk, marks: Marks, span: Span, power: int | Ints) -> tuple[Ints, Bools]:
    """Return decimal numbers times a power of ten, cut to integers, and which fields plainly are such numbers.

    Args:
        chunk: What the fields stand in.
        marks: Of the chunk.
        span: The fields.
        power: Of ten.
    """
    dot = np.minimum(marks.after(b".", span.start), span.stop)
    whole, good = numbers(chunk, Span(span.start, dot))
    behind = np.maximum(span.stop - dot - 1, 0)
    part, fine = numbers(chunk, Span(span.stop - behind, span.stop))
    good &= ((whole < _MOST_WHOLE) | (np.asarray(power) <= 0)) & (
        (dot == span.stop) | (fine & (behind <= _MOST_DECIMALS))
    )
    behind = np.where(good, behind, 0)
    places = np.maximum(power, 0)
    scaled = part * 10 ** np.maximum(places - behind, 0) // 10 ** np.maximum(behind - places, 0)
    value = whole * 10**places + np.where(behind > 0, scaled, 0)
    return value // 10 ** np.maximum(-power, 0), good
