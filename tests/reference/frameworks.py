"""Slow, obvious readers of the lines that web frameworks and smaller servers write, from left to right.

A reader returns None for a line that records no finished request, and raises `NoFit` for one that does not fit.
"""

from collections.abc import Callable

from tests.reference.loose_line import Line, check
from tests.reference.proxies import (
    combined_iso,
    haproxy_clf,
    heroku_router,
    istio,
    nginx_cache_status,
    nginx_host_inside,
    npmplus,
    squid_combined,
)
from tests.reference.python_servers import (
    aiohttp,
    cherrypy,
    daphne,
    granian,
    httpserver,
    hypercorn,
    sanic,
    tornado,
    twisted,
    uwsgi,
)
from tests.reference.servers import _number, _status, _utc
from tests.reference.values import (
    DIGITS,
    NoFit,
    Row,
    all_in,
    clf_us,
    row_of,
    slashes_us,
)


def gin(text: bytes) -> Row | None:
    if text.startswith(b"[GIN-debug] "):
        return None
    line = Line(text)
    line.expect(b"[GIN] ")
    time = line.fixed(21)
    check(time[10:13] == b" - " and b"." not in time)
    line.expect(b" |")
    line.colour()
    line.gap()
    status = _status(line.word())
    line.expect(b" ")
    line.colour()
    line.expect(b"|")
    line.colour()
    line.gap()
    took = line.word()
    line.expect(b" ")
    line.colour()
    line.expect(b"|")
    line.gap()
    host = line.word()
    line.expect(b" |")
    line.colour()
    line.expect(b" ")
    method = line.word()
    line.gap()
    if line.rest().startswith(b"\x1b[0m "):
        line.at += 5
    texts = {"status": status, "duration": took, "host": host, "method": method, "target": line.quoted()}
    return row_of(texts, slashes_us(time), {"duration": "s"})


def rack(text: bytes) -> Row:
    line = Line(text)
    *claimed, client = line.upto(b" - ").replace(b", ", b",").split(b",")
    check(all(all_in(one, DIGITS + b"abcdefABCDEF:.") for one in claimed))
    check(client != b"" and b" " not in client and b'"' not in client)
    host = text[: line.at]
    line.expect(b" - ")
    (user,) = line.words(1)
    time_us = clf_us(line.in_brackets())
    line.expect(b' "')
    method, target = line.words(2)
    protocol = line.upto(b'" ')
    check(protocol.startswith(b"HTTP/") and all_in(protocol[5:], DIGITS + b"."))
    line.expect(b'" ')
    status, size = line.words(2)
    whole, dot, part = line.rest().partition(b".")
    check(all_in(whole, DIGITS) and dot != b"" and all_in(part, DIGITS) and len(part) == 4)
    texts = {"host": host, "user": user, "method": method, "target": target, "status": _status(status)}
    return row_of(texts | {"size": _number(size), "duration": line.rest()}, time_us, {"duration": "s"})


_NODE = (
    *(b"Starting up http-server", b"http-server version: ", b"http-server settings: ", b"CORS: ", b"Cache: "),
    *(b"Connection Timeout: ", b"Directory Listings: ", b"AutoIndex: ", b"Serve GZIP Files: ", b"Hit CTRL-C"),
    *(b"Serve Brotli Files: ", b"Default File Extension: ", b"Available on:", b"  http://", b"  https://"),
    b"http-server stopped",
)


def http_server_node(text: bytes) -> Row | None:
    try:
        line = Line(text)
        time_us = _utc(line.in_brackets())
        line.expect(b'  "')
        (method,) = line.words(1)
        target = line.until(lambda rest: rest.startswith(b'" "'))
        line.expect(b'" "')
        agent = line.until(lambda rest: rest == b'"')
        return row_of({"method": method, "target": target, "agent": agent}, time_us, {})
    except NoFit:
        if text.startswith(_NODE):
            return None
        stamp, bracket, rest = text.partition(b"]")
        inner = stamp.removeprefix(b"[").removesuffix(b"Z")
        check(bracket != b"" and len(inner) == len(stamp) - 2 and all_in(inner, DIGITS + b"T:.-"))
        check(rest.startswith(b'  "'))
        for at in range(3, len(rest)):
            code = rest[at + 9 : at + 12]
            if rest[at:].startswith(b'" Error (') and all_in(code, DIGITS) and rest[at + 12 :].startswith(b'): "'):
                return None
        raise


_ALL: tuple[Callable[[bytes], Row | None], ...] = (
    *(istio, npmplus, nginx_cache_status, nginx_host_inside, combined_iso, gin, haproxy_clf, squid_combined, uwsgi),
    *(hypercorn, granian, daphne, httpserver, aiohttp, tornado, cherrypy, sanic, twisted, http_server_node),
    *(heroku_router, rack),
)
READERS = {reader.__name__: reader for reader in _ALL} | {"werkzeug": httpserver}
"""By the name of the preset."""
