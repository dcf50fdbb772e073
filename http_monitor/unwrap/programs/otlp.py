"""OTLP as JSON, as the collector writes it to files: an object has many records.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

from collections.abc import Iterator
from typing import Any

from http_monitor.unwrap.json_lines import exploder
from http_monitor.unwrap.json_text import one_line
from http_monitor.unwrap.stage import masked
from http_monitor.unwrap.wrapping import Inner, Kind

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
        origin = masked(said.get("service.name", source or b""))
        for scope in resource.get("scopeLogs", ()):
            for record in scope.get("logRecords", ()):
                text = record.get("body", {}).get("stringValue")
                time = str(record.get("timeUnixNano") or record.get("observedTimeUnixNano") or "")
                # A body that is no text is a line all the same.
                line = one_line(text) if isinstance(text, str) else b"{}"
                yield Inner(line, source, origin, time.encode("utf-8", "replace"))


KIND = Kind("otlp", "OTLP around the lines", (), explode=exploder(b'"resourceLogs"', _inner))
