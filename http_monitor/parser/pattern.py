"""Writes a LogFormat as regular expressions over the bytes of a line.

There are two, and where both match they agree. The *lenient* one lets a field hold what ends it (a user with
spaces); only RE2 may run it, which is linear in the line. In the *strict* one a field ends at the first byte of
what follows it; nothing in it can be matched in two ways, so that Python's own engine is linear too, and quicker.

What both have in common: a field is as short as it can be, a run of spaces or tabs separates as in the family,
within quotes a backslash escapes the next byte, and whatever follows the last part is ignored.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from http_monitor.parser.logformat import Directive
from http_monitor.parser.roles import Role, has_brackets

_SEPARATOR = r"[ \t]+"
_TIME = r"\[[^\]]{1,30}\]"
_BARE_TIME = r"[0-9]{1,2}/[A-Za-z]{3}/[0-9]{4}:[0-9:]{5,8} [+-][0-9]{4}"
_STATUS = "[1-9][0-9]{2}"
_NUMBER = "(?:-|[0-9]+)"
_SPACES = b" \t"
_QUOTE, _BACKSLASH, _QUESTION = b'"', b"\\", b"?"


@dataclass(frozen=True, slots=True)
class Place:
    """A directive where it stands."""

    directive: Directive
    role: Role | None
    """Which field of a row it gives; None: it is matched and ignored."""
    quoted: bool
    """Whether it stands within quotes."""
    stops: bytes | None
    """The bytes that end it: the first ones of what follows. Empty at the end of the line; None: not known."""


def find_places(parts: Sequence[str | Directive], roles: Mapping[Role, Directive]) -> list[str | Place]:
    """Return the parts of a LogFormat with what is known about the place of each directive."""
    role_of = {directive: role for role, directive in roles.items()}
    places: list[str | Place] = []
    quoted = False
    for index, part in enumerate(parts):
        if isinstance(part, str):
            quoted ^= part.count('"') % 2 == 1
            places.append(part)
        else:
            # Where the same directive stands twice, the first one is kept.
            places.append(Place(part, role_of.pop(part, None), quoted, _stops(parts, index, quoted)))
    return places


def lenient_pieces(places: Sequence[str | Place]) -> list[str]:
    """Return the lenient expression of each part, for RE2."""
    return [piece if isinstance(place, str) else _lenient(place) for place, piece in _with_literals(places)]


def lenient_pattern(pieces: Sequence[str], places: Sequence[str | Place] | None = None) -> str:
    """Return the lenient expression for RE2.

    Args:
        pieces: Those of the first parts, or of all.
        places: All parts when the line must end after them; None when anything may follow.
    """
    rest = "" if places is None else _rest(places[-1]) + "$"
    return rf"(?s)^(?P<start>[ \t]*{''.join(pieces)}){rest}"


def strict_pattern(places: Sequence[str | Place]) -> re.Pattern[bytes] | None:
    """Return the strict expression, for a full match; None where no byte divides two directives."""
    pattern = r"[ \t]*+"
    for place, piece in _with_literals(places):
        if not isinstance(place, str):
            if place.stops is None or (place.quoted and _BACKSLASH in place.stops):
                return None
            piece = _strict(place)
        # Possessive, or a long run would be tried again from each of its bytes.
        pattern += piece.replace(_SEPARATOR, _SEPARATOR + "+")
    return re.compile((pattern + _rest(places[-1])).encode(), re.DOTALL)


def _stops(parts: Sequence[str | Directive], index: int, quoted: bool) -> bytes | None:
    if index + 1 == len(parts):
        return b""
    following = parts[index + 1]
    if isinstance(following, str):
        first = following.encode("utf-8", "surrogateescape")[:1]
        return _SPACES if first in _SPACES and not quoted else first
    # A query begins with its own mark, or is not there.
    after = _stops(parts, index + 1, quoted) if following.letter == "q" else None
    return None if after is None else _QUESTION + after


def _with_literals(places: Sequence[str | Place]) -> Iterator[tuple[str | Place, str]]:
    """Yield each part with the expression of its text, empty for a directive."""
    quoted = False
    for place in places:
        pattern = ""
        for byte in place.encode("utf-8", "surrogateescape") if isinstance(place, str) else b"":
            if byte in _SPACES and not quoted:
                pattern = pattern.removesuffix(_SEPARATOR) + _SEPARATOR
            else:
                quoted ^= byte == ord(_QUOTE)
                pattern += f"\\x{byte:02x}"
        yield place, pattern


def _lenient(place: Place) -> str:
    byte = r'(?:[^"\\]|\\.)' if place.quoted else "."
    if place.directive.letter == "q":
        pattern = rf"(?:\?{byte}*?)?"
    elif place.role == "host" and not place.quoted:
        pattern = r"[^ \t]+?"
    else:
        pattern = _typed(place) or byte + ("*?" if place.quoted else "+?")
    return _named(place, pattern)


def _strict(place: Place) -> str:
    stops = place.stops or b""
    if place.role == "host":
        stops += _SPACES
    if place.quoted:
        inner = _byte_but(stops + _QUOTE + _BACKSLASH)
        some = rf"{inner}*+(?:\\.{inner}*+)*"
    else:
        some = _byte_but(stops) + "*+"
    if place.directive.letter == "q":
        pattern = rf"(?:\?{some})?"
    else:
        pattern = _typed(place) or (some if place.quoted else some.removesuffix("*+") + "++")
    return _named(place, pattern)


def _typed(place: Place) -> str | None:
    """Return the expression of a directive that logs only numbers or a time."""
    if place.role == "time":
        return _TIME if has_brackets(place.directive) else _BARE_TIME
    if place.role == "status":
        return _STATUS
    return _NUMBER if place.role == "size" or place.directive.letter == "p" else None


def _named(place: Place, pattern: str) -> str:
    return f"(?P<{place.role}>{pattern})" if place.role else f"(?:{pattern})"


def _byte_but(stops: bytes) -> str:
    return "[^" + "".join(f"\\x{byte:02x}" for byte in stops) + "]" if stops else "."


def _rest(last: str | Place) -> str:
    """Return what may follow the last part of a LogFormat; a field without an end of its own takes it all."""
    if isinstance(last, str):
        return ".*"
    ends_itself = _typed(last) is not None or (last.role == "host" and not last.quoted)
    return r"(?:[ \t].*)?" if ends_itself else ""
