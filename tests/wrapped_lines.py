"""Writes lines as those who put something around them do."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_SECOND = 15
START_S = 1_768_864_095
"""When the line of number 0 was written, in those that say it: 2026-01-19T23:08:15Z."""


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogateescape")


def _escaped(value: object) -> bytes:
    """Write it as Go does, which escapes what HTML would take for its own."""
    return _json(value).replace(b"<", b"\\u003c").replace(b">", b"\\u003e").replace(b"&", b"\\u0026")


def _time(no: int) -> str:
    return f"2026-01-19T23:08:{(_SECOND + no) % 60:02d}"


def _clock(no: int) -> str:
    return _time(no)[-8:]


@dataclass(frozen=True)
class Written:
    """One way of writing lines with something around them."""

    wrapper: str
    """The name of what takes it off."""
    write: Callable[[int, bytes], bytes]
    """Takes the number of a line and the line."""
    source: bytes | None
    quoted: bool = False
    """Bytes that are no UTF-8 cannot be written."""


def _front(wrapper: str, source: bytes | None, front: Callable[[int], str]) -> Written:
    return Written(wrapper, lambda no, line: front(no).encode() + line, source)


def _object(wrapper: str, source: bytes | None, value: Callable[[int, str], object], escaped: bool = False) -> Written:
    write = _escaped if escaped else _json
    return Written(wrapper, lambda no, line: write(value(no, _text(line))), source, quoted=True)


def _otlp(no: int, text: str) -> object:
    attributes = [{"key": "service.name", "value": {"stringValue": "web"}}]
    record = {"timeUnixNano": str((START_S + no) * 10**9), "body": {"stringValue": text}}
    return {"resourceLogs": [{"resource": {"attributes": attributes}, "scopeLogs": [{"logRecords": [record]}]}]}


_FLY = "\x1b[2m{}Z\x1b[0m app[148e272b] \x1b[32miad\x1b[0m [\x1b[34minfo\x1b[0m]"
_DOCKER = "{}.12345{:04d}Z"
_TOKEN = "2bfbea1e-10c3-4419-bdad-7e6435882e1f"

WAYS: dict[str, Written] = {
    "RFC 3164": _front("syslog", b"web1", lambda no: f"Jan 19 {_clock(no)} web1 nginx[{800 + no}]: "),
    "RFC 3164 with a priority": _front("syslog", b"web-1", lambda no: f"<190>Jan  9 {_clock(no)} web-1 nginx: "),
    "RFC 3164 without a host": _front("syslog", None, lambda no: f"<190>Jan 19 {_clock(no)} nginx: "),
    "RFC 3164 with an address": _front("syslog", b"2001:db8::1", lambda no: f"Jan 19 {_clock(no)} 2001:db8::1 httpd: "),
    "RFC 5424": _front("syslog", b"web1", lambda no: f"<190>1 {_time(no)}.{no:03d}+00:00 web1 nginx 812 - - "),
    "RFC 5424 with data": _front(
        "syslog", b"web1", lambda no: f'<14>1 {_time(no)}Z web1 a - ID7 [x@1 a="q\\"]" n="{no}"][y b="-"] '
    ),
    "RFC 5424 with a mark": _front("syslog", b"h", lambda no: f"{90 + no} <14>1 {_time(no)}Z h a - - - \ufeff"),
    "ISO syslog": _front("syslog", b"web1", lambda no: f"{_time(no)}.123456+00:00 web1 nginx: "),
    "a priority": _front("syslog", None, lambda no: f"<{no % 8}>"),
    "short": _front("journald", b"web1", lambda no: f"Jan 19 {_clock(no)} web1 nginx[812]: "),
    "short-precise": _front("journald", b"web1", lambda no: f"Jan 19 {_clock(no)}.123456 web1 nginx[812]: "),
    "short-full": _front("journald", b"web1", lambda no: f"Mon 2026-01-19 {_clock(no)} CET web1 nginx[812]: "),
    "short-iso": _front("journald", b"web1", lambda no: f"{_time(no)}+0100 web1 nginx[812]: "),
    "short-unix": _front("journald", b"web1", lambda no: f"176886409{no % 10}.123456 web1 nginx[812]: "),
    "short-monotonic": _front("journald", b"web1", lambda no: f"[ {1000 + no}.567890] web1 nginx.service[812]: "),
    "short-monotonic after hours": _front("journald", b"web1", lambda no: f"[{12345 + no}.567890] web1 nginx[812]: "),
    "CRI": _front("cri", None, lambda no: f"{_time(no)}.{931087 + no}Z stdout F "),
    "CRI with an offset": _front("cri", None, lambda no: f"{_time(no)}.9310876{no:02d}+02:00 stderr F "),
    "docker logs -t": _front("docker", None, lambda no: _DOCKER.format(_time(no), no) + " "),
    "compose": _front("compose", b"web-1", lambda no: "web-1  | "),
    "compose with a project, padded": _front("compose", b"my_shop-web-1", lambda no: "my_shop-web-1        | "),
    "compose in colours": _front("compose", b"web_1", lambda no: "\x1b[36mweb_1  | \x1b[0m"),
    "compose in colours up to the bar": _front("compose", b"nginx.1", lambda no: "\x1b[0;33;1mnginx.1    |\x1b[0m "),
    "compose with times": _front("compose", b"web-1", lambda no: f"web-1  | {_DOCKER.format(_time(no), no)} "),
    "foreman": _front("compose", b"web.1", lambda no: f"{_clock(no)} web.1  | "),
    "docker service logs": _front("compose", b"web.1.x7@node1", lambda no: "web.1.x7@node1    | "),
    "pm2": _front("compose", b"web", lambda no: f"{no}|web  | "),
    "pm2 in colours, with times": _front("compose", b"web", lambda no: f"\x1b[32m{no}|web  | \x1b[39m{_time(no)}: "),
    "concurrently": _front("compose", b"web-api", lambda no: "[web-api] "),
    "concurrently in colours": _front("compose", b"web", lambda no: "\x1b[34m[web]\x1b[0m "),
    "kubectl": _front("kubectl", b"web-7d4b9c-x2x8z", lambda no: "[pod/web-7d4b9c-x2x8z/nginx] "),
    "kubectl with times": _front(
        "kubectl", b"web-7d4b9c-x2x8z", lambda no: f"[pod/web-7d4b9c-x2x8z/nginx] {_DOCKER.format(_time(no), no)} "
    ),
    "kubectl in colours": _front("kubectl", b"web-7d", lambda no: "\x1b[32m[pod/web-7d/nginx]\x1b[0m "),
    "kubetail": _front("kubectl", b"web-7d", lambda no: "\x1b[36m[web-7d nginx]\x1b[39m "),
    "kail": _front("kubectl", b"web-7d", lambda no: "shop/web-7d[nginx]: "),
    "stern": _front("stern", b"web-7d4b9c-x2x8z", lambda no: "web-7d4b9c-x2x8z nginx "),
    "stern in colours": _front(
        "stern", b"web-7d4b9c-x2x8z", lambda no: "\x1b[32mweb-7d4b9c-x2x8z\x1b[0m \x1b[92mnginx\x1b[0m "
    ),
    "stern with namespaces": _front("stern_namespaces", b"web-7d4b9c-x2x8z", lambda no: "shop web-7d4b9c-x2x8z nginx "),
    "stern with namespaces in colours": _front(
        "stern_namespaces",
        b"web-7d4b9c-x2x8z",
        lambda no: "\x1b[32mmy-shop\x1b[0m \x1b[32mweb-7d4b9c-x2x8z\x1b[0m \x1b[92mnginx\x1b[0m ",
    ),
    "stern's JSON": _object(
        "fluentd",
        b"web-7d",
        lambda no, text: {"message": text, "namespace": "shop", "podName": "web-7d", "containerName": "nginx"},
    ),
    "stern's extjson": _object(
        "fluentd", b"web-7d", lambda no, text: {"pod": "web-7d", "container": "nginx", "message": text}
    ),
    "vector": _object(
        "fluentd",
        b"web1",
        lambda no, text: {"file": "/var/log/a.log", "host": "web1", "message": text, "timestamp": _time(no) + "Z"},
    ),
    "CloudWatch": _object(
        "fluentd",
        b"web/0",
        lambda no, text: {"logStreamName": "web/0", "timestamp": 1768864095000 + no, "message": text},
    ),
    "CloudWatch's subscriptions": _object(
        "fluentd",
        b"web/0",
        lambda no, text: {
            "messageType": "DATA_MESSAGE",
            "logStream": "web/0",
            "logEvents": [{"id": "7", "timestamp": (START_S + no) * 1000, "message": text}],
        },
    ),
    "GELF": _object(
        "fluentd",
        b"web1",
        lambda no, text: {"version": "1.1", "host": "web1", "short_message": text, "timestamp": START_S + no + 0.5},
    ),
    "GELF in full": _object(
        "fluentd",
        b"web1",
        lambda no, text: {"host": "web1", "short_message": text[:9], "full_message": text, "timestamp": START_S + no},
    ),
    "Splunk's collector": _object(
        "fluentd",
        b"web1",
        lambda no, text: {"time": START_S + no, "host": "web1", "sourcetype": "access_combined", "event": text},
    ),
    "syslog-ng's JSON": _object(
        "fluentd",
        b"web1",
        lambda no, text: {"PROGRAM": "nginx", "MESSAGE": text, "HOST": "web1", "ISODATE": _time(no) + "Z"},
    ),
    "rsyslog's JSON": _object(
        "fluentd", b"web1", lambda no, text: {"timereported": _time(no) + "Z", "hostname": "web1", "msg": text}
    ),
    "Elasticsearch": _object(
        "fluentd",
        b"web1",
        lambda no, text: {
            "_index": "a",
            "_source": {"@timestamp": _time(no) + "Z", "host": {"name": "web1"}, "event": {"original": text}},
        },
    ),
    "pino": _object(
        "fluentd",
        b"web1",
        lambda no, text: {"level": 30, "time": (START_S + no) * 1000, "hostname": "web1", "msg": text},
    ),
    "zap": _object("fluentd", None, lambda no, text: {"level": "info", "ts": START_S + no + 0.1, "msg": text}),
    "Caddy's common log": _object(
        "fluentd", None, lambda no, text: {"ts": START_S + no, "msg": "handled request", "common_log": text}
    ),
    "Google Cloud": _object(
        "gcloud",
        b"web-1",
        lambda no, text: {
            "textPayload": text,
            "insertId": f"x{no}",
            "resource": {"type": "k8s_container", "labels": {"container_name": "nginx", "pod_name": "web-1"}},
            "logName": "projects/p/logs/stdout",
            "timestamp": _time(no) + ".5Z",
        },
    ),
    "aws logs tail": _front("awslogs", b"ecs/web/0a", lambda no: f"{_time(no)}.123000+00:00 ecs/web/0a "),
    "aws logs tail, short": _front("docker", None, lambda no: f"{_time(no)} "),
    "doctl": _front("digitalocean", b"web", lambda no: f"web {_DOCKER.format(_time(no), no)} "),
    "logcli's lines": _front("logcli", b"web-1", lambda no: f'{_time(no)}+01:00 {{app="web", pod="web-1"}} '),
    "logcli's lines, padded": _front("logcli", rb"we\"}b", lambda no: rf'{_time(no)}Z {{app="we\"}}b"}}       '),
    "logcli's lines without labels": _front("logcli", None, lambda no: f"{_time(no)}Z {{}} "),
    "logcli's lines in colours": _front(
        "logcli", b"web", lambda no: f'\x1b[34m{_time(no)}Z\x1b[0m \x1b[31m{{app="web"}}\x1b[0m '
    ),
    "heroku": _front("heroku", b"web.1", lambda no: f"{_time(no)}.988783+00:00 app[web.1]: "),
    "heroku in colours": _front("heroku", b"web.1", lambda no: f"\x1b[36m{_time(no)}.988783+00:00 app[web.1]:\x1b[0m "),
    "logplex": _front("heroku", b"web.3", lambda no: f"{83 + no} <40>1 {_time(no)}+00:00 host app web.3 - "),
    "fly": _front("fly", b"148e272b", lambda no: f"{_time(no)}Z app[148e272b] iad [info]"),
    "fly in colours": _front("fly", b"148e272b", lambda no: _FLY.format(_time(no))),
    "fly in colours that include blanks": _front(
        "fly", b"148e", lambda no: f"\x1b[2m{_time(no)}Z \x1b[22m\x1b[1mapp\x1b[0m[148e] \x1b[32miad \x1b[0m[info] "
    ),
    "fly with a blank": _front("fly", b"148e272b", lambda no: f"{_time(no)}.000 app[148e272b] iad [info] "),
    "fastly": _front("fastly", b"cache-sjc3128", lambda no: f"<134>{_time(no)}Z cache-sjc3128 LogTest[62959]: "),
    "logentries": _front("logentries", None, lambda no: f"{_TOKEN} "),
    "logentries by rsyslog": _front("logentries", b"web1", lambda no: f"{_TOKEN} web1 nginx[{no}]: "),
    "docker": _object(
        "docker_json",
        None,
        lambda no, text: {"log": text + "\n", "stream": "stdout", "time": _DOCKER.format(_time(no), no)},
        escaped=True,
    ),
    "docker with a tag": _object(
        "docker_json",
        b"web",
        lambda no, text: {"log": text + "\n", "stream": "stderr", "attrs": {"tag": "web"}, "time": _time(no)},
    ),
    "journal": _object(
        "journald_json",
        b"web1",
        lambda no, text: {
            "__REALTIME_TIMESTAMP": str((START_S + no) * 10**6),
            "MESSAGE": text,
            "_HOSTNAME": "web1",
            "SYSLOG_IDENTIFIER": "nginx",
        },
    ),
    "journal in bytes": Written(
        "journald_json",
        lambda no, line: _json(
            {"__REALTIME_TIMESTAMP": str((START_S + no) * 10**6), "_HOSTNAME": "web1", "MESSAGE": list(line)}
        ),
        b"web1",
    ),
    "filebeat": _object(
        "filebeat",
        b"web-1",
        lambda no, text: {
            "@timestamp": _time(no) + ".000Z",
            "@metadata": {"beat": "filebeat", "version": "8.12.0"},
            "log": {"offset": 1000 + no, "file": {"path": "/var/log/nginx/access.log"}},
            "message": text,
            "host": {"name": "web-1"},
            "agent": {"type": "filebeat"},
        },
    ),
    "fluentd": _object("fluentd", b"/web", lambda no, text: {"container_name": "/web", "log": text + "\n"}),
    "fluent bit": _object(
        "fluentd",
        b"web-1",
        lambda no, text: {"date": 1768864095.5 + no, "log": text, "kubernetes": {"pod_name": "web-1"}},
    ),
    "fluentd's file": Written(
        "fluentd",
        lambda no, line: f"{_time(no)}+00:00\tdocker.web\t".encode() + _json({"message": _text(line)}),
        b"docker.web",
        quoted=True,
    ),
    "logcli": _object(
        "loki",
        b"web-1",
        lambda no, text: {"labels": {"app": "web", "pod": "web-1"}, "line": text, "timestamp": _time(no)},
    ),
    "loki": _object(
        "loki",
        b"web",
        lambda no, text: {"streams": [{"stream": {"app": "web"}, "values": [[str((START_S + no) * 10**9), text]]}]},
    ),
    "otlp": _object("otlp", b"web", _otlp),
}


def wrapped(way: Written, lines: Sequence[bytes]) -> bytes:
    """Return whole lines with something around each."""
    return b"".join(way.write(no, line) + b"\n" for no, line in enumerate(lines))
