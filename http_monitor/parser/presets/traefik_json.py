"""The access log of Traefik as JSON."""

from http_monitor.parser.jsonl.format import JsonFormat
from http_monitor.parser.jsonl.key_book import KeyMap
from http_monitor.parser.presets.preset import Preset

KEYS: KeyMap = {
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

PRESET = Preset(
    "traefik_json",
    "Traefik with format: json",
    "https://doc.traefik.io/traefik/observability/access-logs/",
    (
        b'{"ClientHost":"192.0.2.7","ClientUsername":"-","DownstreamContentSize":2326,"DownstreamStatus":200,'
        b'"Duration":12000000,"OriginDuration":11000000,"RequestHost":"shop.example","RequestMethod":"GET",'
        b'"RequestPath":"/basket/add?item=7","RequestProtocol":"HTTP/1.1","StartUTC":"2025-10-10T11:55:36.5Z"}',
    ),
    lambda limit: JsonFormat("traefik_json", KEYS, limit, needs=("RequestMethod",)),
)
