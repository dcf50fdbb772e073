"""Splits many requests at once."""

import numpy as np

from http_monitor.parser.chunks.arrays import Bools
from http_monitor.parser.chunks.chunk import Chunk
from http_monitor.parser.chunks.next_byte import Marks
from http_monitor.parser.chunks.spans import Span

_SLASH = ord("/")
_SCHEMES = (b"http://", b"https://")


def split_requests(chunk: Chunk, marks: Marks, whole: Span) -> tuple[Span, Span, Bools]:
    """Return (methods, targets, mask of the requests with two spaces and HTTP/ after the second)."""
    first, second, third = marks.three_after(b" ", whole.start)
    good = (second < whole.stop) & (third >= whole.stop) & (second > first + 1)
    good &= second + 1 + len(b"HTTP/") <= whole.stop
    good &= _begins(chunk, Span(second + 1, whole.stop), b"HTTP/")
    first, second = np.where(good, first, whole.start), np.where(good, second, whole.start)
    return Span(whole.start, first), Span(np.minimum(first + 1, second), second), good


def paths(chunk: Chunk, marks: Marks, target: Span) -> tuple[Span, Bools]:
    """Return the targets without scheme and authority, and a mask of those that are then paths."""
    is_path = (chunk.bytes_at(target.start) == _SLASH) & (target.stop > target.start)
    start = target.start
    if is_path.all():
        return target, is_path
    for scheme in _SCHEMES:
        absolute = _begins(chunk, target, scheme)
        slash = marks.after(b"/", np.minimum(target.start + len(scheme), target.stop))
        absolute &= slash < target.stop
        for mark in (b"?", b"#"):
            absolute &= marks.after(mark, target.start) > slash
        start = np.where(absolute, slash, start)
        is_path |= absolute
    return Span(start, target.stop), is_path


def before_query(marks: Marks, target: Span) -> Span:
    """Return the targets up to their question marks."""
    return Span(target.start, np.minimum(marks.after(b"?", target.start), target.stop))


def _begins(chunk: Chunk, span: Span, text: bytes) -> Bools:
    """Return a mask of the fields that begin with a text."""
    good: Bools = span.start + len(text) <= span.stop
    for number, byte in enumerate(text):
        good &= chunk.bytes_at(span.start + number) == byte
    return good
