"""Knows where the client of a line ends that Rack's CommonLogger wrote: it logs a header of the request as it came."""

import re
from typing import NamedTuple

# What stands behind the request. Nobody who sends one writes anything there.
_END = re.compile(rb'"[ \t]++(?:[1-9][0-9]{2}|000|0|-1|-)[ \t]++(?:-|[0-9]++)[ \t]++[0-9]++\.[0-9]{4}')
_TIME = re.compile(rb' \[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\] "')
_IDENT = b" - "
_NO_USER = re.compile(rb'["\[]')
_DOT = ord(".")

Span = tuple[int, int]
"""First byte of a field, and the byte after its last."""


class RackFront(NamedTuple):
    """Where the fields are in front of a request."""

    client: Span
    """May hold anything, a whole line of the family too, or nothing."""
    ident: Span
    user: Span
    time_at: int
    """Where the bracket of the time is."""


def rack_front(line: bytes, begin: int, end: int) -> RackFront | None:
    """Return where the fields in front of a request are; None: this is no line of Rack.

    Such a line ends with seconds to four decimals behind the size. A request of Rack has no blanks but those between
    its parts, so the last `` - user [time] "`` is what Rack wrote. The user has neither a quote nor a bracket.

    Args:
        line: The line.
        begin: Where it begins.
        end: Where it ends.
    """
    # Most lines end in another way, which a look at few bytes tells.
    if end - begin < 5 or line[end - 5] != _DOT or not line[end - 4 : end].isdigit():
        return None
    quote = line.rfind(b'"', begin, end)
    if quote < 0 or not _END.fullmatch(line, quote, end):
        return None
    time_at = ident = -1
    since = begin
    for match in _TIME.finditer(line, begin, quote):
        # Two blanks have an empty user between them.
        at = line.rfind(_IDENT, since, match.start())
        if at >= 0 and not _NO_USER.search(line, at, match.start()):
            ident, time_at = at, match.start() + 1
        since = match.end()
    if ident < 0:
        return None
    user = _stripped(line, ident + len(_IDENT), time_at - 1)
    return RackFront(_stripped(line, begin, ident), (ident + 1, ident + 2), user, time_at)


def _stripped(line: bytes, start: int, stop: int) -> Span:
    """Return where a field is between blanks; it may be empty."""
    stop = start + len(line[start:stop].rstrip(b" \t"))
    return stop - len(line[start:stop].lstrip(b" \t")), stop
