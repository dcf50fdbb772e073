"""``heroku logs``, and Heroku's log drains, which send syslog without structured data.

https://devcenter.heroku.com/articles/logging, https://devcenter.heroku.com/articles/log-drains
"""

from http_monitor.unwrap.patterns import COLOUR, ISO
from http_monitor.unwrap.stage import front
from http_monitor.unwrap.wrapping import Kind

_DYNO = r"[A-Za-z_-]{1,64}+(?:\.[0-9A-Za-z-]{1,64}+)?"
_SHOWN = rf"(?:{COLOUR})*(?P<time>{ISO}) (?P<origin>(?:app|heroku)\[(?P<source>{_DYNO})\]):(?:{COLOUR})* "
_DRAINED = (
    rf"(?:[0-9]{{1,5}} )?<[0-9]{{1,3}}>[0-9] (?P<time>{ISO}) [^ ]{{1,255}}+ "
    rf"(?P<origin>(?:app|heroku) (?P<source>{_DYNO})) - "
)

KIND = Kind("heroku", "Heroku's prefix in front of each line", (front(_SHOWN, _DRAINED),))
