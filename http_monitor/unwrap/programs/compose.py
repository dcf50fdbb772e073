"""docker compose, foreman and similar programs: the name of the service before each line, optionally coloured.

https://docs.docker.com/reference/cli/docker/compose/logs/
"""

from http_monitor.unwrap.patterns import COLOUR
from http_monitor.unwrap.programs.docker import TIME
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_NAME = r"(?:[0-9]{2}:[0-9]{2}:[0-9]{2} )?(?P<source>(?P<origin>[A-Za-z0-9][A-Za-z0-9_.-]{0,127}+))"

# The colour ends before the bar or after it, with the blank on either side.
_COLOURED = rf"(?:{COLOUR})+{_NAME}(?: *\|(?: {COLOUR}|{COLOUR} )|(?: *{COLOUR}) *\| )"
KIND = Kind(
    "compose",
    "the name of a container in front of each line",
    (front(rf"{_NAME} *\| ", _COLOURED),),
    behind=TIME,
)
