"""Entries of Google Cloud Logging, one per line, with the line as ``textPayload``.

https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
"""

from http_monitor.unwrap.json_stage import json_stage
from http_monitor.unwrap.wrapping import Kind

_LABELS = ("pod_name", "instance_id", "revision_name", "service_name", "container_name")

KIND = Kind(
    "gcloud",
    "Google Cloud's JSON around each line",
    (
        json_stage(
            ("textPayload",),
            sources=tuple(f"resource.labels.{name}" for name in _LABELS),
            origins=("resource.labels.container_name", "logName"),
            needs=("logName|insertId",),
            times=("timestamp", "receiveTimestamp"),
        ),
    ),
)
