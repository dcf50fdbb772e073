"""The access log of Caddy in format console, as it is written to a terminal."""

from http_monitor.parser.jsonl.console import ConsoleJson
from http_monitor.parser.jsonl.key_book import KeyMap
from http_monitor.parser.presets import caddy_json
from http_monitor.parser.presets.preset import Preset

KEYS: KeyMap = {**caddy_json.KEYS, "ts": ("time", "slashes")}

PRESET = Preset(
    "caddy_console",
    "Caddy with format console",
    "https://caddyserver.com/docs/caddyfile/directives/log#console",
    (
        b'2025/10/10 11:55:36.500\tINFO\thttp.log.access\thandled request\t{"request": {"remote_ip": "192.0.2.7", '
        b'"client_ip": "192.0.2.7", "proto": "HTTP/2.0", "method": "GET", "host": "shop.example", '
        b'"uri": "/basket/add?item=7", "headers": {"User-Agent": ["curl/8.5.0"]}}, "bytes_read": 0, "user_id": "", '
        b'"duration": 0.012, "size": 2326, "status": 200}',
    ),
    lambda limit: ConsoleJson("caddy_console", KEYS, limit, needs=("request.method", "request.uri")),
)
