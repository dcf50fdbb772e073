"""Writes a hit as frameworks and smaller servers do."""

from tests.written.family import common, raw_pair, with_pair
from tests.written.hit import Hit, Row
from tests.written.texts import (
    asctime,
    clf_time,
    cut,
    dash,
    escape,
    iso_time,
    local_time,
    moment,
    request_line,
    spaced_iso_time,
    to_second,
)


def gin(hit: Hit) -> tuple[bytes, Row]:
    at = f"{moment(hit.at_us):%Y/%m/%d - %H:%M:%S}".encode()
    seconds = hit.took_us // 10**6
    took = {
        b"HIT": b"%d.%03dms" % divmod(hit.took_us, 1000),
        b"MISS": b"%dm%d.5s" % divmod(seconds, 60) if seconds > 1 else b"%d\xc2\xb5s" % hit.took_us,
    }[hit.cache]
    took_us = hit.took_us if hit.cache == b"HIT" or seconds <= 1 else seconds * 10**6 + 500_000
    colour, plain = (b"\x1b[97;42m", b"\x1b[0m") if hit.tls == b"TLSv1.2" else (b"", b"")
    line = b'[GIN] %b |%b %3d %b| %13b | %15b |%b %-7b %b "%b"' % (
        *(at, colour, hit.status, plain, took, hit.host, colour, hit.method, plain, hit.target),
    )
    return line, {"time": cut(hit.at_us, 10**6), "duration_us": took_us}


def rack(hit: Hit) -> tuple[bytes, Row]:
    line, said = common(hit)
    return line + b" %d.%04d" % divmod(hit.took_us // 100, 10_000), said | {"duration_us": cut(hit.took_us, 100)}


def uwsgi(hit: Hit) -> tuple[bytes, Row]:
    ms = hit.referer is None or hit.cache == b"HIT"  # else it was told to log microseconds
    took = b"%d msecs" % (hit.took_us // 1000) if ms else b"%d micros" % hit.took_us
    line = (
        b"[pid: 89|app: -1|req: 1/2] %b (%b) {24 vars in %d bytes} [%b] %b %b => generated %d bytes in %b%b (%b %d) "
        b"3 headers in 76 bytes (1 switches on core 0)"
        % (
            *(hit.host, hit.user or b"", hit.bytes_in, asctime(hit.at_us), hit.method, hit.target, hit.size, took),
            *(b"" if ms else b" via sendfile()", b"HTTP/1.1" if ms else b"x 200) HTTP/1.1", hit.status),
        )
    )
    took_us = cut(hit.took_us, 1000) if ms else hit.took_us
    return line, to_second(hit) | {"user": hit.user, "duration_us": took_us}


def hypercorn(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%b] [19511] [INFO] %b:50123 - - [%b] "%b %b 1.1" %d %d' % (
        *(spaced_iso_time(hit.at_us), hit.host, clf_time(hit.at_us), hit.method, hit.target, hit.status, hit.size),
    )
    pair, said = raw_pair(hit)
    return line + pair, to_second(hit) | said


def granian(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%b] %b - "%b" %d %b' % (
        *(spaced_iso_time(hit.at_us), hit.host, request_line(hit), hit.status, b"%d.%03d" % divmod(hit.took_us, 1000)),
    )
    return line, {"time": cut(hit.at_us, 10**6), "duration_us": hit.took_us}


def daphne(hit: Hit) -> tuple[bytes, Row]:
    line = b'%b:50123 - - [%b] "%b %b" %d %d' % (
        *(hit.host, local_time(hit.at_us), hit.method, hit.target, hit.status, hit.size),
    )
    return line, to_second(hit)


def httpserver(hit: Hit) -> tuple[bytes, Row]:
    before, behind = {200: (b"", b""), 304: (b"\x1b[36m", b"\x1b[0m")}.get(hit.status, (b"\x1b[31m\x1b[1m", b"\x1b[0m"))
    line = b'%b - - [%b] "%b%b%b" %d %d' % (
        *(hit.host, local_time(hit.at_us, " "), before, request_line(hit), behind, hit.status, hit.size),
    )
    return line, to_second(hit)


def aiohttp(hit: Hit) -> tuple[bytes, Row]:
    line = b'%b [%b] "%b" %d %d' % (hit.host, clf_time(hit.at_us), request_line(hit), hit.status, hit.size)
    pair, said = raw_pair(hit)
    return line + pair, to_second(hit) | said


def tornado(hit: Hit) -> tuple[bytes, Row]:
    at_us = hit.at_us if hit.at_us < 4_102_444_800_000_000 else 1_760_097_336_000_000  # it writes no century
    line = b"[%b %b web:2591] %d %b %b (%b) %d.%02dms" % (
        *(b"E" if hit.status == 503 else b"I", f"{moment(at_us):%y%m%d %H:%M:%S}".encode(), hit.status, hit.method),
        *(hit.target, hit.host, *divmod(hit.took_us // 10, 100)),
    )
    return line, {"time": cut(at_us, 10**6), "duration_us": cut(hit.took_us, 10)}


def cherrypy(hit: Hit) -> tuple[bytes, Row]:
    line = b'%b - %b [%b] "%b" %d %d "%b" "%b"' % (
        *(hit.host, dash(hit.user), local_time(hit.at_us), request_line(hit), hit.status, hit.size),
        *(hit.referer or b"", escape(hit.agent or b"")),
    )
    agent = None if hit.agent is None else escape(hit.agent)
    return line, to_second(hit) | {"user": hit.user, "referer": hit.referer, "agent": agent}


def sanic(hit: Hit) -> tuple[bytes, Row]:
    host = b"[%b]" % hit.host if b":" in hit.host else hit.host
    took = b" %d.%dms" % divmod(hit.took_us // 100, 10) if hit.cache == b"HIT" else b""
    line = b"Main |%b INFO: %b:44330 %b http://%b%b %d %d %b" % (
        *(spaced_iso_time(hit.at_us), host, hit.method, hit.vhost, hit.target, hit.status, hit.size, took),
    )
    return line, to_second(hit) | {"duration_us": cut(hit.took_us, 100) if took else None}


def twisted(hit: Hit) -> tuple[bytes, Row]:
    line = b'"%b" - - [%b] "%b" %d %d' % (hit.host, clf_time(hit.at_us), request_line(hit), hit.status, hit.size)
    return with_pair(line, to_second(hit), hit)


def http_server_node(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%bZ]  "%b %b" "%b"' % (iso_time(hit.at_us, 3), hit.method, hit.target, dash(hit.agent))
    return line, {"time": cut(hit.at_us, 1000), "host": b"-", "status": 0, "agent": hit.agent}
