"""The Common Log Format preceded by the virtual host."""

from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.presets.example_lines import COMMON
from http_monitor.parser.presets.preset import Preset

PRESET = Preset(
    "vhost_common",
    "the Common Log Format with the virtual host in front",
    "https://httpd.apache.org/docs/2.4/logs.html#accesslog",
    (b"shop.example:443 " + COMMON,),
    lambda limit: FamilyFormat("vhost_common", limit),
)
