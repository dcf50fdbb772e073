"""The access log of aiohttp."""

from http_monitor.parser.presets.parts import clf_time, count, raw_pair, raw_request, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    spaced(
        word("remote_address", "host"),
        clf_time(),
        raw_request(),
        status("status"),
        count("size", "size"),
        raw_pair(),
    ),
    exact=True,
    whole=True,
)

PRESET = Preset(
    "aiohttp",
    "aiohttp, its access log",
    "https://docs.aiohttp.org/en/stable/logging.html#access-logs",
    (b'192.0.2.7 [10/Oct/2025:11:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0"',),
    lambda limit: TemplateFormat("aiohttp", _TEMPLATE, limit),
)
