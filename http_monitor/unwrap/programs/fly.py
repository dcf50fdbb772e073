"""``fly logs``: time, machine, region and level, optionally coloured.

https://fly.io/docs/flyctl/logs/
"""

from http_monitor.unwrap.patterns import COLOUR, ISO
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_C = f"(?:{COLOUR})*+"
# A blank may be coloured with the word before or after it.
_GAP = f"{_C} {_C}"
_PROVIDER = r"(?:app|runner|proxy|machine)"
_MACHINE = rf"(?P<origin>{_PROVIDER}{_C}\[{_C}(?P<source>[0-9A-Za-z_-]{{1,64}}+){_C}\])"
_FRONT = rf"{_C}(?P<time>{ISO}){_GAP}{_MACHINE}{_GAP}[a-z]{{3}}{_GAP}\[{_C}[a-z]{{1,8}}{_C}\] ?"
# Newer versions write no blank after the bracket, older ones do.
KIND = Kind("fly", "Fly's prefix in front of each line", (front(_FRONT, blanks=True),))
