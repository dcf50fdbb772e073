"""Shortens long keys of a log to what tables, views and filters know them by."""

import re

MAX_KEY_BYTES = 2_048
"""Longer keys keep a prefix of this length; the rest becomes a hash that keeps keys distinct."""
HASH_DIGITS = 16
_MARK = "…#".encode()
_SHORTENED = re.compile(rb".{%d}%b[0-9a-f]{%d}" % (MAX_KEY_BYTES, _MARK, HASH_DIGITS), re.DOTALL)


def shorten(key: bytes) -> bytes:
    """Return a key as all tables and outputs show it: unchanged, or its first 2,048 bytes, ``…#`` and 16 hex digits.

    The digits begin the SHA-256 of the whole key. No unshortened key of the log looks like that: it would have to be
    longer than 2,048 bytes.
    """
    if len(key) <= MAX_KEY_BYTES:
        return key
    from hashlib import sha256  # noqa: PLC0415 - most logs have no key that long, and it brings OpenSSL along

    return key[:MAX_KEY_BYTES] + _MARK + sha256(key).hexdigest()[:HASH_DIGITS].encode()


def as_shown(text: bytes) -> bytes:
    """Return what tables show for a text that a user gives: the whole key, or what they show for it already."""
    return text if _SHORTENED.fullmatch(text) else shorten(text)
