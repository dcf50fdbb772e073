"""The request log of the web framework Gin."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import COLOUR, quoted, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Gap, Maybe, Template

_TIME = Slot(Field("time", "time", "slashes"), "typed", "[0-9]{4}/[0-9]{2}/[0-9]{2} - [0-9:]{8}", width=21)
_TEMPLATE = Template(
    (
        *(b"[GIN] ", _TIME, b" |", COLOUR, Gap(), status("status"), b" ", COLOUR, b"|", COLOUR, Gap()),
        *(word("latency", "duration", "s"), b" ", COLOUR, b"|", Gap(), word("client", "host"), b" |", COLOUR, b" "),
        *(word("method", "method"), Gap(), Maybe((b"\x1b[0m ",)), quoted("path", "target")),
    ),
    exact=True,
    others=rb"\[GIN-debug\] ",
)

PRESET = Preset(
    "gin",
    "Gin, its default, with colours or without",
    "https://gin-gonic.com/en/docs/logging/custom-log-format/",
    (b'[GIN] 2025/10/10 - 11:55:36 | 200 |      12.345ms |       192.0.2.7 | GET      "/basket/add?item=7"',),
    lambda limit: TemplateFormat("gin", _TEMPLATE, limit),
)
