"""nginx's combined format followed by request time and upstream time."""

from http_monitor.parser.declared.nginx import nginx_template
from http_monitor.parser.presets.combined_texts import NGINX
from http_monitor.parser.presets.example_lines import OF_CURL
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat

_TEXT = NGINX + " $request_time $upstream_response_time"

PRESET = Preset(
    "nginx_timed_upstream",
    "nginx combined followed by request and upstream times",
    "https://nginx.org/en/docs/http/ngx_http_log_module.html",
    (OF_CURL + b" 5.003 5.000, 0.003",),
    lambda limit: TemplateFormat("nginx_timed_upstream", nginx_template(_TEXT), limit),
)
