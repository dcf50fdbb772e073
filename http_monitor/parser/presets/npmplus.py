"""The access log of NPMplus, one for all hosts."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import clf_time, count, quoted, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import SECONDS, Slot
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    spaced(
        clf_time("time_local"),
        word("host", "vhost"),
        word("remote_addr", "host"),
        Slot(Field("request_time", "duration", "s"), "typed", SECONDS),
        quoted("request", "request"),
        status("status"),
        count("body_bytes_sent", "size"),
        count("bytes_sent"),
        word("http_referer", "referer"),
        Slot(Field("http_user_agent", "agent"), "until", ends=(b"\n",)),
    ),
    exact=True,
    whole=True,
)

PRESET = Preset(
    "npmplus",
    "NPMplus (Nginx Proxy Manager), all its hosts in one log",
    "https://github.com/ZoeyVid/NPMplus",
    (
        b'[10/Oct/2025:13:55:36 +0000] shop.example 192.0.2.7 0.012 "GET /basket/add?item=7 HTTP/2.0" 200 2326 2875 '
        b"- Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ),
    lambda limit: TemplateFormat("npmplus", _TEMPLATE, limit),
)
