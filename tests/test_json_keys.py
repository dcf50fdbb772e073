"""What servers, proxies and libraries write in JSON is read, each field under whatever key, and what is not is told."""

import json
import shlex
from typing import Any

import pyarrow as pa
import pytest

from http_monitor.parser.formats import get_format
from http_monitor.parser.jsonl.format import JsonFormat
from http_monitor.parser.presets import BY_NAME
from http_monitor.ports.log_format import Explaining
from tests.agreement import FILLER, check_alike

AT_US = 1_760_097_336_000_000
USUAL = {
    "host": b"192.0.2.7",
    "method": b"GET",
    "path": b"/a/b",
    "status": 503,
    "size_bytes": 612,
    "agent": b"curl/8.5.0",
}
TOOK = {"duration_us": 12_500}

WRITTEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Elastic Common Schema, nested": (
        {
            "@timestamp": "2025-10-10T11:55:36Z",
            "source": {"ip": "192.0.2.7"},
            "http": {"request": {"method": "GET"}, "response": {"status_code": 503, "body": {"bytes": 612}}},
            "url": {"original": "/a/b?c=1"},
            "user_agent": {"original": "curl/8.5.0"},
            "event": {"duration": 12_500_000},
            "host": {"name": "web1"},
        },
        TOOK,
    ),
    "Elastic Common Schema, flat": (
        {
            "@timestamp": "2025-10-10T11:55:36Z",
            "client.address": "192.0.2.7",
            "http.request.method": "GET",
            "http.response.status_code": 503,
            "http.response.body.bytes": 612,
            "url.path": "/a/b",
            "url.query": "c=1",
            "user_agent.original": "curl/8.5.0",
        },
        {},
    ),
    "OpenTelemetry's first conventions": (
        {
            "timeUnixNano": "1760097336000000000",
            "attributes": {
                "http.method": "GET",
                "http.status_code": 503,
                "http.target": "/a/b",
                "http.client_ip": "192.0.2.7",
                "http.user_agent": "curl/8.5.0",
                "http.response_content_length": 612,
            },
        },
        {},
    ),
    "Envoy, all of it text": (
        {
            "start_time": "2025-10-10T11:55:36.000Z",
            "method": "GET",
            "path": "/a/b",
            "response_code": "503",
            "response_flags": "-",
            "bytes_sent": "612",
            "duration": "12",
            "upstream_service_time": "-",
            "user_agent": "curl/8.5.0",
            "downstream_remote_address": "192.0.2.7:4711",
            ":authority": "shop.example",
        },
        {"duration_us": 12_000, "upstream_us": None, "vhost": b"shop.example"},
    ),
    "nginx, by hand for Kibana": (
        {
            "@timestamp": "2025-10-10T13:55:36+02:00",
            "host": "10.0.0.1",
            "clientip": "192.0.2.7",
            "size": 612,
            "responsetime": 0.0125,
            "upstreamtime": "0.011",
            "upstreamhost": "10.0.0.2:80",
            "http_host": "shop.example",
            "request_method": "GET",
            "url": "/a/b",
            "agent": "curl/8.5.0",
            "status": "503",
        },
        TOOK | {"upstream_us": 11_000, "vhost": b"shop.example"},
    ),
    "nginx, with an object for each end": (
        {
            "ts": "1760097336.000",
            "client": {"addr": "192.0.2.7", "ua": "curl/8.5.0", "referer": "https://www.example.org/"},
            "req": {"host": "shop.example", "length": "421", "method": "GET", "uri": "/a/b?c"},
            "res": {"body_length": "612", "status": "503"},
        },
        {"referer": b"https://www.example.org/", "bytes_in": 421, "vhost": b"shop.example"},
    ),
    "GitLab's workhorse behind its nginx": (
        {
            "time": "2025-10-10T11:55:36Z",
            "correlation_id": "01ET",
            "duration_ms": 12.5,
            "method": "GET",
            "remote_addr": "127.0.0.1:0",
            "remote_ip": "192.0.2.7",
            "status": 503,
            "system": "http",
            "uri": "/a/b",
            "user_agent": "curl/8.5.0",
            "written_bytes": 612,
        },
        TOOK,
    ),
    "Rails, by lograge": (
        {
            "time": "2025-10-10T11:55:36.000Z",
            "method": "GET",
            "path": "/a/b",
            "controller": "shop",
            "action": "show",
            "status": 503,
            "duration": 12.5,
            "view": 3.1,
            "ip": "192.0.2.7",
            "ua": "curl/8.5.0",
            "size": 612,
        },
        TOOK,
    ),
    "Go's echo": (
        {
            "time": "2025-10-10T11:55:36.000000001Z",
            "id": "",
            "remote_ip": "192.0.2.7",
            "host": "shop.example",
            "method": "GET",
            "uri": "/a/b",
            "user_agent": "curl/8.5.0",
            "status": 503,
            "latency": 12_500_000,
            "latency_human": "12.5ms",
            "bytes_in": 0,
            "bytes_out": 612,
        },
        TOOK | {"bytes_in": 0},
    ),
    "Go's zerolog": (
        {
            "level": "info",
            "ip": "192.0.2.7",
            "method": "GET",
            "url": "/a/b",
            "status": 503,
            "size": 612,
            "latency": "12.5ms",
            "user_agent": "curl/8.5.0",
            "time": 1760097336,
            "message": "access",
        },
        TOOK,
    ),
    "Node's morgan as JSON": (
        {
            "date": "Fri, 10 Oct 2025 11:55:36 GMT",
            "remote-addr": "192.0.2.7",
            "method": "GET",
            "url": "/a/b",
            "status": "503",
            "content-length": "612",
            "response-time": "12.500",
            "user-agent": "curl/8.5.0",
        },
        TOOK,
    ),
    "Node's winston with what express knows": (
        {
            "level": "info",
            "timestamp": "2025-10-10T11:55:36.000Z",
            "message": "HTTP GET /a/b",
            "meta": {
                "req": {"method": "GET", "originalUrl": "/a/b", "url": "/b", "headers": {"user-agent": "curl/8.5.0"}},
                "res": {"statusCode": 503, "headers": {"content-length": "612"}},
                "responseTime": 12.5,
                "ip": "192.0.2.7",
            },
        },
        TOOK,
    ),
    "Python's logger with a record of its own": (
        {
            "asctime": "2025-10-10 11:55:36,000",
            "levelname": "INFO",
            "message": "access",
            "client_addr": "192.0.2.7:4711",
            "request_line": "GET /a/b HTTP/1.1",
            "status_code": "503 Service Unavailable",
            "response_size": 612.0,
            "userAgent": "curl/8.5.0",
            "elapsed_seconds": 0.0125,
        },
        TOOK,
    ),
    "Google's load balancers": (
        {
            "timestamp": "2025-10-10T11:55:36Z",
            "severity": "INFO",
            "httpRequest": {
                "requestMethod": "GET",
                "requestUrl": "https://shop.example/a/b?c",
                "status": 503,
                "responseSize": "612",
                "userAgent": "curl/8.5.0",
                "remoteIp": "192.0.2.7",
                "latency": "0.0125s",
            },
        },
        TOOK,
    ),
    "Kong": (
        {
            "started_at": 1760097336000,
            "client_ip": "192.0.2.7",
            "request": {"method": "GET", "uri": "/a/b", "headers": {"user-agent": "curl/8.5.0"}},
            "response": {"status": 503, "size": 612, "headers": {"user-agent": "no agent"}},
            "latencies": {"request": 12.5, "proxy": 11},
        },
        TOOK | {"upstream_us": 11_000},
    ),
    "Serilog": (
        {
            "@t": "2025-10-10T11:55:36.0000000Z",
            "@mt": "HTTP {RequestMethod} {RequestPath} responded {StatusCode} in {Elapsed:0.0000} ms",
            "RequestMethod": "GET",
            "RequestPath": "/a/b",
            "StatusCode": 503,
            "Elapsed": 12.5,
            "ClientIp": "192.0.2.7",
            "UserAgent": "curl/8.5.0",
            "ContentLength": 612,
        },
        TOOK,
    ),
    "tracing of Rust": (
        {
            "timestamp": "2025-10-10T11:55:36Z",
            "level": "INFO",
            "fields": {"message": "finished processing request", "latency": "12500 us", "status": 503},
            "target": "tower_http::trace::on_response",
            "span": {"method": "GET", "uri": "/a/b", "client_ip": "192.0.2.7", "user_agent": "curl/8.5.0"},
            "bytes": 612,
        },
        TOOK,
    ),
    "Phoenix, by LoggerJSON": (
        {
            "message": "GET /a/b [Sent 503 in 12.5ms]",
            "metadata": {
                "duration_\N{GREEK SMALL LETTER MU}s": 12_500,
                "request": {
                    "client": {"ip": "192.0.2.7", "user_agent": "curl/8.5.0"},
                    "connection": {"method": "GET", "path": "/a/b", "protocol": "HTTP/1.1", "status": 503},
                },
                "bytes_sent": 612,
            },
            "severity": "info",
            "time": "2025-10-10T11:55:36.000Z",
        },
        TOOK,
    ),
    "Amazon's load balancers, put into JSON": (
        {
            "type": "https",
            "time": "2025-10-10T11:55:36.000000Z",
            "client_port": "192.0.2.7:4711",
            "target_port": "10.0.0.2:80",
            "elb_status_code": "503",
            "target_status_code": "200",
            "received_bytes": "421",
            "sent_bytes": "612",
            "request": "GET https://shop.example:443/a/b?c HTTP/2.0",
            "user_agent": "curl/8.5.0",
        },
        {"bytes_in": 421},
    ),
    "HAProxy, by the names of its samples": (
        {
            "time": "10/Oct/2025:11:55:36.000 +0000",
            "client_ip": "192.0.2.7",
            "client_port": 4711,
            "http_method": "GET",
            "http_uri": "/a/b?c",
            "http_status": 503,
            "bytes_sent": 612,
            "user_agent": "curl/8.5.0",
        },
        {},
    ),
    "Envoy Gateway": (
        {
            "start_time": "2025-10-10T11:55:36.000Z",
            "method": "GET",
            "x-envoy-origin-path": "/a/b?c",
            "protocol": "HTTP/1.1",
            "response_code": 503,
            "response_flags": "-",
            "bytes_received": 0,
            "bytes_sent": 612,
            "duration": 12,
            "user-agent": "curl/8.5.0",
            "downstream_remote_address": "192.0.2.7:4711",
        },
        {"duration_us": 12_000},
    ),
    "NXLog of IIS": (
        {
            "EventTime": "2025-10-10 11:55:36",
            "c-ip": "192.0.2.7",
            "c-port": 4711,
            "cs-method": "GET",
            "cs-uri-stem": "/a/b",
            "sc-status": 503,
            "sc-bytes": 612,
            "cs(User-Agent)": "curl/8.5.0",
            "cs(Referer)": "https://www.example.org/",
        },
        {"referer": b"https://www.example.org/"},
    ),
    "Node's morgan as JSON, by its tokens": (
        {
            "date": "2025-10-10T11:55:36.000Z",
            "remote-addr": "192.0.2.7",
            "method": "GET",
            "url": "/a/b",
            "status": "503",
            "res[content-length]": "612",
            "response-time": "12.500",
            "user-agent": "curl/8.5.0",
        },
        TOOK,
    ),
    "Go's logrus behind gin": (
        {
            "clientIP": "192.0.2.7",
            "dataLength": 612,
            "latency": "12.5ms",
            "level": "info",
            "method": "GET",
            "path": "/a/b",
            "statusCode": 503,
            "time": "2025-10-10T11:55:36Z",
            "userAgent": "curl/8.5.0",
        },
        TOOK,
    ),
    "a client of HTTP in reverse, with a status line": (
        {
            "ts": 1760097336,
            "remote_addr": "192.0.2.7",
            "request": {"method": "GET", "uri": "/a/b"},
            "response": {"status": {"code": 503, "message": "Service Unavailable"}, "bytes": 612},
            "user_agent": "curl/8.5.0",
        },
        {},
    ),
    "a server with a whole status line": (
        {
            "ts": 1760097336,
            "remote_addr": "192.0.2.7",
            "method": "GET",
            "uri": "/a/b",
            "status_line": "HTTP/1.1 503 Service Unavailable",
            "bytes": 612,
            "user_agent": "curl/8.5.0",
        },
        {},
    ),
    "Azure's gateways": (
        {
            "time": "2025-10-10T11:55:36Z",
            "resourceId": "/SUBSCRIPTIONS/7",
            "operationName": "ApplicationGatewayAccess",
            "category": "ApplicationGatewayAccessLog",
            "properties": {
                "clientIP": "192.0.2.7",
                "httpMethod": "GET",
                "requestUri": "/a/b",
                "httpStatus": 503,
                "sentBytes": 612,
                "timeTaken": 0.0125,
                "userAgent": "curl/8.5.0",
            },
        },
        TOOK,
    ),
    "CloudFront, in JSON with a day and a time": (
        {
            "date": "2025-10-10",
            "time": "11:55:36",
            "x-edge-location": "FRA56",
            "sc-bytes": "612",
            "c-ip": "192.0.2.7",
            "cs-method": "GET",
            "cs-uri-stem": "/a/b",
            "sc-status": "503",
            "cs(User-Agent)": "curl/8.5.0",
            "time-taken": "0.0125",
        },
        TOOK,
    ),
    "IIS, in JSON": (
        {
            "Date": "2025-10-10",
            "Time": "11:55:36",
            "s-computername": "WEB1",
            "c-ip": "192.0.2.7",
            "cs-method": "GET",
            "cs-uri-stem": "/a/b",
            "sc-status": 503,
            "sc-win32-status": 0,
            "sc-bytes": 612,
            "cs(User-Agent)": "curl/8.5.0",
            "time-taken": 12,
        },
        {"duration_us": 12_000},
    ),
    "HAProxy, by its short names": (
        {
            "t": "10/Oct/2025:11:55:36.000",
            "ci": "192.0.2.7",
            "cp": 4711,
            "hm": "GET",
            "hu": "/a/b?c",
            "ST": 503,
            "B": 612,
            "U": 421,
            "ts": "--",
            "Tr": 11,
            "Tt": 12,
            "user_agent": "curl/8.5.0",
        },
        {"bytes_in": 421, "duration_us": 12_000, "upstream_us": 11_000},
    ),
    "HAProxy, by long names": (
        {
            "time": "10/Oct/2025:11:55:36.000",
            "client_ip": "192.0.2.7",
            "http_request": "GET /a/b?c HTTP/1.1",
            "status_code": 503,
            "bytes_read": 612,
            "time_total": 12,
            "backend_name": "shop",
            "user_agent": "curl/8.5.0",
        },
        {"duration_us": 12_000},
    ),
    "Akamai": (
        {
            "reqTimeSec": "1760097336.000",
            "cliIP": "192.0.2.7",
            "reqMethod": "GET",
            "reqPath": "a/b",
            "queryStr": "c=1",
            "statusCode": "503",
            "bytes": "612",
            "UA": "curl/8.5.0",
            "turnAroundTimeMSec": "12",
        },
        {"duration_us": 12_000},
    ),
    "Phoenix, by LoggerJSON for Datadog": (
        {
            "duration": 12_500_000,
            "http": {
                "method": "GET",
                "status_code": 503,
                "url": "http://shop.example/a/b",
                "url_details": {"host": "shop.example", "path": "/a/b"},
                "useragent": "curl/8.5.0",
            },
            "network": {"client": {"ip": "192.0.2.7"}, "bytes_written": 612},
            "syslog": {"hostname": "web1", "severity": "info", "timestamp": "2025-10-10T11:55:36.000Z"},
        },
        TOOK,
    ),
    "Traefik, through a shipper that took its time": (
        {
            "@timestamp": "2025-10-10T11:55:36Z",
            "ClientHost": "192.0.2.7",
            "DownstreamContentSize": 612,
            "DownstreamStatus": 503,
            "Duration": 12_500_000,
            "OriginDuration": 11_000_000,
            "RequestMethod": "GET",
            "RequestPath": "/a/b?c",
            "request_User-Agent": "curl/8.5.0",
        },
        TOOK | {"upstream_us": 11_000},
    ),
    "Cloudflare": (
        {
            "EdgeEndTimestamp": 1760097336000000000,
            "ClientIP": "192.0.2.7",
            "ClientRequestMethod": "GET",
            "ClientRequestURI": "/a/b?c=1",
            "EdgeResponseStatus": 503,
            "OriginResponseStatus": 200,
            "EdgeResponseBytes": 612,
            "ClientRequestUserAgent": "curl/8.5.0",
        },
        {},
    ),
}


