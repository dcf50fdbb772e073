"""Parses many decimal numbers at once."""

import numpy as np

from http_monitor.parser.chunks.arrays import Bools, Ints
from http_monitor.parser.chunks.chunk import Chunk
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.numbers import numbers
from http_monitor.parser.chunks.spans import Span

_MAX_WHOLE = 10**12
"""Seconds up to this fit in 63 bits as microseconds."""
_MAX_DECIMALS = 9


def decimals(chunk: Chunk, marks: Marks, span: Span, power: int | Ints) -> tuple[Ints, Bools]:
    """Return decimal numbers times a power of ten, truncated to integers, and a mask of the plain ones.

    Args:
        chunk: The chunk of the fields.
        marks: The marks of the chunk.
        span: The fields.
        power: The power of ten.
    """
    dot = np.minimum(marks.after(b".", span.start), span.stop)
    whole, good = numbers(chunk, Span(span.start, dot))
    behind = np.maximum(span.stop - dot - 1, 0)
    part, fine = numbers(chunk, Span(span.stop - behind, span.stop))
    good &= ((whole < _MAX_WHOLE) | (np.asarray(power) <= 0)) & (
        (dot == span.stop) | (fine & (behind <= _MAX_DECIMALS))
    )
    behind = np.where(good, behind, 0)
    places = np.maximum(power, 0)
    scale_decimal = part * 10 ** np.maximum(places - behind, 0) // 10 ** np.maximum(behind - places, 0)
    value = whole * 10**places + np.where(behind > 0, scale_decimal, 0)
    return value // 10 ** np.maximum(-power, 0), good
