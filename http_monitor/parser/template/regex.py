"""Writes a template as regular expressions over the bytes of a line.

There are two, and if both match they agree. The *lenient* one lets a field contain the byte that ends it (a user with
spaces); only RE2 may run it, which is linear in the line. In the *strict* one a field ends at the first byte of what
follows it. No line matches it in two ways, so Python's own engine is linear too, and faster. An exact template has
only the strict one.

In both, a field is as short as possible, but a list as long as possible; within quotes a backslash escapes the next
byte; and anything after the last part is ignored.
"""

import re
from collections.abc import Iterator, Sequence

from http_monitor.parser.template.slot import ITEM
from http_monitor.parser.template.template import BACKSLASH, QUOTE, SPACES, Gap, Group, Part, Place, Template

_SEPARATOR = r"[ \t]+"
_WORD_ENDS = r"(?=[ ]|\Z)"


def lenient_pieces(parts: Sequence[Part]) -> list[str]:
    """Return the lenient expression of each part, for RE2; each is a group ``p`` followed by the part's number."""
    return [
        f"(?P<p{number}>{_lenient(part) if isinstance(part, Place) else piece})"
        for number, (part, piece) in enumerate(_with_literals(parts))
    ]


def lenient_pattern(pieces: Sequence[str], parts: Sequence[Part] | None = None) -> str:
    """Return the lenient expression for RE2.

    Args:
        pieces: The expressions of the first parts, or of all.
        parts: All parts if the line must end after them; None if anything may follow.
    """
    rest = "" if parts is None else _rest(parts[-1]) + "$"
    return rf"(?s)^(?P<start>[ \t]*){''.join(pieces)}{rest}"


def strict_pattern(template: Template) -> re.Pattern[bytes] | None:
    """Return the strict expression, for a full match, with one group per field in order.

    None if no byte separates two fields.
    """
    parts = template.parts
    if template.exact:
        rest = "" if template.whole else ".*"
        return re.compile(("".join(exact_pieces(parts)) + rest).encode(), re.DOTALL)
    pattern = r"[ \t]*+"
    for part, piece in _with_literals(parts):
        if isinstance(part, Place):
            if part.stops is None or (part.quoted and BACKSLASH in part.stops):
                return None
            pattern += f"({_strict(part)})"
        else:
            # Possessive: otherwise a long run would be retried from each of its bytes.
            pattern += piece.replace(_SEPARATOR, _SEPARATOR + "+")
    return re.compile((pattern + _rest(parts[-1])).encode(), re.DOTALL)


def exact_pieces(parts: Sequence[Part]) -> list[str]:
    """Return the expression of each part of an exact template; none of them backtracks."""
    pieces = []
    for part in parts:
        if isinstance(part, bytes):
            pieces.append(_escape(part))
        elif isinstance(part, Gap):
            pieces.append(" ++")
        elif isinstance(part, Group):
            pieces.append(f"(?:{''.join(exact_pieces(part.parts))})?+")
        else:
            pieces.append(f"(?>{_exact(part)})")
    return pieces


def pattern_of_typed(place: Place) -> str:
    """Return the expression of a field that has its own."""
    return place.slot.looks.replace(ITEM, _byte_but(SPACES + b"," + (place.stops or b"")))


def _with_literals(parts: Sequence[Part]) -> Iterator[tuple[Part, str]]:
    """Yield each part with the expression of its literal; empty for a field."""
    quoted = False
    for part in parts:
        pattern = ""
        for byte in part if isinstance(part, bytes) else b"":
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
        return f"(?:{pattern_of_typed(place)})"
    if place.slot.kind == "word" and not place.quoted:
        return begins + r"[^ \t]" + ("*?" if place.slot.begins or place.slot.empty else "+?")
    return begins + byte + ("*?" if place.quoted or place.slot.begins or place.slot.empty else "+?")


def _strict(place: Place) -> str:
    if place.slot.kind == "typed":
        # Atomic: if a list can end in one way, no other way may be tried.
        return f"(?>{pattern_of_typed(place)})"
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


def _exact(place: Place) -> str:
    slot, stops = place.slot, place.stops or b""
    if slot.kind == "quoted":
        return rf'"?+((?<=")[^"\\]*+(?:\\.[^"\\]*+)*+(?=")|(?<!")-{_WORD_ENDS})"?+'
    if slot.kind == "loose":
        return rf'"?+((?<=").*?(?="{_WORD_ENDS})|(?<!")-{_WORD_ENDS})"?+'
    if slot.kind == "doubled":
        return r'"([^"]*+(?:""[^"]*+)*+)"'
    if slot.kind == "last":
        mark = _byte_but(stops + b" ")
        return rf"([^ ]+)(?=[{_escape(stops)}]{mark}*+{_WORD_ENDS})"
    if slot.kind == "until" and slot.then:
        return rf"(.{'*' if slot.empty else '+'}?)(?={slot.then})"
    if slot.kind == "until":
        ends = "|".join(_escape(end) for end in slot.ends)
        return rf"(.{'*' if slot.empty else '+'}?)(?={ends}|\Z)"
    if slot.kind == "typed":
        return f"({slot.looks})" + (r"(?=\Z)" if place.fills else rf"(?=[ {_escape(stops)}]|\Z)")
    return f"({_byte_but(stops + b' ' if slot.kind == 'word' else stops)}{'*' if slot.empty else '+'}+)"


def _escape(text: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text)


def _byte_but(stops: bytes) -> str:
    return f"[^{_escape(stops)}]" if stops else "."


def _rest(last: Part) -> str:
    """Return the expression of what may follow the last part; a field without an end takes the rest of the line."""
    if isinstance(last, Place):
        return r"(?:[ \t].*)?" if last.ends_itself else ""
    return ".*"
