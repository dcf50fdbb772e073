"""nginx's combined format followed by the request time."""

from http_monitor.parser.declared.nginx import nginx_template
from http_monitor.parser.presets.combined_texts import NGINX
from http_monitor.parser.presets.example_lines import OF_CURL
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat

_TEXT = NGINX + " $request_time"

PRESET = Preset(
    "nginx_timed",
    "nginx combined followed by the request time",
    "https://nginx.org/en/docs/http/ngx_http_log_module.html",
    (OF_CURL + b" 0.042",),
    lambda limit: TemplateFormat("nginx_timed", nginx_template(_TEXT), limit),
)
