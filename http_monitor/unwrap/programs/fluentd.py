"""Records of Fluentd and similar programs, with the line as ``log`` or ``message``, optionally after time and tag.

Also those of Fluent Bit, Vector, Datadog, CloudWatch, ``stern --output json``, GELF, Splunk, Elasticsearch, syslog-ng
and rsyslog, and of loggers that an access log is written through (pino, bunyan, zap, Caddy's first ``common_log``).

https://docs.fluentd.org/output/file, https://docs.fluentd.org/output/stdout
https://go2docs.graylog.org/current/getting_in_log_data/gelf.html
https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
"""

from collections.abc import Iterator
from typing import Any

from http_monitor.unwrap.json_lines import exploder
from http_monitor.unwrap.json_stage import json_stage
from http_monitor.unwrap.json_text import one_line
from http_monitor.unwrap.patterns import ISO
from http_monitor.unwrap.stage import mask_digits
from http_monitor.unwrap.wrapping import Inner, Kind

_TAG = r"(?P<source>[^ \t\":{]{1,255}+)"
_SHOWN = rf"{ISO} [+-][0-9]{{4}} {_TAG.replace('source', 'tag')}: "
_BEFORE = rf"(?:(?P<time>{ISO})\t{_TAG}\t|{_SHOWN})?"

# Keys that hold nothing but the line come before those that may hold other text.
_TEXTS = (
    *(
        "log",
        "message",
        "common_log",
        "event.original",
        "_source.message",
        "_source.event.original",
        "_raw",
        "result._raw",
    ),
    *("full_message", "short_message", "@message", "MESSAGE", "rawmsg", "raw_message", "raw", "msg", "event", "text"),
    *("content", "body", "payload", "content.message", "attributes.message", "fields.message", "jsonPayload.message"),
)

_SOURCES = (
    *("kubernetes.pod_name", "podName", "pod", "container_name", "containerName", "container"),
    *("kubernetes.host", "hostname", "host", "host.name", "HOST", "_source.host.name", "logStreamName"),
)
_TIMES = (
    *("time", "@timestamp", "timestamp", "date", "ts", "asctime", "datetime", "@t"),
    *("_source.@timestamp", "ISODATE", "timereported", "_time", "result._time", "DATE"),
)
_ORIGINS = (
    *("kubernetes.container_name", "container_name", "containerName", "container"),
    *("source", "service", "stream", "logStreamName", "PROGRAM", "programname", "syslog-tag", "logger"),
)


# Any: what JSON holds is not known.
def _inner(given: Any) -> Iterator[Inner]:
    """Yield the lines of a CloudWatch subscription."""
    source = str(given["logStream"]).encode("utf-8", "replace")
    for event in given["logEvents"]:
        if not isinstance(event["message"], str):
            raise TypeError("no line")
        time = str(event["timestamp"]).encode("utf-8", "replace")
        yield Inner(one_line(event["message"]), source, mask_digits(source), time)


KIND = Kind(
    "fluentd",
    "a log shipper's JSON around each line",
    (
        json_stage(
            _TEXTS,
            sources=_SOURCES,
            origins=_ORIGINS,
            times=_TIMES,
            before=_BEFORE,
        ),
    ),
    explode=exploder(b'"logEvents"', _inner),
)
