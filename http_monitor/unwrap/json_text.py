"""JSON strings as bytes: whether they are some, what they say, and where each byte of that stands."""

import json
import re
from collections.abc import Sequence

_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_PIECE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)


def is_string(raw: bytes) -> bool:
    """Tell whether bytes are what may stand between the quotes of a JSON string."""
    return _STRING.fullmatch(raw) is not None


def ends_line(raw: bytes) -> bool:
    """Tell whether the last that a JSON string says is an LF."""
    if not raw.endswith(b"\\n"):
        return False
    return (len(raw) - len(raw[:-1].rstrip(b"\\")) - 1) % 2 == 1


def unescaped(raw: bytes) -> bytes:
    r"""Return what a JSON string says, in one line: an LF in it stays as ``\n``, as it was written.

    Args:
        raw: What stands between its quotes; what is no JSON string stays as it is.
    """
    plain = raw if b"\\" not in raw else plainly_unescaped(raw)
    if plain is not None:
        return plain
    try:
        text: str = json.loads('"' + raw.decode("utf-8", "surrogateescape") + '"', strict=False)
    except ValueError:
        return raw
    return encoded(text)


def encoded(text: str) -> bytes:
    r"""Return a text as one line: an LF in it becomes ``\n``; what UTF-8 cannot say stays the bytes it was."""
    text = text.replace("\n", "\\n")
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def one_line(text: str) -> bytes:
    """Return a text as one line, without the LF that may end it."""
    return encoded(text.removesuffix("\n"))


def plainly_unescaped(raw: bytes) -> bytes | None:
    r"""Return what JSON strings say, one a line, where nothing but quotes is escaped in them; None for any others.

    Args:
        raw: The strings, maybe with quotes in them that end them.
    """
    said = raw.translate(None, b"\\")
    escapes = len(raw) - len(said)
    # As many as there are quotes, and each in front of one: so no escape and no string ends elsewhere.
    if raw.count(b'"') != escapes or (escapes and raw.count(b'\\"') != escapes):
        return None
    return said


def with_places(raw: bytes) -> tuple[bytes, Sequence[int]]:
    """Return what a JSON string says, and for each byte of it where it stands in the string, one more for its end."""
    whole = unescaped(raw)
    text = bytearray()
    places: list[int] = []
    for piece in _PIECE.finditer(raw):
        said = unescaped(piece[0])
        text += said
        places += [piece.start()] * len(said)
    if bytes(text) != whole:
        # What it says cannot be told piece by piece.
        return whole, [*range(len(whole)), len(raw)] if len(whole) <= len(raw) else [0] * (len(whole) + 1)
    return whole, [*places, len(raw)]
