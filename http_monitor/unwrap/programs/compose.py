"""The name of the service before each line, optionally coloured.

By docker compose, ``docker service logs`` (``web.1.x7@node``), foreman, pm2 (``0|web``), and in brackets concurrently.

https://docs.docker.com/reference/cli/docker/compose/logs/, https://docs.docker.com/reference/cli/docker/service/logs/
https://pm2.keymetrics.io/docs/usage/log-management/, https://github.com/open-cli-tools/concurrently
"""

from http_monitor.unwrap.patterns import COLOUR, RFC3339, TIME_BEGINS
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_NAMED = r"(?P<source>(?P<origin>[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}+))"
_NAME = rf"(?:[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}} |[0-9]{{1,5}}\|)?{_NAMED}"

# The colour ends before the bar or after it, with the blank on either side.
_COLOURED = rf"(?:{COLOUR})+{_NAME}(?: *\|(?: {COLOUR}|{COLOUR} )|(?: *{COLOUR}) *\| )"
# Digits with a dot are the seconds since the start of the machine: the journal's.
_BRACKETED = rf"(?:{COLOUR})*\[(?![0-9]+\.[0-9]+\]){_NAMED}\](?:{COLOUR})* "
# The time of a runtime, or of pm2.
_PM2 = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
_TIME = front(rf"(?P<time>{RFC3339}) ", rf"(?P<time>{_PM2}): ", begins=TIME_BEGINS)

KIND = Kind(
    "compose",
    "the name of a container in front of each line",
    (front(rf"{_NAME} *\| ", _COLOURED, _BRACKETED),),
    behind=_TIME,
)
