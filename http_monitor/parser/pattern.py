"""Writes a template as regular expressions over the bytes of a line.

There are two, and where both match they agree. The *lenient* one lets a field hold what ends it (a user with
spaces); only RE2 may run it, which is linear in the line. In the *strict* one a field ends at the first byte of
what follows it; nothing in it can be matched in two ways, so that Python's own engine is linear too, and quicker.

What both have in common: a field is as short as it can be, but a list as long as it can be; within quotes a
backslash escapes the next byte; and whatever follows the last part is ignored.
"""

import re
from collections.abc import Iterator, Sequence

from http_monitor.parser.slot import ITEM
from http_monitor.parser.template import BACKSLASH, QUOTE, SPACES, Part, Place

_SEPARATOR = r"[ \t]+"


def lenient_pieces(parts: Sequence[Part]) -> list[str]:
    """Return the lenient expression of each part, for RE2; each is a group ``p`` with the number of the part."""
    return [
        f"(?P<p{number}>{_lenient(part) if isinstance(part, Place) else piece})"
        for number, (part, piece) in enumerate(_with_literals(parts))
    ]


def lenient_pattern(pieces: Sequence[str], parts: Sequence[Part] | None = None) -> str:
    """Return the lenient expression for RE2.

    Args:
        pieces: Those of the first parts, or of all.
        parts: All parts when the line must end after them; None when anything may follow.
    """
    rest = "" if parts is None else _rest(parts[-1]) + "$"
    return rf"(?s)^(?P<start>[ \t]*){''.join(pieces)}{rest}"


def strict_pattern(parts: Sequence[Part]) -> re.Pattern[bytes] | None:
    """Return the strict expression, for a full match, with a group for each field in order.

    None where no byte divides two fields.
    """
    pattern = r"[ \t]*+"
    for part, piece in _with_literals(parts):
        if isinstance(part, Place):
            if part.stops is None or (part.quoted and BACKSLASH in part.stops):
                return None
            pattern += f"({_strict(part)})"
        else:
            # Possessive, or a long run would be tried again from each of its bytes.
            pattern += piece.replace(_SEPARATOR, _SEPARATOR + "+")
    return re.compile((pattern + _rest(parts[-1])).encode(), re.DOTALL)


def typed_pattern(place: Place) -> str:
    """Return the expression of a field that has one of its own."""
    return place.slot.looks.replace(ITEM, _byte_but(SPACES + b"," + (place.stops or b"")))


def _with_literals(parts: Sequence[Part]) -> Iterator[tuple[Part, str]]:
    """Yield each part with the expression of its text, empty for a field."""
    quoted = False
    for part in parts:
        pattern = ""
        for byte in b"" if isinstance(part, Place) else part:
            if byte in SPACES and not quoted:
                pattern = pattern.removesuffix(_SEPARATOR) + _SEPARATOR
            else:
                quoted ^= byte == ord(QUOTE)
                pattern += f"\\x{byte:02x}"
        yield part, pattern


def _lenient(place: Place) -> str:
    byte = r'(?:[^"\\]|\\.)' if place.quoted else "."
    begins = re.escape(place.slot.begins.decode())
    if place.slot.kind == "query":
        return rf"(?:\?{byte}*?)?"
    if place.slot.kind == "typed":
        return f"(?:{typed_pattern(place)})"
    if place.slot.kind == "word" and not place.quoted:
        return begins + r"[^ \t]" + ("*?" if place.slot.begins or place.slot.empty else "+?")
    return begins + byte + ("*?" if place.quoted or place.slot.begins or place.slot.empty else "+?")


def _strict(place: Place) -> str:
    if place.slot.kind == "typed":
        # Atomic: what ends a list in one way must not be tried in another.
        return f"(?>{typed_pattern(place)})"
    stops = place.stops or b""
    if place.slot.kind == "word" and not place.quoted:
        stops += SPACES
    begins = re.escape(place.slot.begins.decode())
    if place.quoted:
        inner = _byte_but(stops + QUOTE + BACKSLASH)
        some = rf"{inner}*+(?:\\.{inner}*+)*+"
    else:
        some = _byte_but(stops) + "*+"
    if place.slot.kind == "query":
        return rf"(?:\?{some})?"
    if place.quoted or begins or place.slot.empty:
        return begins + some
    return some.removesuffix("*+") + "++"


def _byte_but(stops: bytes) -> str:
    return "[^" + "".join(f"\\x{byte:02x}" for byte in stops) + "]" if stops else "."


def _rest(last: Part) -> str:
    """Return what may follow the last part of a line; a field without an end of its own takes it all."""
    if isinstance(last, bytes):
        return ".*"
    return r"(?:[ \t].*)?" if last.ends_itself else ""
