"""The log of the package http-server for Node.js, which has neither client nor status."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import raw, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import ISO_UTC, Slot
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    (
        *(b"[", Slot(Field("time", "time", "iso"), "typed", ISO_UTC), b']  "'),
        *(word("method", "method"), b" ", *raw("url", "target", b'" "', '" "')[1:], b" ", *raw("user_agent", "agent")),
    ),
    exact=True,
    whole=True,
    # The second line of a failed request, and the messages at the start.
    others=rb'\[[0-9T:.-]+Z\]  ".*" Error \([0-9]{3}\): "|Starting up http-server|http-server (?:version|settings): |'
    rb"(?:CORS|Cache|Connection Timeout|Directory Listings|AutoIndex|Serve GZIP Files|Serve Brotli Files|"
    rb"Default File Extension): |Available on:|  https?://|Hit CTRL-C|http-server stopped",
)

PRESET = Preset(
    "http_server_node",
    "http-server for Node.js, whose lines have no client and no status",
    "https://github.com/http-party/http-server",
    (b'[2025-10-10T11:55:36.500Z]  "GET /basket/add?item=7" "curl/8.5.0"',),
    lambda limit: TemplateFormat("http_server_node", _TEMPLATE, limit),
)
