"""The access log of Sanic."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import digits, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import ISO_SPACED, Slot
from http_monitor.parser.template.template import Maybe, Template

_PORT = (b":", digits("client_port"), b" ")
_FRONT = rb"[A-Za-z]+ ?[0-9 -]{0,8}[ |][0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4} [A-Z]+: "
_TEMPLATE = Template(
    (
        *(Slot(Field("ident"), "until", ends=(b"|",)), b"|"),
        *(Slot(Field("time", "time", "iso"), "typed", ISO_SPACED, width=25), b" "),
        *(Slot(Field("level"), "typed", "[A-Z]+"), b": "),
        # A connection without a readable request is logged with an invented name.
        Maybe((Slot(Field("client", "host"), "typed", "[0-9.]+", ends=(b":",)), *_PORT)),
        Maybe((b"[", Slot(Field("client_v6", "host"), "typed", "[0-9A-Fa-f:.]+", ends=(b"]",)), b"]", *_PORT)),
        Maybe((Slot(Field("connection"), "typed", "[0-9A-F]{4,5}[a-z]+"), b" ")),
        *(word("method", "method"), b" ", word("url", "target"), b" ", status("status"), b" "),
        *(digits("byte", "size"), b" "),
        Maybe((b" ", Slot(Field("duration", "duration", "ms"), "typed", r"[0-9.]+ms"))),
    ),
    exact=True,
    whole=True,
    # The second line of a request whose client disconnected.
    others=_FRONT + rb"(?!.*[0-9]{3} [0-9]+ )",
)

PRESET = Preset(
    "sanic",
    "Sanic, its access log in production",
    "https://sanic.dev/en/guide/running/logging.html",
    (
        b"Main |2025-10-10 11:55:36 +0000 INFO: 192.0.2.7:50123 GET http://shop.example/basket/add?item=7 200 2326  "
        b"12.3ms",
    ),
    lambda limit: TemplateFormat("sanic", _TEMPLATE, limit),
)
