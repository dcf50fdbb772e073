"""Writes a hit as proxies and clouds do, in text."""

from http_monitor.records import UNTIMED_US
from tests.written.hit import Hit, Row
from tests.written.texts import MONTHS, clf_time, cut, dash, decimal_seconds, escape, iso_time, moment, request_line


def _alb_front(hit: Hit, scheme: bytes) -> tuple[bytes, Row]:
    upstream = decimal_seconds(hit.upstream_us, 6)
    line = b'%bZ app/shop/50dc %b:50123 198.51.100.1:80 0.001 %b 0.002 %d 200 %d %d "%b %b%b HTTP/2.0"' % (
        *(
            iso_time(hit.at_us, 6),
            hit.host,
            upstream,
            hit.status,
            hit.bytes_in,
            hit.size,
            hit.method,
            scheme,
            hit.target,
        ),
    )
    return line, {
        "duration_us": hit.upstream_us + 3_000,
        "upstream_us": hit.upstream_us,
        "bytes_in": hit.bytes_in,
        "size_bytes": hit.size,
    }


def alb(hit: Hit) -> tuple[bytes, Row]:
    front, said = _alb_front(hit, b"https://shop.example:443")
    line = b'https %b "%b" ECDHE-RSA-AES128-GCM-SHA256 %b' % (front, escape(hit.agent), hit.tls)
    said |= {"agent": None if hit.agent is None else escape(hit.agent), "tls": hit.tls}
    if hit.cache == b"HIT":  # the age of the log, as good as any
        line += (
            b' arn:aws:1 "Root=1-5833" "%b" "-" 0 %bZ "forward" "-" "-" "198.51.100.1:80" "200" "-" "-" TID_1 more'
            % (hit.vhost, iso_time(hit.at_us, 6))
        )
        said["vhost"] = hit.vhost
    return line, said


def elb(hit: Hit) -> tuple[bytes, Row]:
    front, said = _alb_front(hit, b"http://shop.example:80")
    if hit.cache == b"MISS":
        return front, said
    line = b'%b "%b" ECDHE-RSA-AES128-GCM-SHA256 %b' % (front, escape(hit.agent), hit.tls)
    return line, said | {"agent": None if hit.agent is None else escape(hit.agent), "tls": hit.tls}


