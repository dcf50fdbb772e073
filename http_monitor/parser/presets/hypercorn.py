"""The access log of Hypercorn."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import (
    BEFORE_STATUS_AND_SIZE,
    clf_time,
    client,
    count,
    digits,
    raw_pair,
    status,
    word,
)
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import ISO_SPACED, Slot
from http_monitor.parser.template.template import Template

_VERSION = "[0-9](?:[.][0-9])?"
# Paths are logged decoded, with spaces, quotes and control bytes.
_PATH = Slot(*(Field("path", "target"), "until"), empty=True, ends=(b" ",), then=f" {_VERSION}{BEFORE_STATUS_AND_SIZE}")
_FRONT = rb"\[[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\] \[[0-9]+\] \[[A-Z]+\] "
_TEMPLATE = Template(
    (
        *(b"[", Slot(Field("logged"), "typed", ISO_SPACED, width=25), b"] [", digits("process"), b"] ["),
        *(Slot(Field("level"), "typed", "[A-Z]+"), b"] ", *client(), b" - - ", *clf_time()),
        *(b' "', word("method", "method"), b" ", _PATH, b" ", Slot(Field("protocol", "protocol"), "typed", _VERSION)),
        *(b'" ', status("status"), b" ", count("size", "size"), b" ", *raw_pair()),
    ),
    exact=True,
    whole=True,
    others=_FRONT + rb"(?![^ ]+ - - \[)",
)

PRESET = Preset(
    "hypercorn",
    "Hypercorn, its access log",
    "https://hypercorn.readthedocs.io/en/latest/how_to_guides/logging.html",
    (
        b"[2025-10-10 11:55:36 +0000] [19511] [INFO] 192.0.2.7:50123 - - [10/Oct/2025:11:55:36 +0000] "
        b'"GET /basket/add 1.1" 200 2326 "-" "curl/8.5.0"',
    ),
    lambda limit: TemplateFormat("hypercorn", _TEMPLATE, limit),
)
