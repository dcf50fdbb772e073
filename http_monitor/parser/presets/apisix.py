"""The default access log of Apache APISIX."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import (
    CLF_BARE,
    LIST,
    LIST_OF_NUMBERS,
    LIST_OF_SECONDS,
    NAME,
    NUMBER,
    SECONDS,
    STATUS_OR_NONE,
    Slot,
)
from http_monitor.parser.template.template import Template


def _within_quotes(field: Field) -> Slot:
    return Slot(field, empty=True)


# Newer versions append the upstream's address, which is ignored like all text after the last part.
_TEMPLATE = Template(
    (
        *(Slot(Field("remote_addr", "host"), "word"), b" - ", Field("remote_user", "user"), b" ["),
        *(Slot(Field("time_local", "time", "clf"), "typed", CLF_BARE, width=26), b"] "),
        *(Slot(Field("http_host", "vhost"), "typed", NAME), b' "', _within_quotes(Field("request", "request")), b'" '),
        *(Slot(Field("status", "status"), "typed", STATUS_OR_NONE), b" "),
        *(Slot(Field("body_bytes_sent", "size"), "typed", NUMBER), b" "),
        *(Slot(Field("request_time", "duration", "s"), "typed", SECONDS), b' "'),
        *(_within_quotes(Field("http_referer", "referer")), b'" "'),
        *(_within_quotes(Field("http_user_agent", "agent")), b'" '),
        *(Slot(Field("upstream_addr"), "typed", LIST), b" "),
        *(Slot(Field("upstream_status"), "typed", LIST_OF_NUMBERS), b" "),
        Slot(Field("upstream_response_time", "upstream", "s"), "typed", LIST_OF_SECONDS),
    ),
    "log_format",
)

PRESET = Preset(
    "apisix",
    "Apache APISIX, its default",
    "https://github.com/apache/apisix/blob/master/apisix/cli/config.lua",
    (
        b'192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] shop.example "GET /basket/add?item=7 HTTP/2.0" 200 2326 0.012 '
        b'"-" "curl/8.5.0" 198.51.100.1:8080 200 0.011 "http://shop.example"',
    ),
    lambda limit: TemplateFormat("apisix", _TEMPLATE, limit, tail_known=True),
)
