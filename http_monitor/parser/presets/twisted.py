"""The access log of Twisted: combined, with the client in quotes."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import clf_time, count, quoted, spaced, status
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    spaced(
        (b'"', Slot(Field("client", "host"), "typed", '[^" ]+'), b'"'),
        (b"- - ", *clf_time()),
        quoted("request", "request"),
        status("status"),
        count("size", "size"),
        quoted("referer", "referer"),
        quoted("agent", "agent"),
    ),
    exact=True,
)

PRESET = Preset(
    "twisted",
    "Twisted, its access log",
    "https://docs.twisted.org/en/stable/api/twisted.web.http.html#combinedLogFormatter",
    (b'"192.0.2.7" - - [10/Oct/2025:11:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0"',),
    lambda limit: TemplateFormat("twisted", _TEMPLATE, limit),
)
