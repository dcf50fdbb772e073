"""The access log of mini_httpd."""

from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.presets.example_lines import OF_CURL
from http_monitor.parser.presets.preset import Preset

PRESET = Preset(
    "mini_httpd",
    "mini_httpd with -l, found as combined",
    "https://acme.com/software/mini_httpd/",
    (OF_CURL,),
    lambda limit: FamilyFormat("combined", limit),
    detected=False,
)
