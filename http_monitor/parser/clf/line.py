"""Reads one line of the Common Log Format family, whatever bytes it contains."""

import re
from typing import NamedTuple

from http_monitor.parser.clf.rack import RackFront, rack_front
from http_monitor.parser.clf.variants import Shape, kind_of
from http_monitor.parser.fields.clf_time import decode_time
from http_monitor.parser.fields.entry import NO_STATUS, NO_STATUS_TEXTS, Entry
from http_monitor.parser.fields.hosts import client_of, header_client_of, is_address
from http_monitor.parser.fields.request import split_request
from http_monitor.parser.fields.vhost import stands_in_front, vhost_name
from http_monitor.parser.lines.misfit import Misfit
from http_monitor.records import LACKS_AGENT

MAX_SIZE = (1 << 63) - 1


# All of these are linear in the line: after backtracking in a repetition, what follows never matches.
_FIELD, _BLANKS = rb"([^ \t]++)", rb"[ \t]++"
_FRONT = re.compile(rb"[ \t]*+" + _FIELD + _BLANKS + _FIELD + rb"([ \t]++)")
_VHOST_FRONT = re.compile(rb"[ \t]*+" + _FIELD + _BLANKS + _FIELD + _BLANKS + _FIELD + rb"([ \t]++)")
_LIST_FRONT = re.compile(rb"[ \t]*+((?:[^ \t]++(?<=,)[ \t]++)++([^ \t]++)(?<!,))" + _BLANKS + _FIELD + rb"([ \t]++)")
_SECOND = re.compile(_FIELD + _BLANKS)
_TWO_FIELDS = re.compile(rb"([^ \t,\[\"]++)[ \t]++([^ \t,\[\"]++)")
_WRAPPED = re.compile(rb'[ \t]*+"(?=[^ \t"]++(?:[ \t]|\Z)).*"', re.DOTALL)
_BRACKET = re.compile(rb"[ \t](\[)")
_TIME = re.compile(rb"\[[^\]]{1,30}\]", re.DOTALL)
_QUOTED = rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"'
_OPEN = re.compile(rb'[ \t]++"')
_STATUS_AND_SIZE = _BLANKS + rb"([1-9][0-9]{2}|000|0|-1|-)" + _BLANKS + rb"(-|[0-9]++)(?=[ \t]|\Z)"
_ESCAPED = re.compile(_BLANKS + _QUOTED + _STATUS_AND_SIZE, re.DOTALL)
_UNESCAPED_END = re.compile(rb'"' + _STATUS_AND_SIZE)
_REQUEST = re.compile(_BLANKS + _QUOTED, re.DOTALL)
_STATUS = re.compile(_BLANKS + rb"([1-9][0-9]{2}|000|0|-1|-)(?=[ \t]|\Z)")
_PAIR = re.compile(_BLANKS + _QUOTED + _BLANKS + _QUOTED, re.DOTALL)
_PAIR_ENDS = re.compile(rb"[ \t]|\Z")
_UNESCAPED_REFERER_END = re.compile(rb'"[ \t]++"')
_UNESCAPED_AGENT_END = re.compile(rb'"(?=[ \t]|\Z)')

Span = tuple[int, int]
"""Position of a field's first byte, and the position after its last one."""


class Located(NamedTuple):
    """The places of the fields of a line."""

    vhost: bool
    """Whether the line begins with a vhost."""
    spans: list[Span]
    """Vhost (if any), host, ident, user (none between two blanks), time, request, status, size, and referer and agent
    (if any); of a malformed line, the fields before the misfit."""
    misfit: Misfit | None
    """Why the line does not fit; None if it fits."""
    time_us: int = 0
    size: int | None = None
    rack: bool = False
    """Whether the host is a header of the request, as logged by Rack."""


