"""The combined format, which is the Common Log Format with referrer and user agent."""

from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.presets.example_lines import COMBINED
from http_monitor.parser.presets.preset import Preset

PRESET = Preset(
    "combined",
    "Apache and nginx, their default",
    "https://httpd.apache.org/docs/2.4/logs.html#accesslog",
    (COMBINED,),
    lambda limit: FamilyFormat("combined", limit),
)
