"""Apache's combined format followed by microseconds, whose unit the lines do not show."""

from http_monitor.parser.declared.apache import apache_template
from http_monitor.parser.presets.combined_texts import APACHE
from http_monitor.parser.presets.example_lines import OF_CURL
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat

PRESET = Preset(
    "apache_combined_d",
    "Apache combined followed by microseconds (%D)",
    "https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats",
    (OF_CURL + b" 41873",),
    lambda limit: TemplateFormat("apache_combined_d", apache_template(APACHE + " %D"), limit),
    detected=False,
)
