"""The combined format preceded by the virtual host."""

from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.presets.example_lines import COMBINED
from http_monitor.parser.presets.preset import Preset

PRESET = Preset(
    "vhost_combined",
    "Apache with the virtual host in front",
    "https://httpd.apache.org/docs/2.4/logs.html#accesslog",
    (b"shop.example:443 " + COMBINED,),
    lambda limit: FamilyFormat("vhost_combined", limit),
)
