"""The token of Logentries (InsightOps) before each line, followed by syslog's names if rsyslog writes it.

https://docs.rapid7.com/insightops/token-tcp
"""

from http_monitor.unwrap.patterns import HOST, TAG
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_HEX = "[0-9a-f]"
_TOKEN = front(rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}} ")
_NAMES = front(rf"{HOST} {TAG}: ", has=b": ")

KIND = Kind("logentries", "the token of Logentries in front of each line", (_TOKEN,), behind=_NAMES)
