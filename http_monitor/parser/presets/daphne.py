"""The access log of Daphne."""

from http_monitor.parser.presets.parts import BEFORE_STATUS_AND_SIZE, client, count, local_time, raw, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    (
        *(*client(), b" - - ", *local_time(), b' "', word("method", "method"), b" "),
        *raw("path", "target", b'" ', BEFORE_STATUS_AND_SIZE)[1:],
        *(b" ", status("status"), b" ", count("size", "size")),
    ),
    exact=True,
    whole=True,
    # The first and last lines of a WebSocket; the one between them, WSCONNECT or WSREJECT, is the request.
    others=rb'[^ ]+ - - \[[^\]]+\] "WS(?:CONNECTING|DISCONNECT) [^ ]* ?" - -',
)

PRESET = Preset(
    "daphne",
    "Daphne with --access-log",
    "https://github.com/django/daphne/blob/main/daphne/access.py",
    (b'192.0.2.7:50123 - - [10/Oct/2025:11:55:36] "GET /basket/add?item=7" 200 2326',),
    lambda limit: TemplateFormat("daphne", _TEMPLATE, limit),
)
