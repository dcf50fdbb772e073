"""JSON lines with the keys that many servers and libraries use (`http_monitor.parser.jsonl.key_table`)."""

from http_monitor.parser.jsonl.format import JsonFormat
from http_monitor.parser.presets.preset import Preset

PRESET = Preset(
    "json",
    "JSON lines with the keys of many servers and libraries",
    "https://www.elastic.co/docs/reference/ecs/ecs-http",
    (
        b'{"time":1760097336500,"req":{"method":"GET","url":"/basket/add?item=7","remoteAddress":"192.0.2.7"},'
        b'"res":{"statusCode":200},"responseTime":12,"msg":"request completed"}',
    ),
    lambda limit: JsonFormat("json", {}, limit),
    make_untimed=lambda limit: JsonFormat("json", {}, limit, untimed=True),
)
