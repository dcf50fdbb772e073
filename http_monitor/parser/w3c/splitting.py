"""Splits lines into columns: by tabs where a line has one, by single spaces otherwise."""

import re
from collections.abc import Sequence

from http_monitor.parser.lines.line_by_line import Span

_IN_QUOTES = rb'"((?:[^"]++|"")*+)"'
_QUOTED = re.compile(_IN_QUOTES)
_COLUMN = {mark: re.compile(rb"%b(?=%b|\Z)|[^%b]*+" % (_IN_QUOTES, mark, mark)) for mark in (b" ", b"\t")}
"""A column in quotes, or one without."""
_SEPARATOR = re.compile(rb"[ \t]")


def split(line: bytes, *, quotes: bool) -> list[bytes]:
    """Return the columns of a line.

    Args:
        line: Without its line end.
        quotes: A column may be in quotes, which do not belong to it; a quote inside is written twice.
    """
    if not quotes or b'"' not in line:
        line = line.strip(b" \t")
        return line.split(b"\t" if b"\t" in line else b" ")
    return [_plain(line[start:stop]) for start, stop in spans_of(line, quotes=True)]


def spans_of(line: bytes, *, quotes: bool) -> Sequence[Span]:
    """Return the span of each column of a line, with its quotes; the arguments are those of `split`."""
    at, end = len(line) - len(line.lstrip(b" \t")), len(line.rstrip(b" \t"))
    # A client may send a tab, which in quotes separates nothing.
    first = _SEPARATOR.search(line, at, end) if quotes and b'"' in line else None
    mark = first[0] if first is not None else b"\t" if b"\t" in line[at:end] else b" "
    spans: list[Span] = []
    while at <= end:
        match = _COLUMN[mark].match(line, at, end) if quotes else None
        stop = line.find(mark, at, end) if match is None else match.end()
        stop = end if stop < 0 else stop
        spans.append((at, stop))
        at = stop + 1
    return spans


def _plain(text: bytes) -> bytes:
    match = _QUOTED.fullmatch(text)
    return text if match is None else match[1].replace(b'""', b'"')
