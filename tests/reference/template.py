"""The slow, obvious reader of a text format: parts are tried from left to right, shortest field first.

It is the oracle of the expressions and the columns, so it shares no expression with them; of a template it takes
the parts as data. It goes back where a field was too short, so its lines must be short.
"""

from collections.abc import Iterator, Sequence

from http_monitor.parser.template import slot
from http_monitor.parser.template.template import Part, Place

_SPACES = b" \t"


def find_fields(line: bytes, parts: Sequence[Part]) -> list[bytes] | None:
    """Return the text of each field of a line, None where it does not fit."""
    at = len(line) - len(line.lstrip(_SPACES))
    # A space of the format in front asks for one of those.
    starts = range(at, -1, -1)
    for start in starts:
        found = _from(line, start, parts, 0, {})
        if found is not None:
            return found
    return None


def _from(
    line: bytes, at: int, parts: Sequence[Part], number: int, dead: dict[tuple[int, int], bool]
) -> list[bytes] | None:
    if number == len(parts):
        return [] if _may_end(line, at, parts[-1]) else None
    if (number, at) in dead:
        return None
    part = parts[number]
    if isinstance(part, Place):
        for stop in _stops(line, at, part):
            rest = _from(line, stop, parts, number + 1, dead)
            if rest is not None:
                return [line[at:stop], *rest]
    else:
        assert isinstance(part, bytes), "another part stands only in exact templates, which are read otherwise"
        quoted = sum(piece.count(b'"') for piece in parts[:number] if isinstance(piece, bytes)) % 2 == 1
        for stop in _after(line, at, part, quoted):
            rest = _from(line, stop, parts, number + 1, dead)
            if rest is not None:
                return rest
    dead[number, at] = True
    return None


def _may_end(line: bytes, at: int, last: Part) -> bool:
    if not isinstance(last, Place) or at == len(line):
        return True
    ends_itself = last.slot.kind == "typed" or (last.slot.kind == "word" and not last.quoted)
    return ends_itself and line[at] in _SPACES


def _after(line: bytes, at: int, literal: bytes, quoted: bool) -> Iterator[int]:
    """Yield where a literal may end, the farthest first: only a run of spaces at its end leaves a choice."""
    index = 0
    run_from = -1
    while index < len(literal):
        if literal[index] in _SPACES and not quoted:
            while index < len(literal) and literal[index] in _SPACES:
                index += 1
            run_from = at
            while at < len(line) and line[at] in _SPACES:
                at += 1
            if at == run_from:
                return
            continue
        if at >= len(line) or line[at] != literal[index]:
            return
        quoted ^= literal[index] == ord('"')
        run_from = -1
        index, at = index + 1, at + 1
    yield from range(at, run_from, -1) if run_from >= 0 else (at,)


def _stops(line: bytes, at: int, place: Place) -> Iterator[int]:
    """Yield where a field may end, in the order in which that is tried."""
    if place.slot.looks in (slot.ADDRESSES, slot.REQUEST):
        yield from _as_expected_or_not(line, at, place)
        return
    if place.slot.kind == "typed":
        yield from (stop for stop in range(len(line), at, -1) if _is_typed(line[at:stop], place.slot.looks))
        return
    if place.slot.kind == "query":
        yield at
        if line[at : at + 1] != b"?":
            return
    elif place.quoted or place.slot.empty:
        yield at
    stop = at
    while stop < len(line):
        if place.quoted and line[stop] == ord('"'):
            return
        if place.slot.kind == "word" and not place.quoted and line[stop] in _SPACES:
            return
        escaped = place.quoted and line[stop] == ord("\\")
        stop += 2 if escaped else 1
        if stop <= len(line):
            yield stop


def _as_expected_or_not(line: bytes, at: int, place: Place) -> Iterator[int]:
    """Yield where a field may end: first as its kind has it, then as soon as anything fits."""
    ends = range(at + 1, len(line) + 1)
    if place.slot.looks == slot.REQUEST:
        for stop in ends:
            before, mark, version = line[at:stop].rpartition(b" HTTP/")
            word, space, target = before.partition(b" ")
            number, dot, part = version.partition(b".")
            whole = mark and word and space and target and _digits(number) and (_digits(part) if dot else True)
            # A number is as long as it can be, unless nothing fits then.
            if whole:
                yield from sorted((other for other in ends if _same_request(line, at, stop, other)), reverse=True)
                break
    else:
        byte = set(b" \t," + (place.stops or b""))
        yield from (stop for stop in reversed(ends) if _is_list(line[at:stop], byte))
    yield from ends


def _same_request(line: bytes, at: int, stop: int, other: int) -> bool:
    before = line[at:stop].rpartition(b" HTTP/")[0]
    if not line[at:other].startswith(before + b" HTTP/"):
        return False
    number, dot, part = line[at + len(before) + len(b" HTTP/") : other].partition(b".")
    return _digits(number) and (_digits(part) if dot else True)


def _digits(text: bytes) -> bool:
    return bool(text) and all(byte in b"0123456789" for byte in text)


def _is_list(text: bytes, ends: set[int]) -> bool:
    first, *others = text.split(b",")
    items = [first, *(item.lstrip(b" ") for item in others)]
    return all(item and not any(byte in ends for byte in item) for item in items)


def _is_typed(text: bytes, looks: str) -> bool:
    digits = b"0123456789"

    def number(item: bytes) -> bool:
        return item == b"-" or (bool(item) and all(byte in digits for byte in item))

    def seconds(item: bytes) -> bool:
        whole, dot, part = item.partition(b".")
        return bool(whole) and dot == b"." and len(part) == 3 and all(byte in digits for byte in whole + part)

    items = text.replace(b" : ", b", ").split(b", ")
    if looks == slot.STATUS:
        return len(text) == 3 and number(text) and text[:1] != b"0"
    if looks == slot.STATUS_OR_NONE:
        return text in (b"000", b"0", b"-1", b"-") or (len(text) == 3 and number(text) and text[:1] != b"0")
    if looks == slot.NUMBER:
        return number(text)
    if looks == slot.SECONDS:
        return seconds(text)
    if looks == slot.CLF_BRACKETED:
        return text[:1] == b"[" and text.find(b"]") == len(text) - 1 and 3 <= len(text) <= 32
    if looks == slot.CLF_BARE:
        # Only whole times are tried: what else the expression takes is no time in the end.
        clock, _, zone = text.rpartition(b" ")
        ends = zone in (b"UTC", b"GMT", b"Z") or (len(zone) == 5 and zone[:1] in (b"+", b"-"))
        return ends and len(clock) in (19, 20) and text.count(b"/") == 2 and text.count(b":") == 3
    if looks == slot.LIST_OF_NUMBERS:
        return all(number(item) for item in items)
    if looks == slot.LIST_OF_SECONDS:
        return all(item == b"-" or seconds(item) for item in items)
    if looks == slot.NAME:
        return bool(text) and not any(byte in _SPACES for byte in text) and any(byte not in digits for byte in text)
    assert looks == slot.LIST
    return all(item and not any(byte in b" \t," for byte in item) for item in items)
