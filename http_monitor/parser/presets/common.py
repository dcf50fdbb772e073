"""The Common Log Format."""

from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.presets.example_lines import COMMON
from http_monitor.parser.presets.preset import Preset

PRESET = Preset(
    "common",
    "the Common Log Format",
    "https://httpd.apache.org/docs/2.4/logs.html#accesslog",
    (COMMON,),
    lambda limit: FamilyFormat("common", limit),
)