def parse_line(line: bytes, shape: Shape) -> Entry | Misfit:
    """Return the fields of a line, or where and why it does not fit.

    Args:
        line: The line without its line end; not blank.
        shape: The format of the line.
    """
    vhost, spans, misfit, time_us, size, rack = locate(line, shape)
    if misfit is not None:
        return misfit
    texts = [line[start:stop] for start, stop in spans]
    front = texts.pop(0) if vhost else None
    host, _, user, _, request, status, _, *pair = texts
    client = header_client_of(host) if rack else client_of(host)
    split = split_request(request)
    return Entry(
        time_us=time_us,
        host=client.host,
        section=split.section,
        path=split.path,
        method=split.method,
        user=dash_to_none(user) or None,
        referer=dash_to_none(pair[0]) if pair else None,
        agent=dash_to_none(pair[1]) if pair else None,
        status=NO_STATUS if status in NO_STATUS_TEXTS else int(status),
        size_bytes=size,
        lacks=None if pair else LACKS_AGENT,
        vhost=None if front is None else vhost_name(front),
        forwarded=client.forwarded,
        kind=kind_of(vhost, bool(pair)),
    )


def locate(line: bytes, shape: Shape) -> Located:
    """Return the places of the fields of a line, as far as it fits.

    Args:
        line: As in `parse_line`.
        shape: The format of the line.
    """
    begin, end = 0, len(line)
    if line.endswith(b'"') and line.lstrip(b" \t").startswith(b'"') and _WRAPPED.fullmatch(line):
        # Some servers (LiteSpeed) write quotes around the whole line.
        begin, end = line.index(b'"') + 1, end - 1
    always = shape.vhost == "always"
    rack = None if always else rack_front(line, begin, end)
    if rack is not None:
        time_at = rack.time_at
        vhost, spans = _fields_of_rack(line, rack, shape)
    else:
        front = (_VHOST_FRONT if always else _FRONT).match(line, begin, end)
        # The time is the third field or the fourth; two blanks before it enclose an empty user.
        least = end if front is None else front.end()
        from_ = least - 1 if front is not None and front.end() - front.start(front.re.groups) >= 2 else least
        at = _BRACKET.search(line, from_, end)
        if front is None or at is None:
            before = "vhost, host, ident and user" if always else "host, ident and user"
            return Located(always, [], Misfit(end + 1, f"no time in [ ] after {before}"))
        time_at = at.start(1)
        vhost, spans = _fields_in_front(line, front, time_at, shape)
    time = _TIME.match(line, time_at, end)
    time_us = decode_time(time[0]) if time else "a time that is not like [10/Oct/2000:13:55:36 -0700]"
    if time is None or isinstance(time_us, str):
        # A line with an impossible time is still plainly meant to be one of the family.
        behind = [] if time is None else [time.span(), *_spans_before(line, time.end(), end)]
        return Located(vhost, [*spans, *behind], Misfit(time_at + 1, str(time_us)))
    spans.append(time.span())
    found = _request_to_size(line, time.end(), end)
    if isinstance(found, Misfit):
        return Located(vhost, [*spans, *_spans_before(line, time.end(), end)], found)
    spans += found
    # Python refuses to convert thousands of digits, so leading zeros are removed first.
    text = line[slice(*found[2])]
    size = None if text == b"-" else int(text.lstrip(b"0") or b"0")
    if shape.pair:
        spans += _pair(line, found[2][1], end)
    return Located(vhost, spans, None, time_us, size, rack is not None)


def _fields_in_front(line: bytes, front: re.Match[bytes], time_at: int, shape: Shape) -> tuple[bool, list[Span]]:
    """Return whether a line begins with a vhost, and the places of the fields up to the user."""
    if shape.vhost == "always":
        return True, [front.span(1), front.span(2), front.span(3), _user(line, front.end(), time_at)]
    if front[1].endswith(b","):
        listed = _LIST_FRONT.match(line, front.start(), time_at)
        if listed and is_address(listed[2]) and (listed.end() < time_at or len(listed[4]) >= 2):
            return False, [listed.span(1), listed.span(3), _user(line, listed.end(), time_at)]
    user = _user(line, front.end(), time_at)
    if shape.vhost == "auto" and front.end() < time_at and stands_in_front(front[1], front[2]):
        third = _SECOND.match(line, *user)
        if third:
            return True, [front.span(1), front.span(2), third.span(1), (third.end(), user[1])]
    return False, [front.span(1), front.span(2), user]


