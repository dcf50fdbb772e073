"""Writes a hit as each server would, with the row that the line has to be read as."""

import datetime
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.reference.clf import section_and_endpoint

Row = dict[str, Any]
"""The columns of `records.SCHEMA`; the time in microseconds."""

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


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


def write(name: str, hit: Hit) -> tuple[bytes, Row]:
    """Return the line that the server of a preset writes for a hit, and the row it says."""
    line, said = WRITERS[name](hit)
    section, path = section_and_endpoint(hit.method, hit.target)
    row: Row = {
        "time": hit.at_us,
        "host": hit.host,
        "section": section,
        "path": path,
        "method": hit.method,
        "user": None,
        "referer": None,
        "agent": None,
        "status": hit.status,
        "size_bytes": None,
        "duration_us": None,
        "upstream_us": None,
        "bytes_in": None,
        "vhost": None,
        "cache": None,
        "tls": None,
        "forwarded": None,
        "source": None,
    }
    return line, row | said


def _moment(at_us: int) -> datetime.datetime:
    return datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=at_us)


def _clf(at_us: int) -> bytes:
    at = _moment(at_us)
    return f"{at:%d}/{_MONTHS[at.month - 1]}/{at:%Y:%H:%M:%S} +0000".encode()


def _iso(at_us: int, digits: int = 0) -> bytes:
    at = _moment(at_us)
    return f"{at:%Y-%m-%dT%H:%M:%S}{f'.{at:%f}'[: digits + 1] if digits else ''}".encode()


def _cut(value: int, unit_us: int) -> int:
    return value - value % unit_us


def _dash(text: bytes | None) -> bytes:
    return b"-" if text is None else text


def _escaped(text: bytes | None) -> bytes:
    return _dash(text).replace(b"\\", rb"\\").replace(b'"', rb"\"")


