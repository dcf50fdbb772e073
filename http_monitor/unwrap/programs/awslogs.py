"""``aws logs tail``: the time in UTC and the log stream before each line.

https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html; for ``--format short``, with a time only, see `docker`.
"""

from http_monitor.unwrap.patterns import TIME_BEGINS
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?\+[0-9]{2}:[0-9]{2}"
_STREAM = r"(?P<source>(?P<origin>[^ \"*]{1,512}+))"

KIND = Kind(
    "awslogs",
    "a time and a log stream in front of each line",
    (front(rf"(?P<time>{_TIME}) {_STREAM} ", begins=TIME_BEGINS),),
)
