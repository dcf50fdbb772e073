"""JSON lines whose keys are those that many servers and libraries use."""

from http_monitor.parser.jsonlines import JsonFormat, KeyMap
from http_monitor.parser.presets import nginx_json
from http_monitor.parser.presets.preset import Preset

# Pino, bunyan, morgan and the Elastic Common Schema; a duration only where its key says the unit.
_OTHERS: KeyMap = {
    "ts": ("time", "plain"),
    "date": ("time", "plain"),
    "datetime": ("time", "plain"),
    "req.remoteAddress": ("host", "plain"),
    "source.ip": ("host", "plain"),
    "client.ip": ("host", "plain"),
    "remote_ip": ("host", "plain"),
    "client_ip": ("host", "plain"),
    "clientip": ("host", "plain"),
    "remote-addr": ("host", "plain"),
    "ip": ("host", "plain"),
    "user.name": ("user", "plain"),
    "remote-user": ("user", "plain"),
    "req.method": ("method", "plain"),
    "http.request.method": ("method", "plain"),
    "method": ("method", "plain"),
    "req.url": ("target", "plain"),
    "url.original": ("target", "plain"),
    "url": ("target", "plain"),
    "path": ("target", "plain"),
    "protocol": ("protocol", "plain"),
    "res.statusCode": ("status", "plain"),
    "http.response.status_code": ("status", "plain"),
    "statusCode": ("status", "plain"),
    "status_code": ("status", "plain"),
    "http.response.body.bytes": ("size", "plain"),
    "bytes": ("size", "plain"),
    "size": ("size", "plain"),
    "responseTime": ("duration", "ms"),
    "response_time_ms": ("duration", "ms"),
    "duration_ms": ("duration", "ms"),
    "latency_ms": ("duration", "ms"),
    "duration_us": ("duration", "us"),
    "event.duration": ("duration", "ns"),
    "vhost": ("vhost", "plain"),
    "req.headers.referer": ("referer", "plain"),
    "referer": ("referer", "plain"),
    "referrer": ("referer", "plain"),
    "req.headers.user-agent": ("agent", "plain"),
    "user_agent.original": ("agent", "plain"),
    "user_agent": ("agent", "plain"),
    "user-agent": ("agent", "plain"),
    "req.id": ("request_id", "plain"),
    "trace.id": ("request_id", "plain"),
}
KEYS: KeyMap = {**nginx_json.KEYS, **{key: meaning for key, meaning in _OTHERS.items() if key not in nginx_json.KEYS}}

PRESET = Preset(
    "json",
    "JSON lines with the keys of many servers and libraries",
    "https://www.elastic.co/docs/reference/ecs/ecs-http",
    (
        b'{"time":1760097336500,"req":{"method":"GET","url":"/basket/add?item=7","remoteAddress":"192.0.2.7"},'
        b'"res":{"statusCode":200},"responseTime":12,"msg":"request completed"}',
    ),
    lambda limit: JsonFormat("json", KEYS, limit),
)
