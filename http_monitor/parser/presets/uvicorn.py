"""The access log of uvicorn."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import client, quoted, status
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import Slot
from http_monitor.parser.template.template import Gap, Maybe, Template

_TEMPLATE = Template(
    (
        # If the level is in the JSON around the line, or is omitted, the line has none.
        Maybe((b"INFO:", Gap())),
        *(*client(), b" - ", quoted("request", "request"), b" ", status("status")),
        Maybe((b" ", Slot(Field("reason"), "typed", "[A-Za-z' -]+"))),
    ),
    exact=True,
    whole=True,
    others=rb"(?:INFO|WARNING): +(?:Started (?:server|parent|reloader) process |Waiting for |Application (?:startup|"
    rb"shutdown) complete|Uvicorn running on |Shutting down|Finished server process |Stopping (?:parent|reloader) "
    rb"process |Will watch for changes |Invalid HTTP request received|connection (?:open|closed))",
)

PRESET = Preset(
    "uvicorn",
    "uvicorn; its lines have no time",
    "https://www.uvicorn.org/settings/#logging",
    (b'INFO:     192.0.2.7:50123 - "GET /basket/add?item=7 HTTP/1.1" 200 OK',),
    lambda limit: TemplateFormat("uvicorn", _TEMPLATE, limit),
    detected=False,  # lines that count by their arrival must be requested by name
    timeless=True,
)
