"""The default access log of Envoy."""

from http_monitor.parser.presets.parts import ENVOY_ANSWERED, ENVOY_ASKED, spaced
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(spaced(ENVOY_ASKED, ENVOY_ANSWERED), exact=True)

PRESET = Preset(
    "envoy",
    "Envoy, its default format",
    "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
    (
        b'[2025-10-10T11:55:36.500Z] "GET /basket/add?item=7 HTTP/2" 200 - 421 2326 12 11 "192.0.2.7" '
        b'"curl/8.5.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "shop.example" "198.51.100.1:80"',
    ),
    lambda limit: TemplateFormat("envoy", _TEMPLATE, limit),
)
