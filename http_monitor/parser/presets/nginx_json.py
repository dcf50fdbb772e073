"""JSON written by nginx, with variables' names as keys."""

from http_monitor.parser.jsonl.format import JsonFormat
from http_monitor.parser.jsonl.key_book import KeyMap
from http_monitor.parser.presets.preset import Preset

KEYS: KeyMap = {
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
    # With three decimals, always: a whole number is the milliseconds of some other program.
    "request_time": ("duration", "decimal"),
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
NEEDS = ("remote_addr", "status")
NEEDS_ANY = (
    *("request", "request_uri", "request_method", "request_time", "body_bytes_sent", "bytes_sent", "http_user_agent"),
    *("http_referer", "time_local", "time_iso8601", "msec", "upstream_response_time"),
)
"""Keys that distinguish it from other programs, which may use the same names for client and status."""

PRESET = Preset(
    "nginx_json",
    "nginx with escape=json, keys named as its variables",
    "https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format",
    (
        b'{"time_iso8601":"2025-10-10T13:55:36+02:00","remote_addr":"192.0.2.7","request":"GET /basket/add '
        b'HTTP/1.1","status":"200","body_bytes_sent":"2326","request_time":"0.012","http_user_agent":"curl/8.5.0"}',
    ),
    lambda limit: JsonFormat("nginx_json", KEYS, limit, needs=NEEDS, needs_any=NEEDS_ANY),
)
