"""The log of HAProxy with ``option httplog clf``."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import clf_time, digits, loose, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import SIGNED, Slot
from http_monitor.parser.template.template import Maybe, Template

_PLUS = Maybe((b"+",))
"""Precedes a value that was incomplete when the line was written (``option logasap``)."""
_TEMPLATE = Template(
    spaced(
        word("client", "host"),
        (b"- - ", *clf_time()),
        loose("request", "request"),
        status("status"),
        (_PLUS, digits("bytes_read", "size")),
        (b'"" ""',),
        digits("client_port"),
        digits("ms"),
        loose("frontend"),
        loose("backend"),
        loose("server"),
        *(Slot(Field(name), "typed", SIGNED) for name in ("TR", "Tw", "Tc")),
        Slot(Field("Tr", "upstream", "ms"), "typed", SIGNED),
        (_PLUS, Slot(Field("Ta", "duration", "ms"), "typed", SIGNED)),
        Slot(Field("termination"), "typed", "[^ ]{4}", width=4),
        digits("actconn"),
    ),
    exact=True,
)

PRESET = Preset(
    "haproxy_clf",
    "HAProxy with option httplog clf",
    "https://docs.haproxy.org/3.0/configuration.html#8.2.3",
    (
        b'192.0.2.7 - - [10/Oct/2025:11:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "" "" 50123 500 '
        b'"http-in" "static" "srv1" 0 0 1 11 12 ---- 1 1 1 1 0 0 0 "" "" ',
    ),
    lambda limit: TemplateFormat("haproxy_clf", _TEMPLATE, limit, tail_known=True),
)
