"""Loki: what ``logcli -o jsonl`` and Grafana give (``line``), promtail's ``_entry``, and streams with their values.

https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs; one object with streams holds many lines.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from http_monitor.unwrap.jsonstage import json_stage
from http_monitor.unwrap.jsontext import one_line
from http_monitor.unwrap.stage import masked
from http_monitor.unwrap.wrapping import Inner, Kind

_LABELS = ("pod", "container", "container_name", "instance", "host", "hostname", "app", "service_name", "job")


def _streams(line: bytes) -> Sequence[Inner] | None:
    if b'"values"' not in line:
        return None
    try:
        return list(_inner(json.loads(line.decode("utf-8", "surrogateescape"), strict=False))) or None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


# Any: what JSON holds is not known.
def _inner(given: Any) -> Iterator[Inner]:
    streams = given["streams"] if "streams" in given else given["data"]["result"]
    for stream in streams:
        labels: Mapping[str, Any] = stream["stream"]
        named = [str(labels[name]).encode("utf-8", "replace") for name in _LABELS if name in labels]
        source = named[0] if named else None
        for value in stream["values"]:
            if not isinstance(value[1], str):
                raise TypeError("no line")
            yield Inner(one_line(value[1]), source, masked(source or b""))


KIND = Kind(
    "loki",
    "Loki's JSON around each line",
    (
        json_stage(
            ("line", "_entry"),
            sources=(*(f"labels.{name}" for name in _LABELS), "pod", "container"),
            origins=("labels.container", "labels.app", "labels.job", "container"),
        ),
    ),
    explode=_streams,
)
