"""nginx's combined format with the name of the site before the request."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import before_request
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Template

# A word without a dot need not be a name.
_LOOKS = r"(?:[A-Za-z0-9_-]+\.[A-Za-z0-9._-]*|localhost|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?"
_TEMPLATE = Template(before_request(Slot(Field("host", "vhost"), "typed", _LOOKS)), exact=True)

PRESET = Preset(
    "nginx_host_inside",
    "nginx combined with $host in front of the request",
    "https://nginx.org/en/docs/http/ngx_http_core_module.html#var_host",
    (
        b'192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] shop.example "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" '
        b'"curl/8.5.0"',
    ),
    lambda limit: TemplateFormat("nginx_host_inside", _TEMPLATE, limit),
)
