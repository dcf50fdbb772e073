"""Lines inside JSON, read the slow way, byte by byte."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.reference.wrapper_texts import ISO, LOKI_LABELS, Inside, Read, follow, masked


def string_end(text: bytes, at: int) -> int | None:
    """Return where the quote stands that ends a string with escapes."""
    while at < len(text):
        if text[at : at + 1] == b'"':
            return at
        at += 2 if text[at : at + 1] == b"\\" else 1
    return None


class _NoObject(Exception):
    pass


class _Object:
    """The strings of a JSON object, as they are written, by the keys that lead to them."""

    def __init__(self, line: bytes) -> None:
        self.line, self.at = line, 0
        self.found: dict[tuple[bytes, ...], bytes] = {}
        self.numbers: dict[tuple[bytes, ...], bytes] = {}
        if not self._ahead(b"{"):
            raise _NoObject
        self._value((), 0, listed=False)
        if self.line[self.at :].strip(b" \t\r"):
            raise _NoObject

    def _ahead(self, marks: bytes) -> bytes:
        while self.line[self.at : self.at + 1] in (b" ", b"\t", b"\r"):
            self.at += 1
        mark = self.line[self.at : self.at + 1]
        return mark if mark and mark in marks else b""

    def _must(self, marks: bytes) -> bytes:
        mark = self._ahead(marks)
        if not mark:
            raise _NoObject
        self.at += 1
        return mark

    def _string(self) -> bytes:
        self._must(b'"')
        end = string_end(self.line, self.at)
        if end is None:
            raise _NoObject
        text, self.at = self.line[self.at : end], end + 1
        return text

    def _value(self, path: tuple[bytes, ...], depth: int, *, listed: bool) -> None:
        if self._ahead(b'"'):
            text = self._string()
            if not listed:
                self.found[path] = text
                self.numbers.pop(path, None)
            return
        mark = self._ahead(b"{[")
        if not mark:
            scalar = re.match(rb"-?[0-9][0-9.eE+-]*|true|false|null", self.line[self.at :])
            if scalar is None:
                raise _NoObject
            self.at += scalar.end()
            if not listed:
                self.found.pop(path, None)
                self.numbers.pop(path, None)
                if scalar[0][:1] in b"-0123456789":
                    self.numbers[path] = scalar[0]
            return
        if depth >= 64:
            raise _NoObject
        self.at += 1
        end = b"}" if mark == b"{" else b"]"
        if self._ahead(end):
            self.at += 1
            return
        while True:
            key: tuple[bytes, ...] = ()
            if mark == b"{":
                key = (self._string(),)
                self._must(b":")
            self._value((*path, *key), depth + 1, listed=listed or mark == b"[")
            if self._must(b"," + end) == end:
                return


def _said(raw: bytes) -> bytes:
    try:
        return _bytes(json.loads('"' + raw.decode("utf-8", "surrogateescape") + '"', strict=False))
    except ValueError:
        return raw


def _bytes(text: str) -> bytes:
    text = text.replace("\n", "\\n")
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class _Keys:
    texts: str
    sources: str
    origins: str
    needs: str = ""
    part: str = ""
    before: tuple[bytes, ...] = ()
    times: str = ""

    def read(self, line: bytes) -> list[Inside] | None:
        """Return what is inside an object that has these keys."""
        tag, time, rest = None, None, line
        if self.before:
            tag, time, rest = _fluentd_front(line)
        try:
            one = _Object(rest.lstrip(b" \t"))
        except _NoObject:
            return None
        found = one.found
        if not found or any(not _first(found, need.replace("|", " ")) for need in self.needs.split()):
            return None
        text = _first(found, self.texts)
        if text is None:
            return None
        whole = text[0].endswith(b"\\n") and (len(text[0]) - len(text[0][:-1].rstrip(b"\\")) - 1) % 2 == 1
        inner = _said(text[0][:-2] if whole else text[0])
        source = _first(found, self.sources)
        named = (source[0] if source is not None else b"") or tag or None
        origin = b"\0".join(masked(found[_path(key)]) for key in self.origins.split() if _path(key) in found)
        part = _first(found, self.part)
        stamp = _first(one.found | one.numbers, self.times)
        return [
            Inside(
                inner,
                named,
                origin,
                None if not part or not part[0] else masked(part[0]),
                not whole and bool(part),
                stamp[0] if stamp is not None else time,
            )
        ]


def _path(dotted: str) -> tuple[bytes, ...]:
    return tuple(key.encode() for key in dotted.split("."))


def _first(found: dict[tuple[bytes, ...], bytes], keys: str) -> tuple[bytes] | None:
    """Return the string of the first key that there is."""
    return next(((found[_path(key)],) for key in keys.split() if _path(key) in found), None)


def _fluentd_front(line: bytes) -> tuple[bytes | None, bytes | None, bytes]:
    tag = rb'[^ \t":{]{1,255}'
    found = follow(line, ISO, b"\t", tag, b"\t")
    if found is not None:
        return found[2], found[0], found[-1]
    found = follow(line, ISO, rb" [+-]\d{4} ", tag, b": ")
    return None, None, line if found is None else found[-1]


KEYS = {
    "docker_json": _Keys("log", "attrs.name attrs.tag", "stream", "log stream time", part="stream", times="time"),
    "filebeat": _Keys(
        "message event.original",
        "kubernetes.pod.name container.name host.name host.hostname agent.name beat.name",
        "kubernetes.container.name container.name log.file.path stream",
        "@timestamp agent.type|agent.version|beat.version|beat.name|@metadata.beat|@metadata.version|ecs.version",
        times="@timestamp",
    ),
    "gcloud": _Keys(
        "textPayload",
        "resource.labels.pod_name resource.labels.instance_id resource.labels.revision_name"
        " resource.labels.service_name resource.labels.container_name",
        "resource.labels.container_name logName",
        "logName|insertId",
        times="timestamp receiveTimestamp",
    ),
    "fluentd": _Keys(
        "log message common_log event.original _source.message _source.event.original _raw result._raw full_message"
        " short_message @message MESSAGE rawmsg raw_message raw msg event text content body payload content.message"
        " attributes.message fields.message jsonPayload.message",
        "kubernetes.pod_name podName pod container_name containerName container kubernetes.host hostname host"
        " host.name HOST _source.host.name logStreamName",
        "kubernetes.container_name container_name containerName container source service stream logStreamName PROGRAM"
        " programname syslog-tag logger",
        before=(b"tag",),
        times="time @timestamp timestamp date ts asctime datetime @t _source.@timestamp ISODATE timereported _time"
        " result._time DATE",
    ),
    "loki": _Keys(
        "line _entry",
        " ".join(f"labels.{name}" for name in LOKI_LABELS) + " pod container",
        "labels.container labels.app labels.job container",
        times="timestamp ts tsNs",
    ),
    "journald_json": _Keys(
        "MESSAGE",
        "CONTAINER_NAME _HOSTNAME",
        "SYSLOG_IDENTIFIER _COMM",
        "__REALTIME_TIMESTAMP MESSAGE",
        times="__REALTIME_TIMESTAMP",
    ),
}


# Any: what JSON holds is not known.
def loki_lines(given: Any) -> Iterator[Inside]:
    for stream in given["streams"] if "streams" in given else given["data"]["result"]:
        source = next((_plain(str(stream["stream"][name])) for name in LOKI_LABELS if name in stream["stream"]), None)
        for value in stream["values"]:
            if not isinstance(value[1], str):
                raise TypeError
            time = _plain(value[0]) if isinstance(value[0], str) else None
            yield Inside(_bytes(value[1].removesuffix("\n")), source, masked(source or b""), time=time)


def cloudwatch_lines(given: Any) -> Iterator[Inside]:
    source = _plain(str(given["logStream"]))
    for event in given["logEvents"]:
        if not isinstance(event["message"], str):
            raise TypeError
        inner = _bytes(event["message"].removesuffix("\n"))
        yield Inside(inner, source or None, masked(source), time=_plain(str(event["timestamp"])))


_OTLP_SAYS = {
    "http.request.method",
    "http.response.status_code",
    "http.method",
    "http.status_code",
    "http.target",
    "url.path",
}


def _otlp_value(given: Any) -> Any:
    for kind, value in given.items():
        if kind == "kvlistValue":
            return {str(one["key"]): _otlp_value(one.get("value", {})) for one in value.get("values", ())}
        if kind == "arrayValue":
            return [_otlp_value(one) for one in value.get("values", ())]
        return value if kind in ("stringValue", "intValue", "doubleValue", "boolValue") else None
    return None


def _otlp_text(record: Any, time: str) -> bytes:
    body = _otlp_value(record.get("body", {}))
    said = {str(one["key"]): _otlp_value(one.get("value", {})) for one in record.get("attributes", ())}
    if isinstance(body, str):
        told = any(key in said for key in _OTLP_SAYS) if body else bool(said)
        if not told or " HTTP/" in body or body[:1] == "{":
            return _bytes(body.removesuffix("\n"))
    line: dict[str, Any] = {}
    if isinstance(body, dict):
        line["body"] = body
    if said:
        line["attributes"] = said
    if line and time:
        line["timeUnixNano"] = time
    return _bytes(json.dumps(line, ensure_ascii=False))


def otlp_lines(given: Any) -> Iterator[Inside]:
    for resource in given["resourceLogs"]:
        said = {}
        for attribute in resource.get("resource", {}).get("attributes", ()):
            text = attribute.get("value", {}).get("stringValue")
            if isinstance(text, str):
                said[attribute.get("key")] = _plain(text)
        names = ("k8s.pod.name", "container.name", "service.instance.id", "host.name", "service.name")
        source = next((said[name] for name in names if name in said), None)
        for scope in resource.get("scopeLogs", ()):
            for record in scope.get("logRecords", ()):
                time = str(record.get("timeUnixNano") or record.get("observedTimeUnixNano") or "")
                origin = masked(said.get("service.name", source or b""))
                yield Inside(_otlp_text(record, time), source, origin, time=_plain(time))


def journal_bytes(entry: Any) -> Iterator[Inside]:
    if not isinstance(entry["__REALTIME_TIMESTAMP"], str) or not isinstance(entry["MESSAGE"], list):
        raise TypeError
    names = {name: _plain(text) for name, text in entry.items() if isinstance(text, str)}
    source = names.get("CONTAINER_NAME", names.get("_HOSTNAME"))
    origin = b"\0".join(masked(names[name]) for name in ("SYSLOG_IDENTIFIER", "_COMM") if name in names)
    inner = bytes(entry["MESSAGE"]).removesuffix(b"\n").replace(b"\n", b"\\n")
    yield Inside(inner, source, origin, time=_plain(entry["__REALTIME_TIMESTAMP"]))


def _plain(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def many_lines(lines: Callable[[Any], Iterator[Inside]], mark: bytes, keys: _Keys | None = None) -> Read:
    def read(line: bytes) -> list[Inside] | None:
        inside = None if keys is None else keys.read(line)
        if inside is not None or mark not in line:
            return inside
        try:
            return list(lines(json.loads(line.decode("utf-8", "surrogateescape"), strict=False))) or None
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            return None

    return read
