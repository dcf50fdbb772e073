"""Decodes JSON strings as bytes, and maps the decoded bytes to their places."""

import json
import re
from collections.abc import Sequence

_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_PIECE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)


def is_string(raw: bytes) -> bool:
    """Return whether the bytes are valid between the quotes of a JSON string."""
    return _STRING.fullmatch(raw) is not None


def ends_line(raw: bytes) -> bool:
    """Return whether a JSON string ends with an LF."""
    if not raw.endswith(b"\\n"):
        return False
    return (len(raw) - len(raw[:-1].rstrip(b"\\")) - 1) % 2 == 1


def unescape(raw: bytes) -> bytes:
    r"""Return the decoded JSON string as one line: an LF in it remains ``\n``, as it was written.

    Args:
        raw: The bytes between its quotes; returned unchanged if they are not a JSON string.
    """
    plain = raw if b"\\" not in raw else unescape_plain(raw)
    if plain is not None:
        return plain
    try:
        text: str = json.loads('"' + raw.decode("utf-8", "surrogateescape") + '"', strict=False)
    except ValueError:
        return raw
    return encode_line(text)


def encode_line(text: str) -> bytes:
    r"""Return the text as one line: an LF becomes ``\n``; bytes that were not UTF-8 are restored."""
    text = text.replace("\n", "\\n")
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def one_line(text: str) -> bytes:
    """Return the text as one line, without a final LF."""
    return encode_line(text.removesuffix("\n"))


def unescape_plain(raw: bytes) -> bytes | None:
    r"""Return the decoded JSON strings, one per line, if only quotes are escaped in them; else None.

    Args:
        raw: The strings, one per line; they may contain quotes that end them.
    """
    said = raw.translate(None, b"\\")
    escapes = len(raw) - len(said)
    # There is one backslash per quote, and each stands before a quote, so there are no other escapes or ends.
    if raw.count(b'"') != escapes or (escapes and raw.count(b'\\"') != escapes):
        return None
    return said


def with_places(raw: bytes) -> tuple[bytes, Sequence[int]]:
    """Return the decoded JSON string, and the place in `raw` of each decoded byte and of the end."""
    whole = unescape(raw)
    text = bytearray()
    places: list[int] = []
    for piece in _PIECE.finditer(raw):
        said = unescape(piece[0])
        text += said
        places += [piece.start()] * len(said)
    if bytes(text) != whole:
        # The string cannot be decoded piece by piece.
        return whole, [*range(len(whole)), len(raw)] if len(whole) <= len(raw) else [0] * (len(whole) + 1)
    return whole, [*places, len(raw)]
