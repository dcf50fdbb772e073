"""A time before each line: ``docker logs -t``, ``kubectl logs --timestamps``, ``aws logs tail --format short``.

https://docs.docker.com/reference/cli/docker/container/logs/
"""

from http_monitor.unwrap.patterns import RFC3339, TIME_BEGINS
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

TIME = front(rf"(?P<time>{RFC3339}) ", begins=TIME_BEGINS)
"""Also follows the prefixes of other programs, if they add times."""

_UNZONED = r"(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}) "
"""The time of ``aws logs tail --format short``, in UTC."""

KIND = Kind(
    "docker",
    "a time in front of each line",
    (front(rf"(?P<time>{RFC3339}) ", _UNZONED, begins=TIME_BEGINS),),
    in_utc=True,
)
