"""Writes a hit as servers and loggers do, in JSON."""

import json

from tests.written.hit import Hit, Row
from tests.written.texts import cut, dash, decimal_seconds, iso_time, json_object, moment, request_line


def traefik_json(hit: Hit) -> tuple[bytes, Row]:
    line = json_object(
        ClientHost=hit.host,
        ClientUsername=dash(hit.user),
        DownstreamContentSize=hit.size,
        DownstreamStatus=hit.status,
        Duration=hit.took_us * 1000,
        OriginDuration=hit.upstream_us * 1000,
        RequestContentSize=hit.bytes_in,
        RequestHost=hit.vhost,
        RequestMethod=hit.method,
        RequestPath=hit.target,
        RequestProtocol=b"HTTP/1.1",
        StartUTC=iso_time(hit.at_us, 6) + b"Z",
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


def caddy(hit: Hit) -> tuple[bytes, Row]:
    at_us = cut(hit.at_us, 1000)  # a float has digits for it
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
    line = json_object(
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


def nginx_json(hit: Hit) -> tuple[bytes, Row]:
    line = json_object(
        time_iso8601=iso_time(hit.at_us) + b"+00:00",
        remote_addr=hit.host,
        remote_user=hit.user or b"",
        request=request_line(hit),
        status=b"%d" % hit.status,
        body_bytes_sent=b"%d" % hit.size,
        request_time=decimal_seconds(hit.took_us),
        upstream_response_time=decimal_seconds(hit.upstream_us) + b", 0.001",
        http_user_agent=hit.agent or b"",
        http_referer=hit.referer or b"",
    )
    return line, {
        "time": cut(hit.at_us, 10**6),
        "user": hit.user,
        "size_bytes": hit.size,
        "duration_us": cut(hit.took_us, 1000),
        "upstream_us": cut(hit.upstream_us, 1000) + 1000,
        "agent": hit.agent,
        "referer": hit.referer,
    }


def pino(hit: Hit) -> tuple[bytes, Row]:
    request = {"method": hit.method.decode(), "url": hit.target.decode(), "remoteAddress": hit.host.decode()}
    line = json_object(
        time=hit.at_us // 1000,
        req=request,
        res={"statusCode": hit.status},
        responseTime=hit.took_us // 1000,
        user_agent=hit.agent,
        msg=b"request completed",
    )
    return line, {"time": cut(hit.at_us, 1000), "duration_us": cut(hit.took_us, 1000), "agent": hit.agent}


def elastic(hit: Hit) -> tuple[bytes, Row]:
    """Return what Elastic's conventions have, in objects within objects."""

    def text(value: bytes | None) -> str | None:
        return None if value is None else value.decode("utf-8", "surrogateescape")

    line = json_object(
        **{"@timestamp": iso_time(hit.at_us, 3) + b"Z"},
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
        "time": cut(hit.at_us, 1000),
        "user": hit.user,
        "size_bytes": hit.size,
        "duration_us": hit.took_us,
        "agent": hit.agent,
        "referer": hit.referer,
    }


def envoy_json(hit: Hit) -> tuple[bytes, Row]:
    """Return what Envoy writes where each value is a text, and a dash says that there is none."""
    line = json_object(
        start_time=iso_time(hit.at_us, 3) + b"Z",
        method=hit.method,
        path=hit.target,
        protocol=b"HTTP/1.1",
        response_code=b"%d" % hit.status,
        response_flags=b"-",
        bytes_received=b"%d" % hit.bytes_in,
        bytes_sent=b"%d" % hit.size,
        duration=b"%d" % (hit.took_us // 1000),
        upstream_service_time=b"%d" % (hit.upstream_us // 1000),
        x_forwarded_for=dash(hit.forwarded),
        user_agent=dash(hit.agent),
        authority=hit.vhost,
        downstream_remote_address=(b"[%b]:4711" if b":" in hit.host else b"%b:4711") % hit.host,
    )
    return line, {
        "time": cut(hit.at_us, 1000),
        "bytes_in": hit.bytes_in,
        "size_bytes": hit.size,
        "duration_us": cut(hit.took_us, 1000),
        "upstream_us": cut(hit.upstream_us, 1000),
        "agent": hit.agent,
        "vhost": hit.vhost,
        "forwarded": hit.forwarded,
    }


def zerolog(hit: Hit) -> tuple[bytes, Row]:
    """Return what loggers of Go write: seconds since 1970, and durations with their unit."""
    short = hit.took_us < 1000
    line = json_object(
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
        "time": cut(hit.at_us, 10**6),
        "size_bytes": hit.size,
        "duration_us": hit.took_us if short else cut(hit.took_us, 1000),
        "agent": hit.agent,
    }


def any_json(hit: Hit) -> tuple[bytes, Row]:
    """Return an object by one of the loggers that have no format of their own."""
    return (pino, elastic, envoy_json, zerolog)[hit.size % 4](hit)


def caddy_console(hit: Hit) -> tuple[bytes, Row]:
    line, said = caddy(hit)
    content = json.loads(line.decode("utf-8", "surrogateescape"))
    for key in ("level", "ts", "logger", "msg"):
        content.pop(key, None)
    at = f"{moment(hit.at_us):%Y/%m/%d %H:%M:%S.%f}"[:-3].encode()
    level = b"\x1b[34mINFO\x1b[0m" if hit.cache == b"HIT" else b"info"
    front = b"%b\t%b\thttp.log.access.log0\thandled request\t" % (at, level)
    return front + json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogateescape"), said