def rows_of(fmt: Any, data: bytes) -> list[dict[str, Any]]:
    batch = fmt.parse(data)
    columns = batch.rows.set_column(0, "time", batch.rows.column("time").cast(pa.int64()))
    return [*columns.to_pylist()]


def encoded(found: dict[str, Any]) -> bytes:
    return json.dumps(found).encode()


@pytest.mark.parametrize("name", WRITTEN)
def test_what_programs_write_is_read_line_by_line_and_by_columns(name: str) -> None:
    found, more = WRITTEN[name]
    line = encoded(found)

    (row,) = rows_of(BY_NAME["json"].make(10_000), line)
    many = rows_of(BY_NAME["json"].make(10_000), (line + b"\n") * 40 + FILLER)

    wanted = USUAL | more
    assert {key: row[key] for key in wanted} == wanted
    assert row["time"] // 1_000_000 == AT_US // 1_000_000
    assert many == [row] * 40
    check_alike(BY_NAME["json"], [line])


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"status": "ok", "status_code": 404}, {"status": 404}),
        ({"status": "up", "level": 30, "id": 7, "code": 200}, {"status": 0}),
        ({"statusCode": 404, "upstream_status": 502, "response": "200"}, {"status": 404}),
        ({"response": "404"}, {"status": 404}),
        ({"response": "done"}, {"status": 0}),
        ({"status": 0}, {"status": 0}),
        ({"status": "000"}, {"status": 0}),
        ({"status": -1}, {"status": 0}),
        ({"status": "-"}, {"status": 0}),
        ({"status": "HTTP/1.1 404 Not Found"}, {"status": 404}),
        ({"status": "HTTP/2 404"}, {"status": 404}),
        ({"status": "404  Not Found"}, {"status": 404}),
        ({"status": "404 "}, {"status": 404}),
        ({"status_line": "done", "code": 1}, {"status": 0}),
        ({"client_port": "54321", "ip": "192.0.2.8"}, {"host": b"192.0.2.8"}),
        ({"client_port": 54321}, {"host": b"-"}),
        ({"client_port": "192.0.2.8:4711"}, {"host": b"192.0.2.8"}),
        ({"client_port": "192.0.2.8:4711", "client_ip": "192.0.2.9"}, {"host": b"192.0.2.9"}),
        (
            {"metadata": {"name": "web-1", "namespace": "shop", "uid": "7", "host": "node1"}, "ip": "::1"},
            {"host": b"::1"},
        ),
        ({"status": 404, "metadata": {"status": 200, "url": "/b"}, "url": "/a"}, {"status": 404, "path": b"/a"}),
        ({"status": 200.0, "size": 5.0}, {"status": 200, "size_bytes": 5}),
        ({"status": 200, "size": -1}, {"size_bytes": None}),
        ({"remote_addr": "192.0.2.9", "client_ip": "192.0.2.8"}, {"host": b"192.0.2.9"}),
        ({"client": "192.0.2.8", "remote": "web1"}, {"host": b"192.0.2.8"}),
        ({"client": "shop", "ip": "2001:db8::7"}, {"host": b"2001:db8::7"}),
        ({"client": "[2001:db8::7]:4711"}, {"host": b"2001:db8::7"}),
        ({"remote_addr": "192.0.2.7:4711"}, {"host": b"192.0.2.7"}),
        ({"remote_addr": "shop:4711"}, {"host": b"shop:4711"}),
        ({"remote_addr": "-", "ip": "192.0.2.8"}, {"host": b"192.0.2.8"}),
        ({"@version": "1", "host": "web1", "path": "/var/log/access.log", "url": "/x"}, {"vhost": None, "path": b"/x"}),
        ({"url": "shop", "path": "/x"}, {"path": b"/x"}),
        ({"request": "/x?y", "method": "handle", "verb": "PUT"}, {"path": b"/x", "method": b"PUT"}),
        ({"request": "PUT /x HTTP/1.1", "method": "handle"}, {"path": b"/x", "method": b"PUT"}),
        ({"headers": {"User-Agent": ["a/1"]}, "res": {"headers": {"user-agent": "b/2"}}}, {"agent": b"a/1"}),
        ({"http": {"headers": {"Referer": "http://a/"}}}, {"referer": b"http://a/"}),
        ({"duration_ms": 5, "duration": 7}, {"duration_us": 5_000}),
        ({"latency_ns": 5_000_000}, {"duration_us": 5_000}),
        ({"elapsedMicros": "5"}, {"duration_us": 5}),
        ({"tookSeconds": 0.5}, {"duration_us": 500_000}),
        ({"latency": {"ms": 5}}, {"duration_us": 5_000}),
        ({"latencys": 5}, {"duration_us": None}),
        ({"duration": 7}, {"duration_us": None}),
        ({"latency": "1m2.5s"}, {"duration_us": 62_500_000}),
        ({"latency": "250\N{MICRO SIGN}s"}, {"duration_us": 250}),
        ({"latency": "13 ms"}, {"duration_us": 13_000}),
        ({"took": "0:00:01.5"}, {"duration_us": 1_500_000}),
        ({"request_time": 0.5}, {"duration_us": None}),
        ({"request_time": "0.500", "body_bytes_sent": 5}, {"duration_us": 500_000}),
        ({"duration": "0.500", "remote_addr": "192.0.2.7", "body_bytes_sent": 5}, {"duration_us": 500_000}),
        ({"duration": "0.5", "remote_addr": "192.0.2.7", "body_bytes_sent": 5}, {"duration_us": None}),
        ({"request_time": 500, "response_flags": "-"}, {"duration_us": 500_000}),
        ({"time_taken": 12, "resourceId": "/a", "operationName": "b"}, {"duration_us": None}),
        ({"time_taken": 12}, {"duration_us": None}),
        ({"time_total": 12, "bytes_read": 5}, {"duration_us": 12_000, "size_bytes": 5}),
        ({"time_total": 12}, {"duration_us": None}),
        ({"bytes_read": 5}, {"size_bytes": None}),
        ({"Duration": 12, "DownstreamStatus": 404}, {"duration_us": None, "status": 404}),
        ({"st": 404, "b": 5, "ci": "192.0.2.9"}, {"status": 0, "size_bytes": None, "host": b"-"}),
        ({"date": "2025-10-11", "time": "11:55:36", "status": 404}, {"time": AT_US + 86_400 * 10**6}),
        ({"date": "2025-10-11", "time": "13:55:36.5+02:00", "status": 404}, {"time": AT_US + 86_400_500_000}),
        ({"date": "2025-10-11", "time": 1760097336}, {"time": AT_US}),
        ({"date": "10 Oct", "ts": 1760097337, "time": 1760097336}, {"time": AT_US}),
        ({"reqPath": "a/b"}, {"path": None}),
        ({"reqPath": "a/b", "cliIP": "::1", "edgeIP": "::2"}, {"path": b"/a/b"}),
        ({"reqPath": "-", "cliIP": "::1", "edgeIP": "::2"}, {"path": None}),
        ({"reqPath": "/a", "cliIP": "::1", "edgeIP": "::2"}, {"path": b"/a"}),
    ],
)
def test_of_several_keys_the_one_counts_whose_value_can_be_what_it_says(
    keys: dict[str, Any], said: dict[str, Any]
) -> None:
    line = encoded({"time": 1760097336, "method": "GET", "user": "anna"} | keys)

    (row,) = rows_of(BY_NAME["json"].make(10_000), line)

    assert {key: row[key] for key in said} == said
    check_alike(BY_NAME["json"], [line])


