"""OTLP as JSON, as the collector writes it to files: one object holds many records.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from http_monitor.unwrap.jsontext import one_line
from http_monitor.unwrap.stage import masked
from http_monitor.unwrap.wrapping import Inner, Kind

_SOURCES = ("k8s.pod.name", "container.name", "service.instance.id", "host.name", "service.name")


def _records(line: bytes) -> Sequence[Inner] | None:
    if b'"resourceLogs"' not in line:
        return None
    try:
        return list(_inner(json.loads(line.decode("utf-8", "surrogateescape"), strict=False))) or None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


# Any: what JSON holds is not known.
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
                # A body that is no text is a line all the same.
                yield Inner(one_line(text) if isinstance(text, str) else b"{}", source, origin)


KIND = Kind("otlp", "OTLP around the lines", (), explode=_records)
