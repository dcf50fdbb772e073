"""Common or combined with a time in ISO 8601."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import behind, count, quoted, spaced, status, user, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import ISO_ZONED, Slot
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    (
        *spaced(
            word("remote_addr", "host"),
            word("ident", "ident"),
            user("remote_user"),
            (b"[", Slot(Field("time", "time", "iso"), "typed", ISO_ZONED), b"]"),
            quoted("request", "request"),
            status("status"),
            count("body_bytes_sent", "size"),
        ),
        behind(quoted("http_referer", "referer"), quoted("http_user_agent", "agent")),
    ),
    exact=True,
)

PRESET = Preset(
    "combined_iso",
    "common or combined with $time_iso8601 as the time, with decimals or not",
    "https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format",
    (
        b'192.0.2.7 - - [2025-10-10T13:55:36.500+02:00] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0"',
        b'192.0.2.7 - - [2025-10-10T11:55:36Z] "GET /basket/add?item=7 HTTP/1.1" 200 2326',
    ),
    lambda limit: TemplateFormat("combined_iso", _TEMPLATE, limit),
)