@pytest.mark.parametrize(
    ("time", "part_us"),
    [
        ("1760097336", 0),
        ("1760097336.25", 250_000),
        ("1760097336250", 250_000),
        ('"1760097336250000"', 250_000),
        ("1760097336250000000", 250_000),
        ("1.76009733625e9", 250_000),
        ('"10/Oct/2025:13:55:36 +0200"', 0),
        ('"[10/Oct/2025:13:55:36.250 +0200]"', 250_000),
        ('"Fri, 10 Oct 2025 11:55:36 GMT"', 0),
        ('"2025-10-10 11:55:36.25 +0000 UTC m=+0.1"', 250_000),
        ('"2025-10-10T13:55:36,25+0200"', 250_000),
    ],
)
def test_a_time_is_read_in_the_unit_that_it_shows(time: str, part_us: int) -> None:
    line = b'{"ts":%s,"status":200,"method":"GET","path":"/"}' % time.encode()
    for data in (line, (line + b"\n") * 40 + FILLER):
        rows = rows_of(BY_NAME["json"].make(10_000), data)
        assert {row["time"] for row in rows} == {AT_US + part_us}


def test_a_number_that_is_no_time_of_these_years_is_malformed() -> None:
    reading = reading_of("json", b'{"ts":12,"status":200}')
    assert (reading.values, reading.expected) == (
        None,
        "a number that is of seconds since 1970, or their thousandths, millionths or billionths",
    )


