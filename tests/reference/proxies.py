"""Slow, obvious readers of what proxies and variants of the family write, from left to right."""

from collections.abc import Callable

from tests.reference.loose_line import CAPITALS, Line, Shows, check, iso_zoned_us, read_pair, signed, with_milliseconds
from tests.reference.servers import _address, _digits, _Line, _number, _status, _tail, _utc
from tests.reference.values import (
    DIGITS,
    LETTERS,
    Row,
    all_in,
    clf_us,
    row_of,
)


def istio(text: bytes) -> Row:
    line = Line(text)
    time_us = _utc(line.in_brackets())
    line.expect(b" ")
    request = line.loose()
    line.expect(b" ")
    status, _, _ = line.words(3)
    line.upto(b' "')
    line.expect(b" ")
    line.loose()
    line.expect(b" ")
    received, sent, took, upstream = line.words(4)
    found = []
    for _ in range(5):
        found.append(line.loose())
        line.expect(b" ")
    *_, remote, _ = line.words(5)
    line.word()
    texts = {
        "request": request,
        "status": _status(status),
        "bytes_in": _number(received),
        "size": _number(sent),
        "duration": took,
        "upstream": upstream,
        "forwarded": found[0],
        "agent": found[1],
        "vhost": found[3],
        "host": _address(remote),
    }
    return row_of(texts, time_us, {"duration": "ms", "upstream": "ms"})


def npmplus(text: bytes) -> Row:
    line = Line(text)
    time_us = clf_us(line.in_brackets())
    line.expect(b" ")
    vhost, host, took = line.words(3)
    request = line.quoted()
    line.expect(b" ")
    status, size, sent, referer = line.words(4)
    _number(sent)
    check(line.rest() != b"")
    texts = {
        "vhost": vhost,
        "host": host,
        "duration": with_milliseconds(took),
        "request": request,
        "status": _status(status),
        "size": _number(size),
        "referer": referer,
        "agent": line.rest(),
    }
    return row_of(texts, time_us, {"duration": "s"})


def _family_with(text: bytes, role: str | None, looks: Shows, time_of: Callable[[bytes], int]) -> Row:
    line = Line(text)
    host, _ = line.words(2)
    user = line.upto(b" [")
    line.expect(b" ")
    time_us = time_of(line.in_brackets())
    line.expect(b" ")
    texts: dict[str, bytes | None] = {"host": host, "user": user}
    if role is not None:
        (texts[role],) = line.words(1)
        check(looks(texts[role] or b""))
    texts["request"] = line.quoted()
    line.expect(b" ")
    (status,) = line.words(1)
    texts |= {"status": _status(status), "size": _number(line.word())}
    return row_of(texts | _tail(line, ("referer", _Line.quoted), ("agent", _Line.quoted)), time_us, {})


_CACHE = (b"HIT", b"MISS", b"BYPASS", b"EXPIRED", b"STALE", b"UPDATING", b"REVALIDATED", b"SCARCE", b"-")


def nginx_cache_status(text: bytes) -> Row:
    return _family_with(text, "cache", lambda word: word in _CACHE, clf_us)


def nginx_host_inside(text: bytes) -> Row:
    return _family_with(text, "vhost", _is_name, clf_us)


def _is_name(text: bytes) -> bool:
    name, colon, port = text.rpartition(b":")
    if not colon or not all_in(port, DIGITS):
        name = text
    inner = name.removeprefix(b"[").removesuffix(b"]")
    if len(inner) == len(name) - 2:
        return all_in(inner, DIGITS + b"abcdefABCDEF:.")
    first, dot, others = name.partition(b".")
    letters = LETTERS + DIGITS + b"-_"
    return name == b"localhost" or (
        bool(dot) and all_in(first, letters) and (not others or all_in(others, letters + b"."))
    )


def combined_iso(text: bytes) -> Row:
    return _family_with(text, None, bool, iso_zoned_us)


def haproxy_clf(text: bytes) -> Row:
    line = Line(text)
    (host,) = line.words(1)
    line.expect(b"- - ")
    time_us = clf_us(line.in_brackets())
    line.expect(b" ")
    request = line.loose()
    line.expect(b" ")
    status, size = line.words(2)
    line.expect(b'"" "" ')
    check(all(all_in(number, DIGITS) for number in line.words(2)))
    for _ in range(3):
        line.loose()
        line.expect(b" ")
    *timers, took, termination = line.words(6)
    check(len(termination) == 4)
    _digits(line.word())
    texts = {
        "host": host,
        "request": request,
        "status": _status(status),
        "size": _digits(size.removeprefix(b"+")),
        "upstream": [signed(timer) for timer in timers][3],
        "duration": signed(took.removeprefix(b"+")),
    }
    return row_of(texts, time_us, {"duration": "ms", "upstream": "ms"})


def squid_combined(text: bytes) -> Row:
    def ends(rest: bytes) -> bool:
        result, colon, hierarchy = rest[2:].partition(b":")
        capitals = CAPITALS + b"_"
        return rest.startswith(b'" ') and all_in(result, capitals) and colon != b"" and all_in(hierarchy, capitals)

    line = Line(text)
    host, _ = line.words(2)
    user = line.upto(b" [")
    line.expect(b" ")
    time_us = clf_us(line.in_brackets())
    line.expect(b" ")
    request = line.request()
    line.expect(b" ")
    status, size = line.words(2)
    texts = {"host": host, "user": user, "request": request, "status": _status(status), "size": _number(size)}
    pair = read_pair(line, ends)
    line.expect(b" ")
    return row_of(texts | pair | {"cache": line.upto(b":")}, time_us, {})


def heroku_router(text: bytes) -> Row:
    line = Line(text)
    time_us = iso_zoned_us(line.word())
    line.expect(b" heroku[router]:")

    def value(name: bytes) -> bytes:
        line.expect(b" " + name + b"=")
        return line.before(b" ")

    if line.rest().startswith(b" sock="):
        value(b"sock")
    value(b"at")
    if line.rest().startswith(b" code="):
        value(b"code")
        line.expect(b" desc=")
        line.quoted()
    method = value(b"method")
    line.expect(b' path="')
    target = line.before(b'" host=')
    line.expect(b'"')
    vhost = value(b"host")
    value(b"request_id")
    line.expect(b' fwd="')
    host = line.before(b'" dyno=')
    line.expect(b'"')
    value(b"dyno")
    value(b"connect")
    took = value(b"service")
    status = value(b"status")
    size = value(b"bytes")
    texts = {"method": method, "target": target, "vhost": vhost, "host": host, "duration": took}
    return row_of(texts | {"status": _status(status), "size": size}, time_us, {"duration": "ms"})