def s3(hit: Hit) -> tuple[bytes, Row]:
    line = b'79a5 %b [%b] %b %b 3E57 REST.GET.OBJECT key "%b" %d - %d 17 %d %d "%b" "%b"' % (
        *(hit.vhost, clf_time(hit.at_us), hit.host, dash(hit.user), request_line(hit), hit.status, hit.size),
        *(hit.took_us // 1000, hit.upstream_us // 1000, dash(hit.referer), dash(hit.agent)),
    )
    said = {
        "time": cut(hit.at_us, 10**6),
        "vhost": hit.vhost,
        "user": hit.user,
        "size_bytes": hit.size,
        "duration_us": cut(hit.took_us, 1000),
        "upstream_us": cut(hit.upstream_us, 1000),
        "referer": hit.referer,
        "agent": hit.agent,
    }
    if hit.cache == b"MISS":
        return line, said
    return line + b" - s9lz SigV4 AES AuthHeader s3.example %b - -" % hit.tls, said | {"tls": hit.tls}


def gcs(hit: Hit) -> tuple[bytes, Row]:
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


def squid(hit: Hit) -> tuple[bytes, Row]:
    cache = b"TCP_" + hit.cache
    front = b"%b %6d %b %b/%03d %d" % (
        *(decimal_seconds(hit.at_us), hit.took_us // 1000, hit.host, cache, hit.status, hit.size),
    )
    said: Row = {
        "time": cut(hit.at_us, 1000),
        "duration_us": cut(hit.took_us, 1000),
        "cache": cache,
        "size_bytes": hit.size,
        "user": hit.user,
    }
    if hit.method == b"HEAD":  # a tunnel in its place
        tunnel = {"method": b"CONNECT", "section": b"(connect)", "path": hit.vhost + b":443"}
        return front + b" CONNECT %b:443 %b HIER_DIRECT/198.51.100.1 -" % (hit.vhost, dash(hit.user)), said | tunnel
    url = b"http://" + hit.vhost + hit.target
    return front + b" %b %b %b HIER_DIRECT/198.51.100.1 text/html" % (hit.method, url, dash(hit.user)), said


def haproxy(hit: Hit) -> tuple[bytes, Row]:
    at = moment(cut(hit.at_us, 1000))
    time = f"{at:%d}/{MONTHS[at.month - 1]}/{at:%Y:%H:%M:%S}.{at.microsecond // 1000:03}".encode()
    headers = {b"HIT": b" {shop.example|a {b} c} {}", b"MISS": b""}[hit.cache]
    prefix = {b"HIT": b"Oct 10 11:55:36 lb haproxy[14389]: ", b"MISS": b""}[hit.cache]
    plus = b"+" if hit.user else b""
    line = b'%b%b:50123 [%b] http-in static/srv1 10/0/30/%d/%b%d %d %b%d - - ---- 1/1/1/1/%b0 0/0%b "%b"' % (
        *(prefix, hit.host, time, hit.upstream_us // 1000, plus, hit.took_us // 1000, hit.status, plus, hit.size),
        *(plus, headers, request_line(hit)),
    )
    said = {
        "time": cut(hit.at_us, 1000),
        "upstream_us": cut(hit.upstream_us, 1000),
        "duration_us": cut(hit.took_us, 1000),
        "size_bytes": hit.size,
    }
    if hit.referer is None:
        return line, said
    return line + b" 0 shop.example/%b/AES" % hit.tls, said | {"tls": hit.tls}


def envoy(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%bZ] "%b" %d - %d %d %d %d "%b" "%b" "cc21" "%b" "198.51.100.1:80"' % (
        *(iso_time(hit.at_us, 3), request_line(hit), hit.status, hit.bytes_in, hit.size, hit.took_us // 1000),
        *(hit.upstream_us // 1000, dash(hit.forwarded), dash(hit.agent), hit.vhost),
    )
    return line, {
        "time": cut(hit.at_us, 1000),
        "host": b"-",
        "bytes_in": hit.bytes_in,
        "size_bytes": hit.size,
        "duration_us": cut(hit.took_us, 1000),
        "upstream_us": cut(hit.upstream_us, 1000),
        "forwarded": hit.forwarded,
        "agent": hit.agent,
        "vhost": hit.vhost,
    }


def traefik_tail(hit: Hit) -> tuple[bytes, Row]:
    service = b'"http://198.51.100.1:80"' if hit.cache == b"HIT" else b"-"
    line = b' 17 "shop@docker" %b %dms' % (service, hit.took_us // 1000)
    return line, {"duration_us": cut(hit.took_us, 1000)}


def uvicorn(hit: Hit) -> tuple[bytes, Row]:
    reason = {200: b" OK", 404: b" Not Found"}.get(hit.status, b"")
    return b'INFO:     %b:50123 - "%b" %d%b' % (hit.host, request_line(hit), hit.status, reason), {"time": UNTIMED_US}


def iis(hit: Hit) -> tuple[bytes, Row]:
    stem, _, query = hit.target.partition(b"?")
    agent = None if hit.agent is None else hit.agent.replace(b" ", b"+")
    line = b"%b 198.51.100.1 %b %b %b 443 %b %b %b %b %d 0 0 %d" % (
        *(iso_time(hit.at_us).replace(b"T", b" "), hit.method, stem, query or b"-", dash(hit.user), hit.host),
        *(dash(agent), dash(hit.referer), hit.status, hit.took_us // 1000),
    )
    return line, {
        "time": cut(hit.at_us, 10**6),
        "user": hit.user,
        "agent": agent,
        "referer": hit.referer,
        "duration_us": cut(hit.took_us, 1000),
    }


def cloudfront(hit: Hit) -> tuple[bytes, Row]:
    stem, _, query = hit.target.partition(b"?")
    agent = None if hit.agent is None else hit.agent.replace(b" ", b"%20")
    forwarded = None if hit.forwarded is None else hit.forwarded.replace(b" ", b"%20")
    texts = (
        *(
            iso_time(hit.at_us).replace(b"T", b"\t"),
            b"FRA56-P1",
            b"%d" % hit.size,
            hit.host,
            hit.method,
            b"d1.cloudfront.net",
        ),
        *(stem, b"%03d" % hit.status, dash(hit.referer), dash(agent), query or b"-", b"-", hit.cache, b"q1W2=="),
        *(hit.vhost, b"https", b"%d" % hit.bytes_in, decimal_seconds(hit.took_us), dash(forwarded), hit.tls, b"AES"),
        *(b"Hit", b"HTTP/2.0", b"-", b"-", b"50123", b"0.011", b"Hit", b"text/html", b"2014", b"-", b"-"),
    )
    return b"\t".join(texts), {
        "time": cut(hit.at_us, 10**6),
        "size_bytes": hit.size,
        "referer": hit.referer,
        "agent": agent,
        "cache": hit.cache,
        "vhost": hit.vhost,
        "bytes_in": hit.bytes_in,
        "duration_us": cut(hit.took_us, 1000),
        "forwarded": forwarded,
        "tls": hit.tls,
    }


def istio(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%bZ] "%b" %d - via_upstream - "-" %d %d %d %d "%b" "%b" "cc21" "%b" "198.51.100.1:80" %b %b:50123 - x' % (
        *(iso_time(hit.at_us, 3), request_line(hit), hit.status, hit.bytes_in, hit.size, hit.took_us // 1000),
        *(hit.upstream_us // 1000, dash(hit.forwarded), dash(hit.agent), hit.vhost),
        *(b"outbound|80||a.b 10.0.0.1:1 10.0.0.2:2", hit.host),
    )
    return line, {
        "time": cut(hit.at_us, 1000),
        "bytes_in": hit.bytes_in,
        "size_bytes": hit.size,
        "duration_us": cut(hit.took_us, 1000),
        "upstream_us": cut(hit.upstream_us, 1000),
        "forwarded": hit.forwarded,
        "agent": hit.agent,
        "vhost": hit.vhost,
    }


def heroku(hit: Hit) -> tuple[bytes, Row]:
    failed = b' code=H12 desc="Request timeout"' if hit.status == 503 else b""
    line = (
        b'%b+00:00 heroku[router]: at=info%b method=%b path="%b" host=%b request_id=8601 fwd="%b" dyno=web.1 '
        b"connect=1ms service=%dms status=%d bytes=%d protocol=https"
        % (
            *(
                iso_time(hit.at_us, 6),
                failed,
                hit.method,
                hit.target,
                hit.vhost,
                hit.host,
                hit.took_us // 1000,
                hit.status,
            ),
            hit.size,
        )
    )
    return line, {"vhost": hit.vhost, "size_bytes": hit.size, "duration_us": cut(hit.took_us, 1000)}
