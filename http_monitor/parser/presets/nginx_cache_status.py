"""nginx's combined format with the cache status before the request."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import before_request
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Template

_LOOKS = "(?:HIT|MISS|BYPASS|EXPIRED|STALE|UPDATING|REVALIDATED|SCARCE|-)"
_TEMPLATE = Template(before_request(Slot(Field("upstream_cache_status", "cache"), "typed", _LOOKS)), exact=True)

PRESET = Preset(
    "nginx_cache_status",
    "nginx combined with $upstream_cache_status in front of the request",
    "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#var_upstream_cache_status",
    (b'192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] HIT "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0"',),
    lambda limit: TemplateFormat("nginx_cache_status", _TEMPLATE, limit),
)
