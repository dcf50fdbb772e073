"""stern: pod and container in front of each line, with and without colours; with ``-t`` a time behind them.

https://github.com/stern/stern; with ``--all-namespaces`` a third name stands in front, which is not known here.
"""

from http_monitor.unwrap.docker import TIME
from http_monitor.unwrap.patterns import COLOUR
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_POD = r"(?P<source>[a-z0-9][a-z0-9.-]{0,251}-[a-z0-9.-]{0,251}[a-z0-9])"
_CONTAINER = r"(?P<origin>[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)"
_FRONT = front(rf"{_POD} {_CONTAINER} ", rf"{COLOUR}{_POD}{COLOUR} {COLOUR}{_CONTAINER}{COLOUR} ")

KIND = Kind("stern", "pod and container in front of each line", (_FRONT,), behind=TIME)
