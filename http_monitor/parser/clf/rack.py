"""Finds the end of the client in lines of Rack's CommonLogger, which logs a header of the request unescaped."""

import re
from typing import NamedTuple

# What follows the request; clients cannot write anything there.
_END = re.compile(rb'"[ \t]++(?:[1-9][0-9]{2}|000|0|-1|-)[ \t]++(?:-|[0-9]++)[ \t]++[0-9]++\.[0-9]{4}')
_TIME = re.compile(rb' \[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\] "')
_IDENT = b" - "
_NO_USER = re.compile(rb'["\[]')
_DOT = ord(".")

Span = tuple[int, int]
"""Position of a field's first byte, and the position after its last one."""


class RackFront(NamedTuple):
    """The places of the fields before a request."""

    client: Span
    """May contain anything, including a whole line of the family, or nothing."""
    ident: Span
    user: Span
    time_at: int
    """Position of the bracket before the time."""


def rack_front(line: bytes, begin: int, end: int) -> RackFront | None:
    """Return the places of the fields before a request; None if this is not a line of Rack.

    Such a line ends with seconds to four decimals after the size. A request logged by Rack contains no blanks except
    between its parts, so the last `` - user [time] "`` was written by Rack. The user has neither a quote nor a bracket.

    Args:
        line: The line.
        begin: Start of the line.
        end: End of the line.
    """
    # Checking a few bytes at the end rules out most lines.
    if end - begin < 5 or line[end - 5] != _DOT or not line[end - 4 : end].isdigit():
        return None
    quote = line.rfind(b'"', begin, end)
    if quote < 0 or not _END.fullmatch(line, quote, end):
        return None
    time_at = ident = -1
    since = begin
    for match in _TIME.finditer(line, begin, quote):
        # Two blanks enclose an empty user.
        at = line.rfind(_IDENT, since, match.start())
        if at >= 0 and not _NO_USER.search(line, at, match.start()):
            ident, time_at = at, match.start() + 1
        since = match.end()
    if ident < 0:
        return None
    user = _strip(line, ident + len(_IDENT), time_at - 1)
    return RackFront(_strip(line, begin, ident), (ident + 1, ident + 2), user, time_at)


def _strip(line: bytes, start: int, stop: int) -> Span:
    """Return the place of a field without surrounding blanks; it may be empty."""
    stop = start + len(line[start:stop].rstrip(b" \t"))
    return stop - len(line[start:stop].lstrip(b" \t")), stop
