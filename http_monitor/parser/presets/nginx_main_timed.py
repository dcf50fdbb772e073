"""nginx's main format followed by request time and upstream time."""

from http_monitor.parser.declared.nginx import nginx_template
from http_monitor.parser.presets.combined_texts import NGINX_MAIN
from http_monitor.parser.presets.example_lines import OF_CURL
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat

_TEXT = NGINX_MAIN + " $request_time $upstream_response_time"

PRESET = Preset(
    "nginx_main_timed",
    "nginx main followed by request and upstream times",
    "https://nginx.org/en/docs/http/ngx_http_log_module.html",
    (
        OF_CURL + b' "198.51.100.4" 0.042 0.041',
        OF_CURL + b' "-" 0.000 -',
    ),
    lambda limit: TemplateFormat("nginx_main_timed", nginx_template(_TEXT), limit),
)
