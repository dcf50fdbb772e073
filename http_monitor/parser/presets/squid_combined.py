"""Squid's combined log."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import clf_time, count, raw_pair, raw_request, spaced, status, user, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Template

_RESULT, _HIERARCHY = "[A-Z_]+", "[A-Z_]+"
_TEMPLATE = Template(
    spaced(
        word("client", "host"),
        word("ident", "ident"),
        user(),
        clf_time(),
        raw_request(),
        status("status"),
        count("size", "size"),
        raw_pair(rf'" {_RESULT}:{_HIERARCHY}\Z'),
        (Slot(Field("result", "cache"), "typed", _RESULT), b":", Slot(Field("hierarchy"), "typed", _HIERARCHY)),
    ),
    exact=True,
    whole=True,
)

PRESET = Preset(
    "squid_combined",
    "Squid, its combined log",
    "https://www.squid-cache.org/Doc/config/logformat/",
    (
        b'192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET http://shop.example/basket/add?item=7 HTTP/1.1" 200 2326 '
        b'"-" "curl/8.5.0" TCP_MISS:HIER_DIRECT',
    ),
    lambda limit: TemplateFormat("squid_combined", _TEMPLATE, limit),
)
