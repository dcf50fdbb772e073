"""The access log of morgan."""

from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.presets.example_lines import OF_CURL
from http_monitor.parser.presets.preset import Preset

PRESET = Preset(
    "morgan",
    "morgan for Express, its combined, found as combined",
    "https://github.com/expressjs/morgan#predefined-formats",
    (OF_CURL,),
    lambda limit: FamilyFormat("combined", limit),
    detected=False,
)
