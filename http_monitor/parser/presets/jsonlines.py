"""The logs of one JSON object a line, by the keys that each server writes."""

from collections.abc import Callable

from http_monitor.parser.jsonlines import JsonFormat, KeyMap
from http_monitor.parser.presets.preset import Preset
from http_monitor.ports import LogFormat

TRAEFIK: KeyMap = {
    "StartUTC": ("time", "iso"),
    "StartLocal": ("time", "iso"),
    "time": ("time", "iso"),
    "ClientHost": ("host", "plain"),
    "ClientUsername": ("user", "plain"),
    "RequestMethod": ("method", "plain"),
    "RequestPath": ("target", "plain"),
    "RequestProtocol": ("protocol", "plain"),
    "DownstreamStatus": ("status", "plain"),
    "DownstreamContentSize": ("size", "plain"),
    "RequestContentSize": ("bytes_in", "plain"),
    "Duration": ("duration", "ns"),
    "OriginDuration": ("upstream", "ns"),
    "RequestHost": ("vhost", "plain"),
    "RequestPort": ("port", "plain"),
    "TLSVersion": ("tls", "plain"),
    "request_Referer": ("referer", "plain"),
    "request_User-Agent": ("agent", "plain"),
    "request_X-Forwarded-For": ("forwarded", "plain"),
    "request_X-Request-Id": ("request_id", "plain"),
}
CADDY: KeyMap = {
    "ts": ("time", "plain"),
    "request.client_ip": ("host", "plain"),
    "request.remote_ip": ("host", "plain"),
    "user_id": ("user", "plain"),
    "request.method": ("method", "plain"),
    "request.uri": ("target", "plain"),
    "request.proto": ("protocol", "plain"),
    "status": ("status", "plain"),
    "size": ("size", "plain"),
    "bytes_read": ("bytes_in", "plain"),
    "duration": ("duration", "s"),
    "request.host": ("vhost", "plain"),
    "request.tls.version": ("tls", "plain"),
    "request.headers.Referer": ("referer", "plain"),
    "request.headers.User-Agent": ("agent", "plain"),
    "request.headers.X-Forwarded-For": ("forwarded", "plain"),
    "request.headers.X-Request-Id": ("request_id", "plain"),
}
NGINX: KeyMap = {
    "time_iso8601": ("time", "iso"),
    "time_local": ("time", "clf"),
    "msec": ("time", "epoch"),
    "@timestamp": ("time", "plain"),
    "timestamp": ("time", "plain"),
    "time": ("time", "plain"),
    "remote_addr": ("host", "plain"),
    "remote_user": ("user", "plain"),
    "request": ("request", "plain"),
    "request_method": ("method", "plain"),
    "request_uri": ("target", "plain"),
    "uri": ("path", "plain"),
    "args": ("query", "plain"),
    "query_string": ("query", "plain"),
    "server_protocol": ("protocol", "plain"),
    "status": ("status", "plain"),
    "body_bytes_sent": ("size", "plain"),
    "bytes_sent": ("size", "plain"),
    "request_length": ("bytes_in", "plain"),
    "request_time": ("duration", "s"),
    "upstream_response_time": ("upstream", "s"),
    "upstream_cache_status": ("cache", "plain"),
    "http_host": ("vhost", "plain"),
    "host": ("vhost", "plain"),
    "server_name": ("vhost", "plain"),
    "server_port": ("port", "plain"),
    "ssl_protocol": ("tls", "plain"),
    "http_referer": ("referer", "plain"),
    "http_referrer": ("referer", "plain"),
    "http_user_agent": ("agent", "plain"),
    "http_x_forwarded_for": ("forwarded", "plain"),
    "request_id": ("request_id", "plain"),
}
# Pino, bunyan, morgan and the Elastic Common Schema; a duration only where its key says the unit.
_OTHERS: KeyMap = {
    "ts": ("time", "plain"),
    "date": ("time", "plain"),
    "datetime": ("time", "plain"),
    "req.remoteAddress": ("host", "plain"),
    "source.ip": ("host", "plain"),
    "client.ip": ("host", "plain"),
    "remote_ip": ("host", "plain"),
    "client_ip": ("host", "plain"),
    "clientip": ("host", "plain"),
    "remote-addr": ("host", "plain"),
    "ip": ("host", "plain"),
    "user.name": ("user", "plain"),
    "remote-user": ("user", "plain"),
    "req.method": ("method", "plain"),
    "http.request.method": ("method", "plain"),
    "method": ("method", "plain"),
    "req.url": ("target", "plain"),
    "url.original": ("target", "plain"),
    "url": ("target", "plain"),
    "path": ("target", "plain"),
    "protocol": ("protocol", "plain"),
    "res.statusCode": ("status", "plain"),
    "http.response.status_code": ("status", "plain"),
    "statusCode": ("status", "plain"),
    "status_code": ("status", "plain"),
    "http.response.body.bytes": ("size", "plain"),
    "bytes": ("size", "plain"),
    "size": ("size", "plain"),
    "responseTime": ("duration", "ms"),
    "response_time_ms": ("duration", "ms"),
    "duration_ms": ("duration", "ms"),
    "latency_ms": ("duration", "ms"),
    "duration_us": ("duration", "us"),
    "event.duration": ("duration", "ns"),
    "vhost": ("vhost", "plain"),
    "req.headers.referer": ("referer", "plain"),
    "referer": ("referer", "plain"),
    "referrer": ("referer", "plain"),
    "req.headers.user-agent": ("agent", "plain"),
    "user_agent.original": ("agent", "plain"),
    "user_agent": ("agent", "plain"),
    "user-agent": ("agent", "plain"),
    "req.id": ("request_id", "plain"),
    "trace.id": ("request_id", "plain"),
}
GENERIC: KeyMap = {**NGINX, **{key: meaning for key, meaning in _OTHERS.items() if key not in NGINX}}