def test_an_object_without_a_time_is_told_to_lack_it() -> None:
    line = b'{"level":"info","method":"GET","url":"/","status":200}'
    assert reading_of("json", line).expected == "a key with the time"


def reading_of(name: str, line: bytes) -> Any:
    made = BY_NAME[name].make(10_000)
    assert isinstance(made, Explaining)
    return made.read_line(line)


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        (rb"say \x22x\x22", rb"say \x22x\x22"),
        (rb"a\vb\'c", rb"a\vb\'c"),
        (rb"a\\xb", rb"a\xb"),
        (rb"a\u12", rb"a\u12"),
        (b"caf\xe9 x", b"caf\xe9 x"),
        (b"a\tb\x1b", b"a\tb\x1b"),
    ],
)
def test_a_string_that_is_not_quite_json_is_what_the_server_wrote(text: bytes, agent: bytes) -> None:
    line = b'{"time":1760097336,"status":200,"path":"/","method":"GET","user_agent":"%s","score":NaN}' % text
    (row,) = rows_of(BY_NAME["json"].make(10_000), line)
    assert row["agent"] == agent
    check_alike(BY_NAME["json"], [line])


@pytest.mark.parametrize(
    ("line", "likely"),
    [
        (
            b'{"time":1760097336,"ip":"192.0.2.7","method":"GET","url":"/a","size":1,"code":503,"latency":12.5}',
            {"status": 503, "duration_us": 12_500},
        ),
        (b'{"t":1760097336,"who":"192.0.2.7","method":"GET","page":"/a","st":404,"n_bytes":7}', {"host": b"192.0.2.7"}),
        (b'{"t":1760097336,"ip":"192.0.2.7","page":"/a/b","status":404,"verb":"GET"}', {"path": b"/a/b"}),
        (b'{"time":1760097336,"host":"192.0.2.7","method":"GET","uri":"/a","status":"200"}', {"host": b"192.0.2.7"}),
        (b'{"time":1760097336,"ip":"192.0.2.7","request":"GET / HTTP/1.1","status":"200","what":"curl/8.5.0"}', {}),
        (
            b'{"time":1760097336,"a":{"b":{"len":"77"}},"ip":"::1","method":"GET","uri":"/","status":200}',
            {"size_bytes": 77},
        ),
    ],
)
def test_a_key_that_looks_like_a_field_is_told_with_the_format_that_reads_it(
    line: bytes, likely: dict[str, Any]
) -> None:
    made = BY_NAME["json"].make(10_000)
    assert isinstance(made, JsonFormat)
    before = made.read_line(line).values or {}

    (remark,) = made.remarks(line)

    assert remark.name == "json-keys"
    words = shlex.split(remark.text.partition("--format ")[2])
    pasted = get_format(words[0])
    assert isinstance(pasted, Explaining)
    values = pasted.read_line(line).values or {}
    assert {key: values[key] for key in likely} == likely
    kept = ("time", "method", "path", "status", "size_bytes", "host")
    assert {key: values.get(key) for key in kept if before.get(key) is not None} == {
        key: before[key] for key in kept if before.get(key) is not None
    }


