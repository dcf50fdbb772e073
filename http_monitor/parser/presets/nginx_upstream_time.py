"""The log_format of nginx's logging guide, with upstream times."""

from http_monitor.parser.declared.nginx import nginx_template
from http_monitor.parser.presets.combined_texts import NGINX
from http_monitor.parser.presets.example_lines import OF_CURL
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat

_TEXT = (
    NGINX + ' rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time"'
)

PRESET = Preset(
    "nginx_upstream_time",
    "nginx with rt, uct, uht and urt, as in its guide to logging",
    "https://docs.nginx.com/nginx/admin-guide/monitoring/logging/",
    (OF_CURL + b' rt=0.042 uct="0.001" uht="0.040" urt="0.041"',),
    lambda limit: TemplateFormat("nginx_upstream_time", nginx_template(_TEXT), limit),
)