def _json(name: str, key_map: KeyMap, *needs: str) -> Callable[[int], LogFormat]:
    return lambda limit: JsonFormat(name, key_map, limit, needs=needs)


JSON = (
    Preset(
        "traefik_json",
        "Traefik with format: json",
        "https://doc.traefik.io/traefik/observability/access-logs/",
        (
            b'{"ClientHost":"192.0.2.7","ClientUsername":"-","DownstreamContentSize":2326,"DownstreamStatus":200,'
            b'"Duration":12000000,"OriginDuration":11000000,"RequestHost":"shop.example","RequestMethod":"GET",'
            b'"RequestPath":"/basket/add?item=7","RequestProtocol":"HTTP/1.1","StartUTC":"2025-10-10T11:55:36.5Z"}',
        ),
        _json("traefik_json", TRAEFIK, "RequestMethod"),
    ),
    Preset(
        "caddy_json",
        "Caddy, its access log",
        "https://caddyserver.com/docs/caddyfile/directives/log",
        (
            b'{"level":"info","ts":1760097336.5,"logger":"http.log.access","msg":"handled request","request":'
            b'{"remote_ip":"192.0.2.7","client_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET",'
            b'"host":"shop.example","uri":"/basket/add?item=7","headers":{"User-Agent":["curl/8.5.0"]}},'
            b'"bytes_read":0,"user_id":"","duration":0.012,"size":2326,"status":200}',
        ),
        _json("caddy_json", CADDY, "request.method", "request.uri"),
    ),
    Preset(
        "nginx_json",
        "nginx with escape=json, keys named as its variables",
        "https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format",
        (
            b'{"time_iso8601":"2025-10-10T13:55:36+02:00","remote_addr":"192.0.2.7","request":"GET /basket/add '
            b'HTTP/1.1","status":"200","body_bytes_sent":"2326","request_time":"0.012","http_user_agent":"curl/8.5.0"}',
        ),
        _json("nginx_json", NGINX, "remote_addr", "status"),
    ),
    Preset(
        "json",
        "JSON lines with the keys of many servers and libraries",
        "https://www.elastic.co/docs/reference/ecs/ecs-http",
        (
            b'{"time":1760097336500,"req":{"method":"GET","url":"/basket/add?item=7","remoteAddress":"192.0.2.7"},'
            b'"res":{"statusCode":200},"responseTime":12,"msg":"request completed"}',
        ),
        _json("json", GENERIC),
    ),
)
