"""``fly logs``: time, machine, region and level, with and without colours.

https://fly.io/docs/flyctl/logs/
"""

from http_monitor.unwrap.patterns import COLOUR, ISO
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_C = f"(?:{COLOUR})*"
_FRONT = (
    rf"{_C}{ISO}{_C} {_C}(?P<origin>(?:app|runner|proxy|machine)\[(?P<source>[0-9A-Za-z_-]{{1,64}}+)\]){_C}"
    rf" {_C}[a-z]{{3}}{_C} {_C}\[{_C}[a-z]{{1,8}}{_C}\]"
)
# The newer versions write no blank behind the bracket, the older ones do.
KIND = Kind("fly", "Fly's prefix in front of each line", (front(_FRONT, blank=True),))
