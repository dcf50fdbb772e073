"""The native log of Squid."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import count, digits, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import EPOCH_WITH_MS, Slot
from http_monitor.parser.template.template import Gap, Template

_TEMPLATE = Template(
    (
        *(Slot(Field("time", "time", "epoch"), "typed", EPOCH_WITH_MS), Gap()),
        *spaced(
            digits("elapsed", "duration", "ms"),
            word("client", "host"),
            (Slot(Field("result", "cache"), "typed", "[A-Z_]+"), b"/", status("status")),
            count("size", "size"),
            word("method", "method"),
            word("url", "target"),
            word("user", "user"),
            (Slot(Field("hierarchy"), "typed", "[A-Z_]+"), b"/", word("peer")),
        ),
    ),
    exact=True,
)

PRESET = Preset(
    "squid",
    "Squid, its native log",
    "https://wiki.squid-cache.org/Features/LogFormat",
    (
        b"1760097336.500     12 192.0.2.7 TCP_MISS/200 2326 GET http://shop.example/basket/add?item=7 - "
        b"HIER_DIRECT/198.51.100.1 text/html",
    ),
    lambda limit: TemplateFormat("squid", _TEMPLATE, limit, tail_known=True),
)
