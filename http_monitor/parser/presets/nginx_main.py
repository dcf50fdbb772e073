"""The log_format main in the configuration that nginx ships."""

from http_monitor.parser.declared.nginx import nginx_template
from http_monitor.parser.presets.combined_texts import NGINX_MAIN
from http_monitor.parser.presets.example_lines import OF_CURL
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat

PRESET = Preset(
    "nginx_main",
    "nginx with X-Forwarded-For at the end, as in its own configuration",
    "https://nginx.org/en/docs/beginners_guide.html",
    (
        OF_CURL + b' "198.51.100.4, 192.0.2.9"',
        OF_CURL + b' "-"',
    ),
    lambda limit: TemplateFormat("nginx_main", nginx_template(NGINX_MAIN), limit),
)
