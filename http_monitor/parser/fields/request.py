"""Splits a request into method, section and endpoint (docs/ARCHITECTURE.md, "What a line means")."""

import re
from typing import NamedTuple

CONNECT = b"CONNECT"
SECTION_CONNECT = b"(connect)"
SECTION_NONE = b"(none)"

METHOD = re.compile(rb"[A-Za-z_-]+")
"""A whole method."""

# Absolute form (RFC 9112, 3.2.2): any scheme, then an authority that ends at the path, the query or a fragment.
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


class Request(NamedTuple):
    """A request as it is counted."""

    method: bytes | None
    section: bytes
    path: bytes | None
    """The endpoint; None in section ``(none)``."""


NO_REQUEST = Request(None, SECTION_NONE, None)


def split_request(request: bytes) -> Request:
    """Return the method, section and endpoint of a logged request line."""
    method, _, rest = request.partition(b" ")
    # With a leading space the version is found even if only the method precedes it.
    target, _, version = (b" " + rest).rpartition(b" ")
    target = target[1:] if version.startswith(b"HTTP/") else rest
    # Jetty writes "- - -" if it could not read a request.
    if not target or method == b"-" or METHOD.fullmatch(method) is None:
        return NO_REQUEST
    return classify(method, target)


def classify(method: bytes, target: bytes) -> Request:
    """Return the method, section and endpoint for a method and a target.

    Args:
        method: The word before the target.
        target: Not empty; in origin form, absolute form, ``*``, an authority, or invalid.
    """
    if method == CONNECT:
        return Request(method, SECTION_CONNECT, target)
    if target == b"*":
        return Request(method, target, target)
    if target[:1] != b"/":
        authority = _ABSOLUTE.match(target)
        if authority is None:
            return Request(method, SECTION_NONE, None)
        target = target[authority.end() :]
        if target[:1] != b"/":
            target = b"/"
    path = target.partition(b"?")[0]
    return Request(method, section_of(path), path)


def section_of(path: bytes) -> bytes:
    """Return the part of a path before its second slash; the path begins with a slash."""
    second = path.find(b"/", 1)
    return path if second < 0 else path[:second]