@pytest.mark.parametrize(
    "keys",
    [
        {"level": "info", "caller": "a/b.go:7", "latency": 0.000123},
        {"level": "info", "caller": "a/b.go:7", "latency": 1.23e-05},
        {"level": "info", "message": "x", "duration": 0.123},
        {"level": "INFO", "msg": "x", "duration": 12_500_000_000},
        {"level": "info", "latency": 13},
        {"response_state": "MISS", "time_elapsed": 12_500},
        {"response_time": 12},
        {"time-taken": "12", "time-to-first-byte": "0.001"},
        {"time_taken": 12, "resourceId": "/a", "operationName": "b"},
        {"Duration": 12_500_000},
    ],
)
def test_a_duration_is_told_whose_unit_nothing_shows(keys: dict[str, Any]) -> None:
    made = BY_NAME["json"].make(10_000)
    assert isinstance(made, JsonFormat)
    line = encoded(
        {"time": 1760097336, "ip": "192.0.2.7", "method": "GET", "url": "/a", "status": 200, "size": 1} | keys
    )

    (row,) = rows_of(made, line)
    (remark,) = made.remarks(line)

    assert row["duration_us"] is None
    told = ["latency", "duration", "time_elapsed", "response_time", "time-taken", "time_taken", "Duration"]
    key = next(name for name in told if name in keys)
    assert f"keys not read: {key} for the duration " in remark.text
    words = shlex.split(remark.text.partition("--format ")[2])
    (pasted,) = rows_of(get_format(words[0]), line)
    assert pasted["duration_us"] is not None


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_is_told_where_all_is_read(name: str) -> None:
    made = BY_NAME["json"].make(10_000)
    assert isinstance(made, JsonFormat)
    assert [*made.remarks(encoded(WRITTEN[name][0]))] == []


@pytest.mark.parametrize("key", ["level", "id", "port", "error_code", "upstream_status", "zip", "server_ip"])
def test_no_key_is_told_that_is_something_else(key: str) -> None:
    made = BY_NAME["json"].make(10_000)
    assert isinstance(made, JsonFormat)
    value = "192.0.2.1" if key == "server_ip" else 200
    assert [*made.remarks(encoded({"time": 1760097336, "method": "GET", "uri": "/", key: value}))] == []
