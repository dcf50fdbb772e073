"""``doctl apps logs``: the component and a time before each line.

https://docs.digitalocean.com/reference/doctl/reference/apps/logs/
"""

from http_monitor.unwrap.patterns import ISO
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_COMPONENT = r"(?P<source>(?P<origin>[a-z](?:[a-z0-9-]{0,62}[a-z0-9])?))"

KIND = Kind("digitalocean", "a component and a time in front of each line", (front(rf"{_COMPONENT} (?P<time>{ISO}) "),))
