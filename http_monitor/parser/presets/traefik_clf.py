"""The default access log of Traefik."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import count, quoted, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import CLF_BARE, Slot
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    spaced(
        word("ClientHost", "host"),
        word("ident", "ident"),
        Slot(Field("ClientUsername", "user"), "until", ends=(b" [",)),
        (b"[", Slot(Field("StartUTC", "time", "clf"), "typed", CLF_BARE, width=26), b"]"),
        quoted("request", "request"),
        status("OriginStatus"),
        count("OriginContentSize", "size"),
        quoted("referer", "referer"),
        quoted("user_agent", "agent"),
        count("RequestCount"),
        quoted("RouterName"),
        quoted("ServiceURL"),
        Slot(Field("Duration", "duration", "ms"), "typed", "[0-9]+ms"),
    ),
    exact=True,
)

PRESET = Preset(
    "traefik_clf",
    "Traefik, its default format",
    "https://doc.traefik.io/traefik/observability/access-logs/",
    (
        b'192.0.2.7 - - [10/Oct/2025:11:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0" '
        b'1 "shop@docker" "http://198.51.100.1:80" 12ms',
    ),
    lambda limit: TemplateFormat("traefik_clf", _TEMPLATE, limit),
)
