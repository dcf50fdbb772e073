"""Records of Fluentd and similar programs, with the line as ``log`` or ``message``, optionally after time and tag.

Also those of Fluent Bit, Vector, Datadog, CloudWatch and ``stern --output json``.

https://docs.fluentd.org/output/file, https://docs.fluentd.org/output/stdout
"""

from http_monitor.unwrap.json_stage import json_stage
from http_monitor.unwrap.patterns import ISO
from http_monitor.unwrap.wrapping import Kind

_TAG = r"(?P<source>[^ \t\":{]{1,255}+)"
_SHOWN = rf"{ISO} [+-][0-9]{{4}} {_TAG.replace('source', 'tag')}: "
_BEFORE = rf"(?:(?P<time>{ISO})\t{_TAG}\t|{_SHOWN})?"

_SOURCES = (
    *("kubernetes.pod_name", "podName", "pod", "container_name", "containerName", "container"),
    *("kubernetes.host", "hostname", "host", "logStreamName"),
)
_TIMES = ("time", "@timestamp", "timestamp", "date", "ts", "asctime", "datetime", "@t")
_ORIGINS = (
    *("kubernetes.container_name", "container_name", "containerName", "container"),
    *("source", "service", "stream", "logStreamName"),
)

KIND = Kind(
    "fluentd",
    "a log shipper's JSON around each line",
    (
        json_stage(
            ("log", "message"),
            sources=_SOURCES,
            origins=_ORIGINS,
            times=_TIMES,
            before=_BEFORE,
        ),
    ),
)
