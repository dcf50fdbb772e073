"""stern: pod and container before each line, optionally coloured; with ``-t`` followed by a time.

https://github.com/stern/stern
"""

from http_monitor.unwrap.patterns import COLOUR
from http_monitor.unwrap.programs.docker import TIME
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_POD = r"(?P<source>[a-z0-9][a-z0-9.-]{0,251}-[a-z0-9.-]{0,251}[a-z0-9])"
_CONTAINER = rf"(?P<origin>{_LABEL})"

KIND = Kind(
    "stern",
    "pod and container in front of each line",
    (
        front(
            f"{_POD} {_CONTAINER} ",
            f"{COLOUR}{_POD}{COLOUR} {COLOUR}{_CONTAINER}{COLOUR} ",
        ),
    ),
    behind=TIME,
)
WITH_NAMESPACE = Kind(
    "stern_namespaces",
    "namespace, pod and container in front of each line",
    (
        front(
            f"{_LABEL} {_POD} {_CONTAINER} ",
            f"{COLOUR}{_LABEL}{COLOUR} {COLOUR}{_POD}{COLOUR} {COLOUR}{_CONTAINER}{COLOUR} ",
        ),
    ),
    behind=TIME,
)
