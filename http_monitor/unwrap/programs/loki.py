"""Loki: the output of ``logcli -o jsonl`` and Grafana (``line``), promtail's ``_entry``, and streams with values.

https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs; an object with streams has many lines.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from http_monitor.unwrap.json_lines import exploder
from http_monitor.unwrap.json_stage import json_stage
from http_monitor.unwrap.json_text import one_line
from http_monitor.unwrap.stage import mask_digits
from http_monitor.unwrap.wrapping import Inner, Kind

LABELS = ("pod", "container", "container_name", "instance", "host", "hostname", "app", "service_name", "job")
"""Labels that name the source, in order of precedence."""
ORIGINS = ("container", "app", "job")


# Any: decoded JSON of unknown content.
def _inner(given: Any) -> Iterator[Inner]:
    streams = given["streams"] if "streams" in given else given["data"]["result"]
    for stream in streams:
        labels: Mapping[str, Any] = stream["stream"]
        named = [str(labels[name]).encode("utf-8", "replace") for name in LABELS if name in labels]
        source = named[0] if named else None
        for value in stream["values"]:
            if not isinstance(value[1], str):
                raise TypeError("no line")
            time = value[0].encode("utf-8", "replace") if isinstance(value[0], str) else b""
            yield Inner(one_line(value[1]), source, mask_digits(source or b""), time)


KIND = Kind(
    "loki",
    "Loki's JSON around each line",
    (
        json_stage(
            ("line", "_entry"),
            sources=(*(f"labels.{name}" for name in LABELS), "pod", "container"),
            origins=(*(f"labels.{name}" for name in ORIGINS), "container"),
            times=("timestamp", "ts", "tsNs"),
        ),
    ),
    explode=exploder(b'"values"', _inner),
)
