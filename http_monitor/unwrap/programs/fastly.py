"""Fastly's classic prefix: syslog with an ISO time, and the node as the host.

https://www.fastly.com/documentation/guides/integrations/streaming-logs/changing-log-line-formats
"""

from http_monitor.unwrap.patterns import ISO
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_NODE = r"(?P<source>cache-[0-9a-z-]{1,64}+)"
_NAME = r"(?P<origin>[^ \[\]\"]{1,128}+)\[[0-9]{1,10}\]"

KIND = Kind(
    "fastly",
    "Fastly's prefix in front of each line",
    (front(rf"<[0-9]{{1,3}}>(?P<time>{ISO}) {_NODE} {_NAME}: ", begins=(b"<0",)),),
)
