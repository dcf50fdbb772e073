"""What one request was, and random ones."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
"""The columns of `records.SCHEMA`; the time in microseconds."""


@dataclass(frozen=True)
class Hit:
    """What one request was."""

    at_us: int
    host: bytes
    user: bytes | None
    method: bytes
    target: bytes
    """Begins with a slash."""
    status: int
    size: int
    bytes_in: int
    took_us: int
    upstream_us: int
    vhost: bytes
    referer: bytes | None
    agent: bytes | None
    cache: bytes
    tls: bytes
    forwarded: bytes | None


Writer = Callable[[Hit], tuple[bytes, Row]]
"""Returns a line and what it says of a hit besides what every line says."""


def some_hit(source: random.Random, at_us: int) -> Hit:
    """Return a request as sites see them, some with rarer bytes."""
    choose = source.choice
    agents = (b"curl/8.5.0", b"Mozilla/5.0 (X11; Linux x86_64) Firefox/%d.0" % source.randint(1, 140))
    odd = (b'say "hi", now', b"back\\slash", "Zoë".encode(), b"\xff\xfe", b"a, b; c", b"[x]", b"{y}")
    return Hit(
        at_us=at_us,
        host=choose((b"192.0.2.%d" % source.randint(1, 254), b"2001:db8::%x" % source.randint(1, 999))),
        user=choose((None, None, None, b"anna", b"o'neil")),
        method=choose((b"GET", b"GET", b"GET", b"POST", b"HEAD")),
        target=b"/s%d/p%d%b" % (source.randint(0, 20), source.randint(0, 200), choose((b"", b"", b"?id=%d" % at_us))),
        status=choose((200, 200, 200, 304, 404, 503)),
        size=source.randint(0, 60_000),
        bytes_in=source.randint(0, 900),
        took_us=source.randint(0, 2_000_000),
        upstream_us=source.randint(0, 1_000_000),
        vhost=choose((b"shop.example", b"www.example.org")),
        referer=choose((None, None, b"https://www.example.org/from/%d" % source.randint(0, 999))),
        agent=choose((None, *agents * 6, choose(odd))),
        cache=choose((b"HIT", b"MISS")),
        tls=choose((b"TLSv1.2", b"TLSv1.3")),
        forwarded=choose((None, b"198.51.100.4", b"198.51.100.4, 192.0.2.9")),
    )


def any_hit(source: random.Random) -> Hit:
    """Return a request at any time."""
    return some_hit(source, source.choice((source.randint(10**15, 4 * 10**15), 1_760_097_336_000_000)))
