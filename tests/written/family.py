"""Writes a hit as servers of the Common Log Format family do, and with what some of them append to it."""

from collections.abc import Callable

from tests.written.hit import Hit, Row, Writer
from tests.written.texts import clf_time, cut, dash, decimal_seconds, escape, iso_time, request_line, to_second


def combined(hit: Hit) -> tuple[bytes, Row]:
    line, said = common(hit)
    pair = b' "%b" "%b"' % (escape(hit.referer), escape(hit.agent))
    agent = None if hit.agent is None else escape(hit.agent)
    return line + pair, said | {"referer": hit.referer, "agent": agent}


def common(hit: Hit) -> tuple[bytes, Row]:
    line = b'%b - %b [%b] "%b" %d %d' % (
        *(hit.host, dash(hit.user), clf_time(hit.at_us), request_line(hit), hit.status, hit.size),
    )
    return line, {"time": cut(hit.at_us, 10**6), "user": hit.user, "size_bytes": hit.size}


def append_tail(front: Writer, tail: Writer) -> Writer:
    def whole(hit: Hit) -> tuple[bytes, Row]:
        line, said = front(hit)
        behind, more = tail(hit)
        return line + behind, said | more

    return whole


def with_vhost(writer: Writer) -> Writer:
    def whole(hit: Hit) -> tuple[bytes, Row]:
        line, said = writer(hit)
        return hit.vhost + b":443 " + line, said | {"vhost": hit.vhost}

    return whole


def forwarded_tail(hit: Hit) -> tuple[bytes, Row]:
    return b' "%b"' % dash(hit.forwarded), {"forwarded": hit.forwarded}


def took_tail(hit: Hit) -> tuple[bytes, Row]:
    return b" " + decimal_seconds(hit.took_us), {"duration_us": cut(hit.took_us, 1000)}


def upstream_tail(hit: Hit) -> tuple[bytes, Row]:
    return b" " + decimal_seconds(hit.upstream_us), {"upstream_us": cut(hit.upstream_us, 1000)}


def guide_tail(hit: Hit) -> tuple[bytes, Row]:
    took, upstream = decimal_seconds(hit.took_us), decimal_seconds(hit.upstream_us)
    line = b' rt=%b uct="0.001" uht="%b" urt="%b, %b"' % (took, upstream, upstream, upstream)
    return line, {"duration_us": cut(hit.took_us, 1000), "upstream_us": 2 * cut(hit.upstream_us, 1000)}


def ingress_tail(hit: Hit) -> tuple[bytes, Row]:
    again = hit.status == 503  # a second server was asked
    line = b" %d %b [default-shop-80] [] %b10.244.1.4:8080 %b%d %b%b %b%d 0a1b2c" % (
        *(hit.bytes_in, decimal_seconds(hit.took_us), b"10.244.0.9:8080, " if again else b"", b"0, " if again else b""),
        *(
            hit.size,
            b"5.000, " if again else b"",
            decimal_seconds(hit.upstream_us),
            b"504, " if again else b"",
            hit.status,
        ),
    )
    return line, {
        "bytes_in": hit.bytes_in,
        "duration_us": cut(hit.took_us, 1000),
        "upstream_us": 5_000_000 * again + cut(hit.upstream_us, 1000),
    }


def npmplus(hit: Hit) -> tuple[bytes, Row]:
    line = b'[%b] %b %b %b "%b" %d %d %d %b %b' % (
        *(
            clf_time(hit.at_us),
            hit.vhost,
            hit.host,
            decimal_seconds(hit.took_us),
            request_line(hit),
            hit.status,
            hit.size,
        ),
        *(hit.size + 300, dash(hit.referer), dash(hit.agent)),
    )
    said = {"vhost": hit.vhost, "duration_us": cut(hit.took_us, 1000), "referer": hit.referer, "agent": hit.agent}
    return line, to_second(hit) | said


def before_request(word: Callable[[Hit], bytes], role: str) -> Writer:
    def whole(hit: Hit) -> tuple[bytes, Row]:
        line = b'%b - %b [%b] %b "%b" %d %d' % (
            *(hit.host, dash(hit.user), clf_time(hit.at_us), word(hit), request_line(hit), hit.status, hit.size),
        )
        said = to_second(hit) | {"user": hit.user, role: word(hit)}
        if hit.tls == b"TLSv1.2":  # as good as any reason to have no pair behind
            return line, said
        return with_pair(line, said, hit)

    return whole


def with_pair(line: bytes, said: Row, hit: Hit) -> tuple[bytes, Row]:
    agent = None if hit.agent is None else escape(hit.agent)
    return line + b' "%b" "%b"' % (escape(hit.referer), escape(hit.agent)), said | {
        "referer": hit.referer,
        "agent": agent,
    }


def apisix(hit: Hit) -> tuple[bytes, Row]:
    line, said = before_request(lambda hit: hit.vhost, "vhost")(hit)
    line = line.partition(b' "-" "')[0] if hit.tls == b"TLSv1.2" else line
    front = b'%b - %b [%b] %b "%b" %d %d %b' % (
        *(hit.host, dash(hit.user), clf_time(hit.at_us), hit.vhost, request_line(hit), hit.status, hit.size),
        decimal_seconds(hit.took_us),
    )
    line, said = with_pair(front, said, hit)
    again = hit.status == 503  # a second server was asked
    first = (b"198.51.100.1:80, ", b"502, ", b"0.001, ") if again else (b"", b"", b"")
    line += b' %b198.51.100.2:80 %b200 %b%b "http://a"' % (*first, decimal_seconds(hit.upstream_us))
    took = {"duration_us": cut(hit.took_us, 1000), "upstream_us": 1000 * again + cut(hit.upstream_us, 1000)}
    return line, said | took


def combined_iso(hit: Hit) -> tuple[bytes, Row]:
    digits = {b"HIT": 3, b"MISS": 6}[hit.cache]
    zone = {b"HIT": b"Z", b"MISS": b"+00:00"}[hit.cache]
    line = b'%b - %b [%b%b] "%b" %d %d' % (
        *(hit.host, dash(hit.user), iso_time(hit.at_us, digits), zone, request_line(hit), hit.status, hit.size),
    )
    said = {"time": cut(hit.at_us, 10 ** (6 - digits)), "size_bytes": hit.size, "user": hit.user}
    return (line, said) if hit.tls == b"TLSv1.2" else with_pair(line, said, hit)


def haproxy_clf(hit: Hit) -> tuple[bytes, Row]:
    line = b'%b - - [%b] "%b" %d %d "" "" 50123 17 "fe" "be" "<NOSRV>" 10 0 -1 %d %d ---- 1 1 0 0 0 0 0 "" "" ' % (
        *(
            hit.host,
            clf_time(hit.at_us),
            request_line(hit),
            hit.status,
            hit.size,
            hit.upstream_us // 1000,
            hit.took_us // 1000,
        ),
    )
    took = {"duration_us": cut(hit.took_us, 1000), "upstream_us": cut(hit.upstream_us, 1000)}
    return line, to_second(hit) | took


def raw_pair(hit: Hit) -> tuple[bytes, Row]:
    line = b' "%b" "%b"' % (dash(hit.referer), dash(hit.agent))
    return line, {"referer": hit.referer, "agent": hit.agent}


def squid_combined(hit: Hit) -> tuple[bytes, Row]:
    line, said = common(hit)
    pair, more = raw_pair(hit)
    cache = b"TCP_" + hit.cache
    return line + pair + b" " + cache + b":HIER_DIRECT", said | more | {"cache": cache}
