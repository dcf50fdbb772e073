"""The access log of CherryPy: combined, with times without a zone."""

from http_monitor.parser.presets.parts import count, local_time, quoted, spaced, status, user, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    spaced(
        word("h", "host"),
        word("l", "ident"),
        user("u"),
        local_time("t"),
        quoted("r", "request"),
        status("s"),
        count("b", "size"),
        quoted("f", "referer"),
        quoted("a", "agent"),
    ),
    exact=True,
)

PRESET = Preset(
    "cherrypy",
    "CherryPy, its access log, whose times have no zone",
    "https://docs.cherrypy.dev/en/latest/pkg/cherrypy._cplogging.html",
    (b'192.0.2.7 - - [10/Oct/2025:11:55:36] "GET /basket/add?item=7 HTTP/1.1" 200 2326 "" "curl/8.5.0"',),
    lambda limit: TemplateFormat("cherrypy", _TEMPLATE, limit),
)
