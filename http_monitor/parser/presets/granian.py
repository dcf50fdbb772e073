"""The access log of Granian."""

from http_monitor.parser.fields.field import Field
from http_monitor.parser.presets.parts import BEFORE_STATUS, raw_request, status, word
from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.slot import ISO_SPACED, SECONDS, Slot
from http_monitor.parser.template.template import Template

_TEMPLATE = Template(
    (
        *(b"[", Slot(Field("time", "time", "iso"), "typed", ISO_SPACED, width=25), b"] ", word("addr", "host")),
        *(b" - ", *raw_request(rf"{BEFORE_STATUS}[0-9]++\.[0-9]{{3}}\Z"), b" ", status("status"), b" "),
        Slot(Field("dt_ms", "duration", "ms"), "typed", SECONDS),
    ),
    exact=True,
    whole=True,
    others=rb"\[(?:INFO|WARNING|ERROR)\] (?:(?:Starting|Shutting down) granian|Listening at: |"
    rb"(?:Spawning|Started|Stopping|Stopped|Respawning|Restarting|Killing) worker-)",
)

PRESET = Preset(
    "granian",
    "Granian with --access-log",
    "https://github.com/emmett-framework/granian#access-log-format",
    (b'[2025-10-10 11:55:36 +0000] 192.0.2.7 - "GET /basket/add HTTP/1.1" 200 12.345',),
    lambda limit: TemplateFormat("granian", _TEMPLATE, limit),
)