def _fields_of_rack(line: bytes, rack: RackFront, shape: Shape) -> tuple[bool, list[Span]]:
    """Return the same for a line of Rack, whose client is known to end there."""
    behind = [rack.ident, rack.user]
    two = _TWO_FIELDS.fullmatch(line, *rack.client)
    if two and shape.vhost == "auto" and stands_in_front(two[1], two[2]):
        return True, [two.span(1), two.span(2), *behind]
    return False, [rack.client, *behind]


def _user(line: bytes, start: int, stop: int) -> Span:
    """Return the place of a user that ends at the blanks before a time; it may contain separators."""
    return start, start + len(line[start:stop].rstrip(b" \t"))


def _request_to_size(line: bytes, at: int, end: int) -> list[Span] | Misfit:
    """Return the places of request, status and size after a time that ends there."""
    match = _ESCAPED.match(line, at, end)
    if match is not None and _is_size(match[3]):
        return [match.span(1), match.span(2), match.span(3)]
    opening = _OPEN.match(line, at, end)
    # A server without escapes: the request ends at the quote that a status and a size follow.
    closing = None if opening is None else _UNESCAPED_END.search(line, opening.end(), end)
    if opening is None or closing is None:
        return _misfit_in(line, at, end)
    if not _is_size(closing[2]):
        return Misfit(closing.start(2) + 1, "a size beyond 63 bits")
    return [(opening.end(), closing.start()), closing.span(1), closing.span(2)]


def _is_size(text: bytes) -> bool:
    digits = text.lstrip(b"0")
    return len(digits) < 19 or (len(digits) == 19 and int(digits) <= MAX_SIZE)


def _misfit_in(line: bytes, at: int, end: int) -> Misfit:
    """Return the misfit after a time that ends there."""
    request = _REQUEST.match(line, at, end)
    if request is None:
        return _misfit(line, at, end, 'no request in " " after the time')
    status = _STATUS.match(line, request.end(), end)
    if status is None:
        return _misfit(line, request.end(), end, "no status of three digits (100–999)")
    return _misfit(line, status.end(), end, "a size that is neither - nor digits")


def _spans_before(line: bytes, at: int, end: int) -> list[Span]:
    """Return the places of request and status in a malformed line, as far as it has them."""
    request = _REQUEST.match(line, at, end)
    status = None if request is None else _STATUS.match(line, request.end(), end)
    return [match.span(1) for match in (request, status) if match is not None]


def _pair(line: bytes, at: int, end: int) -> list[Span]:
    """Return the places of referer and agent after a size that ends there; empty if there are none."""
    match = _PAIR.match(line, at, end)
    if match is None or _PAIR_ENDS.match(line, match.end(), end) is None:
        opening = _OPEN.match(line, at, end)
        # Without escapes each one ends at a quote that is followed by what may follow it.
        between = None if opening is None else _UNESCAPED_REFERER_END.search(line, opening.end(), end)
        closing = None if between is None else _UNESCAPED_AGENT_END.search(line, between.end(), end)
        if opening is not None and between is not None and closing is not None:
            return [(opening.end(), between.start()), (between.end(), closing.start())]
    return [] if match is None else [match.span(1), match.span(2)]


def _misfit(line: bytes, at: int, end: int, reason: str) -> Misfit:
    """Return the misfit of what follows the separators after a field that ends there."""
    return Misfit(end - len(line[at:end].lstrip(b" \t")) + 1, reason)


def dash_to_none(value: bytes) -> bytes | None:
    """Return the value, or None for the dash that a server writes for an absent one."""
    return None if value == b"-" else value
