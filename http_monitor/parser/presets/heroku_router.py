"""The log of Heroku's router as ``heroku logs`` shows it."""

from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.presets.parts import quoted
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import ISO_ZONED, STATUS_OR_NONE, Slot
from http_monitor.parser.template.template import Given, Maybe, Template


def _value(name: str, role: Role | None = None, writing: Writing = "plain") -> tuple[Given, ...]:
    """Return a value after its key; the value may be empty."""
    return b" " + name.encode() + b"=", Slot(Field(name, role, writing), "word", empty=True)


_TEMPLATE = Template(
    (
        *(Slot(Field("time", "time", "iso"), "typed", ISO_ZONED), b" heroku[router]:"),
        Maybe(_value("sock")),
        *_value("at"),
        Maybe((*_value("code"), b" desc=", quoted("desc"))),
        *(*_value("method", "method"), b' path="'),
        *(Slot(Field("path", "target"), "until", empty=True, ends=(b'" host=',)), b'"'),
        *(*_value("host", "vhost"), *_value("request_id", "request_id")),
        *(b' fwd="', Slot(Field("fwd", "host"), "until", empty=True, ends=(b'" dyno=',)), b'"'),
        *(*_value("dyno"), *_value("connect"), *_value("service", "duration", "ms")),
        *(b" status=", Slot(Field("status", "status"), "typed", STATUS_OR_NONE)),
        *_value("bytes", "size"),
    ),
    exact=True,
)

PRESET = Preset(
    "heroku_router",
    "Heroku, its router",
    "https://devcenter.heroku.com/articles/http-routing#heroku-router-log-format",
    (
        b'2025-10-10T11:55:36.500000+00:00 heroku[router]: at=info method=GET path="/basket/add?item=7" '
        b'host=shop.example request_id=8601b555-6a83-4c12-8269-97c8e32cdb22 fwd="192.0.2.7" dyno=web.1 connect=1ms '
        b"service=12ms status=200 bytes=2326 protocol=https",
    ),
    lambda limit: TemplateFormat("heroku_router", _TEMPLATE, limit, tail_known=True),
)
