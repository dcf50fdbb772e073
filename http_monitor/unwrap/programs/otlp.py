"""OTLP as JSON, as the collector writes it to files: an object has many records.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from http_monitor.unwrap.json_lines import exploder
from http_monitor.unwrap.json_text import encode_line, one_line
from http_monitor.unwrap.stage import mask_digits
from http_monitor.unwrap.wrapping import Inner, Kind

_CONVENTIONS = frozenset(
    ("http.request.method", "http.response.status_code", "http.method", "http.status_code", "http.target", "url.path")
)
"""Attributes that describe a request."""
_SOURCES = ("k8s.pod.name", "container.name", "service.instance.id", "host.name", "service.name")


# Any: decoded JSON of unknown content.
def _inner(given: Any) -> Iterator[Inner]:
    for resource in given["resourceLogs"]:
        said = {}
        for attribute in resource.get("resource", {}).get("attributes", ()):
            text = attribute.get("value", {}).get("stringValue")
            if isinstance(text, str):
                said[attribute.get("key")] = text.encode("utf-8", "replace")
        source = next((said[name] for name in _SOURCES if name in said), None)
        origin = mask_digits(said.get("service.name", source or b""))
        for scope in resource.get("scopeLogs", ()):
            for record in scope.get("logRecords", ()):
                time = str(record.get("timeUnixNano") or record.get("observedTimeUnixNano") or "")
                yield Inner(_line(record, time), source, origin, time.encode("utf-8", "replace"))


def _line(record: Any, time: str) -> bytes:
    """Return the line of a record: its text, or a JSON object of its body and its attributes."""
    body = _value(record.get("body", {}))
    attributes = _members(record.get("attributes", ()))
    if isinstance(body, str):
        # A collector that parses a line leaves it in the body, a program writes a message there, Envoy nothing.
        is_line = " HTTP/" in body or body.startswith("{")
        if is_line or not attributes or (body and _CONVENTIONS.isdisjoint(attributes)):
            return one_line(body)
    said: dict[str, Any] = {"body": body} if isinstance(body, dict) else {}
    if attributes:
        said["attributes"] = attributes
    if said and time:
        said["timeUnixNano"] = time
    # A record without any of them is a line all the same.
    return encode_line(json.dumps(said, ensure_ascii=False))


def _members(given: Any) -> Mapping[str, Any]:
    return {str(one["key"]): _value(one.get("value", {})) for one in given}


def _value(given: Any) -> Any:
    """Return a value of OTLP as one of JSON; an integer may be a string, as in OTLP."""
    (kind, value), *_ = given.items() or [("", None)]
    if kind == "kvlistValue":
        return _members(value.get("values", ()))
    if kind == "arrayValue":
        return [_value(one) for one in value.get("values", ())]
    return value if kind in ("stringValue", "intValue", "doubleValue", "boolValue") else None


KIND = Kind("otlp", "OTLP around the lines", (), explode=exploder(b'"resourceLogs"', _inner))
