"""Fluentd's and Fluent Bit's records: the line under ``log`` or ``message``, maybe with time and tag in front.

https://docs.fluentd.org/output/file, https://docs.fluentd.org/output/stdout
"""

from http_monitor.unwrap.jsonstage import json_stage
from http_monitor.unwrap.patterns import ISO
from http_monitor.unwrap.wrapping import Kind

_TAG = r"(?P<source>[^ \t\":{]{1,255}+)"
_BEFORE = rf"(?:{ISO}\t{_TAG}\t|{ISO} [+-][0-9]{{4}} {_TAG.replace('source', 'tag')}: )?"

KIND = Kind(
    "fluentd",
    "Fluentd's JSON around each line",
    (
        json_stage(
            ("log", "message"),
            sources=("kubernetes.pod_name", "container_name", "kubernetes.host", "hostname", "host"),
            origins=("kubernetes.container_name", "container_name", "source", "stream"),
            before=_BEFORE,
        ),
    ),
)
