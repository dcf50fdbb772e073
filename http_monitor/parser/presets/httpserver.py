"""The logs of Python's http.server, and of Werkzeug, which colours requests by status."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import BEFORE_STATUS_AND_SIZE, COLOUR, count, local_time, spaced, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import CLF_SPACED, Slot
from http_monitor.parser.template.template import Maybe, Template

_PLAIN = b"\x1b[0m"
_REQUEST = Slot(
    *(Field("request", "request"), "until"),
    empty=True,
    ends=(_PLAIN + b'" ', b'" '),
    then=rf"(?:\x1b\[0m)?{BEFORE_STATUS_AND_SIZE}",
)
_TEMPLATE = Template(
    spaced(
        word("client", "host"),
        (b"- - ", *local_time(looks=CLF_SPACED)),
        (b'"', COLOUR, COLOUR, _REQUEST, Maybe((_PLAIN,)), b'"'),
        status("code"),
        count("size", "size"),
    ),
    exact=True,
    # The message before a refused request, and those at the start.
    others=rb"[^ ]+ - - \[[0-9]{2}/[A-Za-z]{3}/[0-9]{4} [0-9:]{8}\] (?!\")|Serving HTTP on | \* |"
    rb"(?:\x1b\[[0-9;]+m)*(?:WARNING: |Press CTRL\+C)|"
    rb"Keyboard interrupt received",
)

PRESET = Preset(
    "httpserver",
    "http.server of Python, and Werkzeug (the development server of Flask)",
    "https://docs.python.org/3/library/http.server.html#http.server.BaseHTTPRequestHandler.log_request",
    (b'192.0.2.7 - - [10/Oct/2025 11:55:36] "GET /basket/add?item=7 HTTP/1.1" 200 -',),
    lambda limit: TemplateFormat("httpserver", _TEMPLATE, limit),
)
