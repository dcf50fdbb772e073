"""The access log of gunicorn."""

from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.presets.preset import Preset

PRESET = Preset(
    "gunicorn",
    "gunicorn, whose default is the combined format",
    "https://docs.gunicorn.org/en/stable/settings.html#access-log-format",
    (b'192.0.2.7 - - [10/Oct/2025:11:55:36 +0000] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "-" "curl/8.5.0"',),
    lambda limit: FamilyFormat("combined", limit),
    detected=False,
)
