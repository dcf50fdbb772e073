"""The values of one well-formed line."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A well-formed line; the fields up to `lacks` are the columns of `records.SCHEMA`, in order."""

    time_us: int
    host: bytes
    section: bytes
    path: bytes | None
    method: bytes | None
    user: bytes | None
    referer: bytes | None
    agent: bytes | None
    status: int
    size_bytes: int | None
    duration_us: int | None = None
    upstream_us: int | None = None
    bytes_in: int | None = None
    vhost: bytes | None = None
    cache: bytes | None = None
    tls: bytes | None = None
    forwarded: bytes | None = None
    source: bytes | None = None
    server: bytes | None = None
    lacks: int | None = None
    kind: str = ""
    """Variant of the line: ``common``, ``vhost_combined``, …."""


NO_STATUS = 0
"""Status of a row whose line has none."""


NO_STATUS_TEXTS = (b"", b"-", b"-1", b"0", b"000")
"""Texts that servers write for a request without a status (Squid, CloudFront: 000; HAProxy: -1)."""
