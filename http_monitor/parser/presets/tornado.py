"""The request log of Tornado."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Template

_HOST = "[^ ()]+"
_TOOK = r"[0-9]+\.[0-9]{2}ms"
_FRONT = rb"\[[DIWEC] [0-9]{6} [0-9:]{8} [A-Za-z0-9_]+:[0-9]+\] "
_TEMPLATE = Template(
    (
        *(b"[", Slot(Field("level"), "typed", "[IWE]", width=1), b" "),
        *(Slot(Field("time", "time", "compact"), "typed", "[0-9]{6} [0-9:]{8}", width=15), b" "),
        *(Slot(Field("module"), "typed", "[A-Za-z0-9_]+:[0-9]+"), b"] ", status("status"), b" "),
        *(word("method", "method"), b" "),
        Slot(Field("uri", "target"), "until", ends=(b" (",), then=rf" \({_HOST}\) {_TOOK}\Z"),
        *(b" (", Slot(Field("remote_ip", "host"), "typed", _HOST), b") "),
        Slot(Field("request_time", "duration", "ms"), "typed", _TOOK),
    ),
    exact=True,
    whole=True,
    others=_FRONT + rb"(?![0-9]{3} )",
)

PRESET = Preset(
    "tornado",
    "Tornado, its default",
    "https://www.tornadoweb.org/en/stable/log.html",
    (b"[I 251010 11:55:36 web:2591] 200 GET /basket/add?item=7 (192.0.2.7) 12.34ms",),
    lambda limit: TemplateFormat("tornado", _TEMPLATE, limit),
)
