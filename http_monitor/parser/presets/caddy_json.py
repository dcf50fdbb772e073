"""The access log of Caddy."""

from http_monitor.parser.jsonl.format import JsonFormat
from http_monitor.parser.jsonl.key_book import KeyMap
from http_monitor.parser.presets.preset import Preset

KEYS: KeyMap = {
    "ts": ("time", "plain"),
    "request.client_ip": ("host", "plain"),
    "request.remote_ip": ("host", "plain"),
    "request.remote_addr": ("host", "plain"),
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

PRESET = Preset(
    "caddy_json",
    "Caddy, its access log",
    "https://caddyserver.com/docs/caddyfile/directives/log",
    (
        b'{"level":"info","ts":1760097336.5,"logger":"http.log.access","msg":"handled request","request":'
        b'{"remote_ip":"192.0.2.7","client_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET",'
        b'"host":"shop.example","uri":"/basket/add?item=7","headers":{"User-Agent":["curl/8.5.0"]}},'
        b'"bytes_read":0,"user_id":"","duration":0.012,"size":2326,"status":200}',
    ),
    lambda limit: JsonFormat("caddy_json", KEYS, limit, needs=("request.method", "request.uri")),
)