def _seconds(us: int, digits: int = 3) -> bytes:
    return b"%d.%06d" % divmod(us, 10**6) if digits == 6 else b"%d.%03d" % divmod(us // 1000, 1000)


def _request(hit: Hit) -> bytes:
    return hit.method + b" " + hit.target + b" HTTP/1.1"


def _combined(hit: Hit) -> tuple[bytes, Row]:
    line, said = _common(hit)
    pair = b' "%b" "%b"' % (_escaped(hit.referer), _escaped(hit.agent))
    agent = None if hit.agent is None else _escaped(hit.agent)
    return line + pair, said | {"referer": hit.referer, "agent": agent}


def _common(hit: Hit) -> tuple[bytes, Row]:
    line = b'%b - %b [%b] "%b" %d %d' % (
        *(hit.host, _dash(hit.user), _clf(hit.at_us), _request(hit), hit.status, hit.size),
    )
    return line, {"time": _cut(hit.at_us, 10**6), "user": hit.user, "size_bytes": hit.size}


def _behind(front: "_Writer", tail: "_Writer") -> "_Writer":
    def whole(hit: Hit) -> tuple[bytes, Row]:
        line, said = front(hit)
        behind, more = tail(hit)
        return line + behind, said | more

    return whole


def _vhosted(writer: "_Writer") -> "_Writer":
    def whole(hit: Hit) -> tuple[bytes, Row]:
        line, said = writer(hit)
        return hit.vhost + b":443 " + line, said | {"vhost": hit.vhost}

    return whole


def _forwarded(hit: Hit) -> tuple[bytes, Row]:
    return b' "%b"' % _dash(hit.forwarded), {"forwarded": hit.forwarded}


def _took(hit: Hit) -> tuple[bytes, Row]:
    return b" " + _seconds(hit.took_us), {"duration_us": _cut(hit.took_us, 1000)}


def _upstream(hit: Hit) -> tuple[bytes, Row]:
    return b" " + _seconds(hit.upstream_us), {"upstream_us": _cut(hit.upstream_us, 1000)}


def _guide(hit: Hit) -> tuple[bytes, Row]:
    took, upstream = _seconds(hit.took_us), _seconds(hit.upstream_us)
    line = b' rt=%b uct="0.001" uht="%b" urt="%b, %b"' % (took, upstream, upstream, upstream)
    return line, {"duration_us": _cut(hit.took_us, 1000), "upstream_us": 2 * _cut(hit.upstream_us, 1000)}


def _ingress(hit: Hit) -> tuple[bytes, Row]:
    again = hit.status == 503  # a second server was asked
    line = b" %d %b [default-shop-80] [] %b10.244.1.4:8080 %b%d %b%b %b%d 0a1b2c" % (
        *(hit.bytes_in, _seconds(hit.took_us), b"10.244.0.9:8080, " if again else b"", b"0, " if again else b""),
        *(hit.size, b"5.000, " if again else b"", _seconds(hit.upstream_us), b"504, " if again else b"", hit.status),
    )
    return line, {
        "bytes_in": hit.bytes_in,
        "duration_us": _cut(hit.took_us, 1000),
        "upstream_us": 5_000_000 * again + _cut(hit.upstream_us, 1000),
    }


def _alb_front(hit: Hit, scheme: bytes) -> tuple[bytes, Row]:
    upstream = _seconds(hit.upstream_us, 6)
    line = b'%bZ app/shop/50dc %b:50123 198.51.100.1:80 0.001 %b 0.002 %d 200 %d %d "%b %b%b HTTP/2.0"' % (
        *(_iso(hit.at_us, 6), hit.host, upstream, hit.status, hit.bytes_in, hit.size, hit.method, scheme, hit.target),
    )
    return line, {
        "duration_us": hit.upstream_us + 3_000,
        "upstream_us": hit.upstream_us,
        "bytes_in": hit.bytes_in,
        "size_bytes": hit.size,
    }


def _alb(hit: Hit) -> tuple[bytes, Row]:
    front, said = _alb_front(hit, b"https://shop.example:443")
    line = b'https %b "%b" ECDHE-RSA-AES128-GCM-SHA256 %b' % (front, _escaped(hit.agent), hit.tls)
    said |= {"agent": None if hit.agent is None else _escaped(hit.agent), "tls": hit.tls}
    if hit.cache == b"HIT":  # the age of the log, as good as any
        line += (
            b' arn:aws:1 "Root=1-5833" "%b" "-" 0 %bZ "forward" "-" "-" "198.51.100.1:80" "200" "-" "-" TID_1 more'
            % (hit.vhost, _iso(hit.at_us, 6))
        )
        said["vhost"] = hit.vhost
    return line, said


def _elb(hit: Hit) -> tuple[bytes, Row]:
    front, said = _alb_front(hit, b"http://shop.example:80")
    if hit.cache == b"MISS":
        return front, said
    line = b'%b "%b" ECDHE-RSA-AES128-GCM-SHA256 %b' % (front, _escaped(hit.agent), hit.tls)
    return line, said | {"agent": None if hit.agent is None else _escaped(hit.agent), "tls": hit.tls}


def _s3(hit: Hit) -> tuple[bytes, Row]:
    line = b'79a5 %b [%b] %b %b 3E57 REST.GET.OBJECT key "%b" %d - %d 17 %d %d "%b" "%b"' % (
        *(hit.vhost, _clf(hit.at_us), hit.host, _dash(hit.user), _request(hit), hit.status, hit.size),
        *(hit.took_us // 1000, hit.upstream_us // 1000, _dash(hit.referer), _dash(hit.agent)),
    )
    said = {
        "time": _cut(hit.at_us, 10**6),
        "vhost": hit.vhost,
        "user": hit.user,
        "size_bytes": hit.size,
        "duration_us": _cut(hit.took_us, 1000),
        "upstream_us": _cut(hit.upstream_us, 1000),
        "referer": hit.referer,
        "agent": hit.agent,
    }
    if hit.cache == b"MISS":
        return line, said
    return line + b" - s9lz SigV4 AES AuthHeader s3.example %b - -" % hit.tls, said | {"tls": hit.tls}


def _gcs(hit: Hit) -> tuple[bytes, Row]:
    texts = (
        *(b"%d" % hit.at_us, hit.host, b"1", b"", hit.method, hit.target, b"%d" % hit.status, b"%d" % hit.bytes_in),
        *(
            b"%d" % hit.size,
            b"%d" % hit.took_us,
            hit.vhost,
            hit.referer or b"",
            hit.agent or b"",
            b"AEnB",
            b"GET_Object",
        ),
        *(b"basket", b"add"),
    )
    doubled = [text.replace(b'"', b'""') for text in texts]
    return b",".join(b'"' + text + b'"' for text in doubled), {
        "bytes_in": hit.bytes_in,
        "size_bytes": hit.size,
        "duration_us": hit.took_us,
        "vhost": hit.vhost,
        "referer": hit.referer,
        "agent": hit.agent and hit.agent.replace(b'"', b'""'),
    }


def _squid(hit: Hit) -> tuple[bytes, Row]:
    cache = b"TCP_" + hit.cache
    front = b"%b %6d %b %b/%03d %d" % (
        *(_seconds(hit.at_us), hit.took_us // 1000, hit.host, cache, hit.status, hit.size),
    )
    said: Row = {
        "time": _cut(hit.at_us, 1000),
        "duration_us": _cut(hit.took_us, 1000),
        "cache": cache,
        "size_bytes": hit.size,
        "user": hit.user,
    }
    if hit.method == b"HEAD":  # a tunnel in its place
        tunnel = {"method": b"CONNECT", "section": b"(connect)", "path": hit.vhost + b":443"}
        return front + b" CONNECT %b:443 %b HIER_DIRECT/198.51.100.1 -" % (hit.vhost, _dash(hit.user)), said | tunnel
    url = b"http://" + hit.vhost + hit.target
    return front + b" %b %b %b HIER_DIRECT/198.51.100.1 text/html" % (hit.method, url, _dash(hit.user)), said


def _haproxy(hit: Hit) -> tuple[bytes, Row]:
    at = _moment(_cut(hit.at_us, 1000))
    time = f"{at:%d}/{_MONTHS[at.month - 1]}/{at:%Y:%H:%M:%S}.{at.microsecond // 1000:03}".encode()
    headers = {b"HIT": b" {shop.example|a {b} c} {}", b"MISS": b""}[hit.cache]
    prefix = {b"HIT": b"Oct 10 11:55:36 lb haproxy[14389]: ", b"MISS": b""}[hit.cache]
    plus = b"+" if hit.user else b""
    line = b'%b%b:50123 [%b] http-in static/srv1 10/0/30/%d/%b%d %d %b%d - - ---- 1/1/1/1/%b0 0/0%b "%b"' % (
        *(prefix, hit.host, time, hit.upstream_us // 1000, plus, hit.took_us // 1000, hit.status, plus, hit.size),
        *(plus, headers, _request(hit)),
    )
    said = {
        "time": _cut(hit.at_us, 1000),
        "upstream_us": _cut(hit.upstream_us, 1000),
        "duration_us": _cut(hit.took_us, 1000),
        "size_bytes": hit.size,
    }
    if hit.referer is None:
        return line, said
    return line + b" 0 shop.example/%b/AES" % hit.tls, said | {"tls": hit.tls}


def _envoy(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%bZ] "%b" %d - %d %d %d %d "%b" "%b" "cc21" "%b" "198.51.100.1:80"' % (
        *(_iso(hit.at_us, 3), _request(hit), hit.status, hit.bytes_in, hit.size, hit.took_us // 1000),
        *(hit.upstream_us // 1000, _dash(hit.forwarded), _dash(hit.agent), hit.vhost),
    )
    return line, {
        "time": _cut(hit.at_us, 1000),
        "host": b"-",
        "bytes_in": hit.bytes_in,
        "size_bytes": hit.size,
        "duration_us": _cut(hit.took_us, 1000),
        "upstream_us": _cut(hit.upstream_us, 1000),
        "forwarded": hit.forwarded,
        "agent": hit.agent,
        "vhost": hit.vhost,
    }


def _traefik_tail(hit: Hit) -> tuple[bytes, Row]:
    service = b'"http://198.51.100.1:80"' if hit.cache == b"HIT" else b"-"
    line = b' 17 "shop@docker" %b %dms' % (service, hit.took_us // 1000)
    return line, {"duration_us": _cut(hit.took_us, 1000)}


def _uvicorn(hit: Hit) -> tuple[bytes, Row]:
    reason = {200: b" OK", 404: b" Not Found"}.get(hit.status, b"")
    return b'INFO:     %b:50123 - "%b" %d%b' % (hit.host, _request(hit), hit.status, reason), {"time": 0}


def _iis(hit: Hit) -> tuple[bytes, Row]:
    stem, _, query = hit.target.partition(b"?")
    agent = None if hit.agent is None else hit.agent.replace(b" ", b"+")
    line = b"%b 198.51.100.1 %b %b %b 443 %b %b %b %b %d 0 0 %d" % (
        *(_iso(hit.at_us).replace(b"T", b" "), hit.method, stem, query or b"-", _dash(hit.user), hit.host),
        *(_dash(agent), _dash(hit.referer), hit.status, hit.took_us // 1000),
    )
    return line, {
        "time": _cut(hit.at_us, 10**6),
        "user": hit.user,
        "agent": agent,
        "referer": hit.referer,
        "duration_us": _cut(hit.took_us, 1000),
    }


def _cloudfront(hit: Hit) -> tuple[bytes, Row]:
    stem, _, query = hit.target.partition(b"?")
    agent = None if hit.agent is None else hit.agent.replace(b" ", b"%20")
    forwarded = None if hit.forwarded is None else hit.forwarded.replace(b" ", b"%20")
    texts = (
        *(
            _iso(hit.at_us).replace(b"T", b"\t"),
            b"FRA56-P1",
            b"%d" % hit.size,
            hit.host,
            hit.method,
            b"d1.cloudfront.net",
        ),
        *(stem, b"%03d" % hit.status, _dash(hit.referer), _dash(agent), query or b"-", b"-", hit.cache, b"q1W2=="),
        *(hit.vhost, b"https", b"%d" % hit.bytes_in, _seconds(hit.took_us), _dash(forwarded), hit.tls, b"AES"),
        *(b"Hit", b"HTTP/2.0", b"-", b"-", b"50123", b"0.011", b"Hit", b"text/html", b"2014", b"-", b"-"),
    )
    return b"\t".join(texts), {
        "time": _cut(hit.at_us, 10**6),
        "size_bytes": hit.size,
        "referer": hit.referer,
        "agent": agent,
        "cache": hit.cache,
        "vhost": hit.vhost,
        "bytes_in": hit.bytes_in,
        "duration_us": _cut(hit.took_us, 1000),
        "forwarded": forwarded,
        "tls": hit.tls,
    }


def _object(**keys: object) -> bytes:
    """Return a JSON object; bytes that are no UTF-8 stay as they are."""
    shown = {
        key: value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
        for key, value in keys.items()
        if value is not None
    }
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape")


def _traefik_json(hit: Hit) -> tuple[bytes, Row]:
    line = _object(
        ClientHost=hit.host,
        ClientUsername=_dash(hit.user),
        DownstreamContentSize=hit.size,
        DownstreamStatus=hit.status,
        Duration=hit.took_us * 1000,
        OriginDuration=hit.upstream_us * 1000,
        RequestContentSize=hit.bytes_in,
        RequestHost=hit.vhost,
        RequestMethod=hit.method,
        RequestPath=hit.target,
        RequestProtocol=b"HTTP/1.1",
        StartUTC=_iso(hit.at_us, 6) + b"Z",
        **{"request_User-Agent": hit.agent, "request_Referer": hit.referer, "request_X-Forwarded-For": hit.forwarded},
    )
    return line, {
        "user": hit.user,
        "size_bytes": hit.size,
        "duration_us": hit.took_us,
        "upstream_us": hit.upstream_us,
        "bytes_in": hit.bytes_in,
        "vhost": hit.vhost,
        "agent": hit.agent,
        "referer": hit.referer,
        "forwarded": hit.forwarded,
    }


def _caddy(hit: Hit) -> tuple[bytes, Row]:
    at_us = _cut(hit.at_us, 1000)  # a float has digits for it
    headers = {"User-Agent": hit.agent, "Referer": hit.referer}
    request = {
        "remote_ip": hit.host.decode(),
        "client_ip": hit.host.decode(),
        "proto": "HTTP/2.0",
        "method": hit.method.decode(),
        "host": hit.vhost.decode(),
        "uri": hit.target.decode(),
        "headers": {key: [value.decode("utf-8", "surrogateescape")] for key, value in headers.items() if value},
    }
    line = _object(
        level=b"info",
        ts=float(f"{at_us // 10**6}.{at_us % 10**6:06}"),
        logger=b"http.log.access",
        request=request,
        bytes_read=hit.bytes_in,
        user_id=hit.user or b"",
        duration=float(f"{hit.took_us // 10**6}.{hit.took_us % 10**6:06}"),
        size=hit.size,
        status=hit.status,
    )
    return line, {
        "time": at_us,
        "user": hit.user,
        "size_bytes": hit.size,
        "duration_us": hit.took_us,
        "bytes_in": hit.bytes_in,
        "vhost": hit.vhost,
        "agent": hit.agent,
        "referer": hit.referer,
    }


def _nginx_json(hit: Hit) -> tuple[bytes, Row]:
    line = _object(
        time_iso8601=_iso(hit.at_us) + b"+00:00",
        remote_addr=hit.host,
        remote_user=hit.user or b"",
        request=_request(hit),
        status=b"%d" % hit.status,
        body_bytes_sent=b"%d" % hit.size,
        request_time=_seconds(hit.took_us),
        upstream_response_time=_seconds(hit.upstream_us) + b", 0.001",
        http_user_agent=hit.agent or b"",
        http_referer=hit.referer or b"",
    )
    return line, {
        "time": _cut(hit.at_us, 10**6),
        "user": hit.user,
        "size_bytes": hit.size,
        "duration_us": _cut(hit.took_us, 1000),
        "upstream_us": _cut(hit.upstream_us, 1000) + 1000,
        "agent": hit.agent,
        "referer": hit.referer,
    }


def _pino(hit: Hit) -> tuple[bytes, Row]:
    request = {"method": hit.method.decode(), "url": hit.target.decode(), "remoteAddress": hit.host.decode()}
    line = _object(
        time=hit.at_us // 1000,
        req=request,
        res={"statusCode": hit.status},
        responseTime=hit.took_us // 1000,
        user_agent=hit.agent,
        msg=b"request completed",
    )
    return line, {"time": _cut(hit.at_us, 1000), "duration_us": _cut(hit.took_us, 1000), "agent": hit.agent}


def _elastic(hit: Hit) -> tuple[bytes, Row]:
    """Return what Elastic's conventions have, in objects within objects."""

    def text(value: bytes | None) -> str | None:
        return None if value is None else value.decode("utf-8", "surrogateescape")

    line = _object(
        **{"@timestamp": _iso(hit.at_us, 3) + b"Z"},
        source={"ip": text(hit.host)},
        http={
            "request": {"method": text(hit.method), "referrer": text(hit.referer)},
            "response": {"status_code": hit.status, "body": {"bytes": hit.size}},
        },
        url={"original": text(hit.target)},
        user_agent={"original": text(hit.agent)},
        user={"name": text(hit.user)},
        event={"duration": hit.took_us * 1000},
    )
    return line, {
        "time": _cut(hit.at_us, 1000),
        "user": hit.user,
        "size_bytes": hit.size,
        "duration_us": hit.took_us,
        "agent": hit.agent,
        "referer": hit.referer,
    }


def _envoy_json(hit: Hit) -> tuple[bytes, Row]:
    """Return what Envoy writes where each value is a text, and a dash says that there is none."""
    line = _object(
        start_time=_iso(hit.at_us, 3) + b"Z",
        method=hit.method,
        path=hit.target,
        protocol=b"HTTP/1.1",
        response_code=b"%d" % hit.status,
        response_flags=b"-",
        bytes_received=b"%d" % hit.bytes_in,
        bytes_sent=b"%d" % hit.size,
        duration=b"%d" % (hit.took_us // 1000),
        upstream_service_time=b"%d" % (hit.upstream_us // 1000),
        x_forwarded_for=_dash(hit.forwarded),
        user_agent=_dash(hit.agent),
        authority=hit.vhost,
        downstream_remote_address=(b"[%b]:4711" if b":" in hit.host else b"%b:4711") % hit.host,
    )
    return line, {
        "time": _cut(hit.at_us, 1000),
        "bytes_in": hit.bytes_in,
        "size_bytes": hit.size,
        "duration_us": _cut(hit.took_us, 1000),
        "upstream_us": _cut(hit.upstream_us, 1000),
        "agent": hit.agent,
        "vhost": hit.vhost,
        "forwarded": hit.forwarded,
    }


def _zerolog(hit: Hit) -> tuple[bytes, Row]:
    """Return what loggers of Go write: seconds since 1970, and durations with their unit."""
    short = hit.took_us < 1000
    line = _object(
        level=b"info",
        time=hit.at_us // 10**6,
        ip=hit.host,
        method=hit.method,
        url=hit.target,
        status=hit.status,
        size=hit.size,
        latency=b"%d\xc2\xb5s" % hit.took_us if short else b"%dms" % (hit.took_us // 1000),
        user_agent=hit.agent,
        message=b"access",
    )
    return line, {
        "time": _cut(hit.at_us, 10**6),
        "size_bytes": hit.size,
        "duration_us": hit.took_us if short else _cut(hit.took_us, 1000),
        "agent": hit.agent,
    }


def _any_json(hit: Hit) -> tuple[bytes, Row]:
    """Return an object by one of the loggers that have no format of their own."""
    return (_pino, _elastic, _envoy_json, _zerolog)[hit.size % 4](hit)


def _local(at_us: int, between: str = ":") -> bytes:
    at = _moment(at_us)
    return f"{at:%d}/{_MONTHS[at.month - 1]}/{at:%Y}{between}{at:%H:%M:%S}".encode()


def _spaced_iso(at_us: int) -> bytes:
    return f"{_moment(at_us):%Y-%m-%d %H:%M:%S} +0000".encode()


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _asctime(at_us: int) -> bytes:
    at = _moment(at_us)
    return f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S %Y}".encode()


def _to_second(hit: Hit) -> Row:
    return {"time": _cut(hit.at_us, 10**6), "size_bytes": hit.size}


def _caddy_console(hit: Hit) -> tuple[bytes, Row]:
    line, said = _caddy(hit)
    content = json.loads(line.decode("utf-8", "surrogateescape"))
    for key in ("level", "ts", "logger", "msg"):
        content.pop(key, None)
    at = f"{_moment(hit.at_us):%Y/%m/%d %H:%M:%S.%f}"[:-3].encode()
    level = b"\x1b[34mINFO\x1b[0m" if hit.cache == b"HIT" else b"info"
    front = b"%b\t%b\thttp.log.access.log0\thandled request\t" % (at, level)
    return front + json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogateescape"), said


def _istio(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%bZ] "%b" %d - via_upstream - "-" %d %d %d %d "%b" "%b" "cc21" "%b" "198.51.100.1:80" %b %b:50123 - x' % (
        *(_iso(hit.at_us, 3), _request(hit), hit.status, hit.bytes_in, hit.size, hit.took_us // 1000),
        *(hit.upstream_us // 1000, _dash(hit.forwarded), _dash(hit.agent), hit.vhost),
        *(b"outbound|80||a.b 10.0.0.1:1 10.0.0.2:2", hit.host),
    )
    return line, {
        "time": _cut(hit.at_us, 1000),
        "bytes_in": hit.bytes_in,
        "size_bytes": hit.size,
        "duration_us": _cut(hit.took_us, 1000),
        "upstream_us": _cut(hit.upstream_us, 1000),
        "forwarded": hit.forwarded,
        "agent": hit.agent,
        "vhost": hit.vhost,
    }


def _npmplus(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%b] %b %b %b "%b" %d %d %d %b %b' % (
        *(_clf(hit.at_us), hit.vhost, hit.host, _seconds(hit.took_us), _request(hit), hit.status, hit.size),
        *(hit.size + 300, _dash(hit.referer), _dash(hit.agent)),
    )
    said = {"vhost": hit.vhost, "duration_us": _cut(hit.took_us, 1000), "referer": hit.referer, "agent": hit.agent}
    return line, _to_second(hit) | said


def _before_request(word: Callable[[Hit], bytes], role: str) -> "_Writer":
    def whole(hit: Hit) -> tuple[bytes, Row]:
        line = b'%b - %b [%b] %b "%b" %d %d' % (
            *(hit.host, _dash(hit.user), _clf(hit.at_us), word(hit), _request(hit), hit.status, hit.size),
        )
        said = _to_second(hit) | {"user": hit.user, role: word(hit)}
        if hit.tls == b"TLSv1.2":  # as good as any reason to have no pair behind
            return line, said
        return _with_pair(line, said, hit)

    return whole


def _with_pair(line: bytes, said: Row, hit: Hit) -> tuple[bytes, Row]:
    agent = None if hit.agent is None else _escaped(hit.agent)
    return line + b' "%b" "%b"' % (_escaped(hit.referer), _escaped(hit.agent)), said | {
        "referer": hit.referer,
        "agent": agent,
    }


def _apisix(hit: Hit) -> tuple[bytes, Row]:
    line, said = _before_request(lambda hit: hit.vhost, "vhost")(hit)
    line = line.partition(b' "-" "')[0] if hit.tls == b"TLSv1.2" else line
    front = b'%b - %b [%b] %b "%b" %d %d %b' % (
        *(hit.host, _dash(hit.user), _clf(hit.at_us), hit.vhost, _request(hit), hit.status, hit.size),
        _seconds(hit.took_us),
    )
    line, said = _with_pair(front, said, hit)
    again = hit.status == 503  # a second server was asked
    first = (b"198.51.100.1:80, ", b"502, ", b"0.001, ") if again else (b"", b"", b"")
    line += b' %b198.51.100.2:80 %b200 %b%b "http://a"' % (*first, _seconds(hit.upstream_us))
    took = {"duration_us": _cut(hit.took_us, 1000), "upstream_us": 1000 * again + _cut(hit.upstream_us, 1000)}
    return line, said | took


def _combined_iso(hit: Hit) -> tuple[bytes, Row]:
    digits = {b"HIT": 3, b"MISS": 6}[hit.cache]
    zone = {b"HIT": b"Z", b"MISS": b"+00:00"}[hit.cache]
    line = b'%b - %b [%b%b] "%b" %d %d' % (
        *(hit.host, _dash(hit.user), _iso(hit.at_us, digits), zone, _request(hit), hit.status, hit.size),
    )
    said = {"time": _cut(hit.at_us, 10 ** (6 - digits)), "size_bytes": hit.size, "user": hit.user}
    return (line, said) if hit.tls == b"TLSv1.2" else _with_pair(line, said, hit)


def _gin(hit: Hit) -> tuple[bytes, Row]:
    at = f"{_moment(hit.at_us):%Y/%m/%d - %H:%M:%S}".encode()
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
    return line, {"time": _cut(hit.at_us, 10**6), "duration_us": took_us}


def _haproxy_clf(hit: Hit) -> tuple[bytes, Row]:
    line = b'%b - - [%b] "%b" %d %d "" "" 50123 17 "fe" "be" "<NOSRV>" 10 0 -1 %d %d ---- 1 1 0 0 0 0 0 "" "" ' % (
        *(hit.host, _clf(hit.at_us), _request(hit), hit.status, hit.size, hit.upstream_us // 1000, hit.took_us // 1000),
    )
    took = {"duration_us": _cut(hit.took_us, 1000), "upstream_us": _cut(hit.upstream_us, 1000)}
    return line, _to_second(hit) | took


def _raw_pair(hit: Hit) -> tuple[bytes, Row]:
    line = b' "%b" "%b"' % (_dash(hit.referer), _dash(hit.agent))
    return line, {"referer": hit.referer, "agent": hit.agent}


def _squid_combined(hit: Hit) -> tuple[bytes, Row]:
    line, said = _common(hit)
    pair, more = _raw_pair(hit)
    cache = b"TCP_" + hit.cache
    return line + pair + b" " + cache + b":HIER_DIRECT", said | more | {"cache": cache}


def _rack(hit: Hit) -> tuple[bytes, Row]:
    line, said = _common(hit)
    return line + b" %d.%04d" % divmod(hit.took_us // 100, 10_000), said | {"duration_us": _cut(hit.took_us, 100)}


def _uwsgi(hit: Hit) -> tuple[bytes, Row]:
    ms = hit.referer is None or hit.cache == b"HIT"  # else it was told to log microseconds
    took = b"%d msecs" % (hit.took_us // 1000) if ms else b"%d micros" % hit.took_us
    line = (
        b"[pid: 89|app: -1|req: 1/2] %b (%b) {24 vars in %d bytes} [%b] %b %b => generated %d bytes in %b%b (%b %d) "
        b"3 headers in 76 bytes (1 switches on core 0)"
        % (
            *(hit.host, hit.user or b"", hit.bytes_in, _asctime(hit.at_us), hit.method, hit.target, hit.size, took),
            *(b"" if ms else b" via sendfile()", b"HTTP/1.1" if ms else b"x 200) HTTP/1.1", hit.status),
        )
    )
    took_us = _cut(hit.took_us, 1000) if ms else hit.took_us
    return line, _to_second(hit) | {"user": hit.user, "duration_us": took_us}


def _hypercorn(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%b] [19511] [INFO] %b:50123 - - [%b] "%b %b 1.1" %d %d' % (
        *(_spaced_iso(hit.at_us), hit.host, _clf(hit.at_us), hit.method, hit.target, hit.status, hit.size),
    )
    pair, said = _raw_pair(hit)
    return line + pair, _to_second(hit) | said


def _granian(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%b] %b - "%b" %d %b' % (
        *(_spaced_iso(hit.at_us), hit.host, _request(hit), hit.status, b"%d.%03d" % divmod(hit.took_us, 1000)),
    )
    return line, {"time": _cut(hit.at_us, 10**6), "duration_us": hit.took_us}


def _daphne(hit: Hit) -> tuple[bytes, Row]:
    line = b'%b:50123 - - [%b] "%b %b" %d %d' % (
        *(hit.host, _local(hit.at_us), hit.method, hit.target, hit.status, hit.size),
    )
    return line, _to_second(hit)


def _httpserver(hit: Hit) -> tuple[bytes, Row]:
    before, behind = {200: (b"", b""), 304: (b"\x1b[36m", b"\x1b[0m")}.get(hit.status, (b"\x1b[31m\x1b[1m", b"\x1b[0m"))
    line = b'%b - - [%b] "%b%b%b" %d %d' % (
        *(hit.host, _local(hit.at_us, " "), before, _request(hit), behind, hit.status, hit.size),
    )
    return line, _to_second(hit)


def _aiohttp(hit: Hit) -> tuple[bytes, Row]:
    line = b'%b [%b] "%b" %d %d' % (hit.host, _clf(hit.at_us), _request(hit), hit.status, hit.size)
    pair, said = _raw_pair(hit)
    return line + pair, _to_second(hit) | said


def _tornado(hit: Hit) -> tuple[bytes, Row]:
    at_us = hit.at_us if hit.at_us < 4_102_444_800_000_000 else 1_760_097_336_000_000  # it writes no century
    line = b"[%b %b web:2591] %d %b %b (%b) %d.%02dms" % (
        *(b"E" if hit.status == 503 else b"I", f"{_moment(at_us):%y%m%d %H:%M:%S}".encode(), hit.status, hit.method),
        *(hit.target, hit.host, *divmod(hit.took_us // 10, 100)),
    )
    return line, {"time": _cut(at_us, 10**6), "duration_us": _cut(hit.took_us, 10)}


def _cherrypy(hit: Hit) -> tuple[bytes, Row]:
    line = b'%b - %b [%b] "%b" %d %d "%b" "%b"' % (
        *(hit.host, _dash(hit.user), _local(hit.at_us), _request(hit), hit.status, hit.size),
        *(hit.referer or b"", _escaped(hit.agent or b"")),
    )
    agent = None if hit.agent is None else _escaped(hit.agent)
    return line, _to_second(hit) | {"user": hit.user, "referer": hit.referer, "agent": agent}


def _sanic(hit: Hit) -> tuple[bytes, Row]:
    host = b"[%b]" % hit.host if b":" in hit.host else hit.host
    took = b" %d.%dms" % divmod(hit.took_us // 100, 10) if hit.cache == b"HIT" else b""
    line = b"Main |%b INFO: %b:44330 %b http://%b%b %d %d %b" % (
        *(_spaced_iso(hit.at_us), host, hit.method, hit.vhost, hit.target, hit.status, hit.size, took),
    )
    return line, _to_second(hit) | {"duration_us": _cut(hit.took_us, 100) if took else None}


def _twisted(hit: Hit) -> tuple[bytes, Row]:
    line = b'"%b" - - [%b] "%b" %d %d' % (hit.host, _clf(hit.at_us), _request(hit), hit.status, hit.size)
    return _with_pair(line, _to_second(hit), hit)


def _http_server_node(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%bZ]  "%b %b" "%b"' % (_iso(hit.at_us, 3), hit.method, hit.target, _dash(hit.agent))
    return line, {"time": _cut(hit.at_us, 1000), "host": b"-", "status": 0, "agent": hit.agent}


def _heroku(hit: Hit) -> tuple[bytes, Row]:
    failed = b' code=H12 desc="Request timeout"' if hit.status == 503 else b""
    line = (
        b'%b+00:00 heroku[router]: at=info%b method=%b path="%b" host=%b request_id=8601 fwd="%b" dyno=web.1 '
        b"connect=1ms service=%dms status=%d bytes=%d protocol=https"
        % (
            *(_iso(hit.at_us, 6), failed, hit.method, hit.target, hit.vhost, hit.host, hit.took_us // 1000, hit.status),
            hit.size,
        )
    )
    return line, {"vhost": hit.vhost, "size_bytes": hit.size, "duration_us": _cut(hit.took_us, 1000)}


_Writer = Callable[[Hit], tuple[bytes, Row]]

WRITERS: dict[str, _Writer] = {
    "traefik_json": _traefik_json,
    "caddy_json": _caddy,
    "caddy_console": _caddy_console,
    "nginx_json": _nginx_json,
    "json": _any_json,
    "cloudfront": _cloudfront,
    "iis": _iis,
    "aws_alb": _alb,
    "aws_elb": _elb,
    "aws_s3": _s3,
    "gcs": _gcs,
    "squid": _squid,
    "haproxy_http": _haproxy,
    "envoy": _envoy,
    "traefik_clf": _behind(_combined, _traefik_tail),
    "uvicorn": _uvicorn,
    "istio": _istio,
    "heroku_router": _heroku,
    "uwsgi": _uwsgi,
    "gin": _gin,
    "tornado": _tornado,
    "sanic": _sanic,
    "hypercorn": _hypercorn,
    "granian": _granian,
    "http_server_node": _http_server_node,
    "npmplus": _npmplus,
    "haproxy_clf": _haproxy_clf,
    "squid_combined": _squid_combined,
    "rack": _rack,
    "twisted": _twisted,
    "cherrypy": _cherrypy,
    "httpserver": _httpserver,
    "werkzeug": _httpserver,
    "daphne": _daphne,
    "aiohttp": _aiohttp,
    "apisix": _apisix,
    "nginx_cache_status": _before_request(lambda hit: hit.cache, "cache"),
    "nginx_host_inside": _before_request(lambda hit: hit.vhost, "vhost"),
    "combined_iso": _combined_iso,
    "ingress_nginx": _behind(_combined, _ingress),
    "nginx_upstream_time": _behind(_combined, _guide),
    "nginx_main_timed": _behind(_behind(_combined, _forwarded), _behind(_took, _upstream)),
    "nginx_timed_upstream": _behind(_combined, _behind(_took, _upstream)),
    "nginx_timed": _behind(_combined, _took),
    "nginx_main": _behind(_combined, _forwarded),
    "vhost_combined": _vhosted(_combined),
    "combined": _combined,
    "vhost_common": _vhosted(_common),
    "common": _common,
    "gunicorn": _combined,
    "mini_httpd": _combined,
    "morgan": _combined,
    "apache_combined_d": _behind(_combined, lambda hit: (b" %d" % hit.took_us, {"duration_us": hit.took_us})),
    "apache_combined_t": _behind(
        _combined, lambda hit: (b" %d" % (hit.took_us // 10**6), {"duration_us": _cut(hit.took_us, 10**6)})
    ),
}
